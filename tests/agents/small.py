"""Constants with which learners of networks are small and learn often."""

from typing import Any

_REPLAYED: dict[str, Any] = {"hidden_size": 8, "warmup": 8, "batch_size": 16}
_ROLLED: dict[str, Any] = {"hidden_size": 8, "rollout_steps": 4}

SMALL: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("iql", "vdn", "qmix", "maddpg", "mean_field_q"), _REPLAYED),
    **dict.fromkeys(("reinforce", "ia2c", "ippo", "maa2c", "mappo", "coma"), _ROLLED),
    "mean_field_ac": _ROLLED,
    "supervised": {"hidden_size": 8, "epoch_period": 16, "batch_size": 16},
}
