"""The settings of learners where they are compared with published figures, in one place.

Learners of a family have the same constants in all games; what follows the length of a training is
said as a share of it. Constants that are not named have their defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .published import TASKS, Game
from .run import FOREIGN, Run


class Effort(NamedTuple):
    """How much a learner plays."""

    steps: int  # of environments
    num_envs: int


@dataclass(frozen=True, kw_only=True)
class Family:
    """Learners with the same settings."""

    agents: tuple[str, ...]
    way: str  # to play: as those of the source did
    efforts: Mapping[str, Effort]  # by task
    constants: Mapping[str, Any] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)  # of the steps of a run: constants


_NETWORKS = {"hidden_size": 64, "discount": 0.9, "learning_rate_end": 1e-4}
_POLICIES = {
    **_NETWORKS,
    "learning_rate": 7e-4,
    "entropy_bonus": 0.2,
    "entropy_bonus_end": 0.002,
}
_ONE_STEP = {**_POLICIES, "learning_rate": 3e-3}  # where a rollout is one step of the gradient
_REPLAYS = {**_NETWORKS, "learning_rate": 1e-3, "replay_ratio": 8.0, "huber_delta": 10.0}

FAMILIES = (
    Family(
        agents=("iql", "vdn", "mean_field_q"),
        way="argmax",
        efforts={"matrix": Effort(50_000, 16), "spread": Effort(2_000_000, 32)},
        constants=_REPLAYS,
        shares={"epsilon_steps": 0.1},
    ),
    Family(
        agents=("qmix",),
        way="argmax",
        efforts={"matrix": Effort(50_000, 16), "spread": Effort(2_000_000, 32)},
        # weights by the state grow with it: at .9 what follows a cut was valued higher and higher
        constants={**_REPLAYS, "discount": 0.8},
        shares={"epsilon_steps": 0.1},
    ),
    Family(
        agents=("maddpg",),
        way="argmax",
        efforts={"matrix": Effort(50_000, 16), "spread": Effort(2_000_000, 32)},
        constants=_REPLAYS,
    ),
    Family(
        agents=("ippo", "mappo"),
        way="sampled",
        efforts={"matrix": Effort(200_000, 64), "spread": Effort(2_000_000, 64)},
        constants={
            **_POLICIES,
            "rollout_steps": 25,
            "num_epochs": 10,
            "minibatch_size": 1200,
            "trace_decay": 0.95,
        },
        shares={"entropy_bonus_steps": 0.5},
    ),
    Family(
        agents=("ia2c", "maa2c", "coma", "mean_field_ac"),
        way="sampled",
        efforts={"matrix": Effort(200_000, 16), "spread": Effort(5_000_000, 16)},
        constants={**_ONE_STEP, "rollout_steps": 5},
        shares={"entropy_bonus_steps": 0.5},
    ),
    Family(
        agents=("reinforce",),
        way="sampled",
        efforts={"matrix": Effort(400_000, 16)},
        constants={**_ONE_STEP, "rollout_steps": 25},
        shares={"entropy_bonus_steps": 0.5},
    ),
    Family(
        agents=("supervised",),
        way="argmax",
        efforts={"matrix": Effort(50_000, 16)},
        shares={"epsilon_steps": 0.1},
    ),
    Family(
        agents=("linucb", "thompson"),
        way="argmax",
        efforts={"matrix": Effort(10_000, 16)},
    ),
    Family(
        agents=("exp3",),
        way="argmax",
        efforts={"matrix": Effort(10_000, 16)},
        constants={"reward_scale": 11.0},  # what the games pay at most; more would be cut to it
    ),
)


def family(agent: str) -> Family:
    """That of a learner; raises ValueError if it has none."""
    for found in FAMILIES:
        if agent in found.agents:
            return found
    raise ValueError(f"there are no settings for {agent!r}")


def learners(task: str) -> list[str]:
    """Those that have settings for a task."""
    return [agent for found in FAMILIES if task in found.efforts for agent in found.agents]


def runs(task: str, agent: str, seeds: int, share: float = 1.0) -> dict[str, Run]:
    """Name of the folder -> run, for every game and seed.

    Args:
        task: a key of TASKS.
        agent: a learner.
        seeds: how many.
        share: of the steps; below 1 for a look at whether everything works.
    """
    return {
        f"{name}-{agent}-seed{seed}": _run(task, game, agent, seed, share)
        for name, game in TASKS[task].games.items()
        for seed in range(seeds)
    }


def _run(task: str, game: Game, agent: str, seed: int, share: float) -> Run:
    own, plan = family(agent), TASKS[task]
    effort = own.efforts[task]
    steps = max(effort.num_envs, round(effort.steps * share))
    every = max(1, steps // plan.evaluations)
    return Run(
        **FOREIGN,
        env=game.env,
        env_constants=dict(game.constants),
        agent=agent,
        agent_constants={
            **plan.agent_constants,
            **own.constants,
            **{name: round(part * steps) for name, part in own.shares.items()},
        },
        seed=seed,
        num_envs=effort.num_envs,
        steps=steps,
        evaluate_every=every,
        evaluation_episodes=plan.episodes,
        log_every=every,
        checkpoint_every=max(1, steps // 4),
    ).complete()
