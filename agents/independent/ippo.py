"""Independent PPO: every agent runs proximal policy optimisation on its own observations.

    ratio_n     = pi(a_n | o_n) / pi_old(a_n | o_n)
    objective_n = min(ratio A, clip(ratio, 1 - clip, 1 + clip) A)                               (1)

of the generalised advantage A (actor_critic.py), in several passes over a rollout: what is clipped
has no gradient, so that the policy stays near the one that played.

Sources: Schulman et al. (2017), "Proximal policy optimization algorithms"; de Witt et al. (2020),
"Is independent learning all you need in the StarCraft multi-agent challenge?".
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..actor_critic import ActorCritic
from ..checks import check_positive
from ..tensors import to_tensor


@dataclass(eq=False)
class IPPO(ActorCritic):
    """Independent proximal policy optimisation."""

    num_epochs: int = 3  # passes over a rollout
    minibatch_size: int = 4096  # agent-steps of one gradient step
    clip: float = 0.2  # largest useful change of a probability ratio

    def __post_init__(self):
        check_positive(
            num_epochs=self.num_epochs, minibatch_size=self.minibatch_size, clip=self.clip
        )
        super().__post_init__()

    def _minibatches(self, units: np.ndarray, unit_steps: int) -> Iterator[Tensor]:
        agent_steps = len(units) * unit_steps * self._sets.num_agents
        wanted = max(1, round(agent_steps / self.minibatch_size))
        num_minibatches = min(wanted, len(units))  # of whole units, none of them empty
        for _ in range(self.num_epochs):
            shuffled = to_tensor(self._rng.permutation(units), self._device)
            yield from shuffled.tensor_split(num_minibatches)

    def _objective(
        self, log_prob: Tensor, old_log_prob: Tensor, advantage: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        log_ratio = log_prob - old_log_prob
        ratio = log_ratio.exp()
        clipped = ratio.clamp(1 - self.clip, 1 + self.clip)
        gain = torch.minimum(ratio * advantage, clipped * advantage)
        with torch.no_grad():
            is_clipped, kl = (ratio != clipped).float(), ratio - 1 - log_ratio
        return gain, {"clip_fraction": is_clipped, "approx_kl": kl}
