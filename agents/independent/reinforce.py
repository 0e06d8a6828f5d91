"""REINFORCE: every agent raises the probability of what was followed by much reward.

    objective_n(t) = log pi(a_n(t) | o_n(t)) A_n(t),
    A_n(t)         = r(t) + gamma r(t+1) + ... until the end of the agent's life, standardised  (1)

There is no critic: the baseline is the mean of all returns of an update, and only whole lives teach
(lives.py). As nothing can be said of what a cut has prevented, a life that the game cuts counts as
it was. What was played before the last update, by a life that went on through it, is not weighted
anew; where episodes begin and end together there is no such life.

Source: Williams (1992), "Simple statistical gradient-following algorithms for connectionist
reinforcement learning".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .. import gae
from ..batch import Batch
from ..contract import Transition
from ..lives import Lives
from ..on_policy import OnPolicy
from ..rollout import Steps


@dataclass(eq=False)
class REINFORCE(OnPolicy):
    """Policy gradients by the returns of whole lives."""

    rollout_steps: int = 20  # steps of whole lives in every environment between two updates
    max_life: int = 5_000  # steps of a life; a longer one is an error, as all of it has to be kept

    def _memory(self) -> Any:
        return Lives(self.rollout_steps, self.max_life)

    def _batch(self, steps: Steps, last: Transition[np.ndarray]) -> tuple[Batch, dict[str, float]]:
        del last
        nothing = np.zeros_like(steps.reward)
        gain = gae.advantages(steps.reward, nothing, nothing, steps.is_linked, self.discount, 1.0)
        weight = self._sets.standardised(self._rows(gain), self._rows(steps.alive))
        seen = self._seen(steps.observation, steps.action_mask, steps.action, steps.told)
        return seen._replace(known=torch.stack([self._rows(steps.log_prob), weight], -1)), {}

    def _objective(
        self, log_prob: Tensor, old_log_prob: Tensor, advantage: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        del old_log_prob
        return log_prob * advantage, {}
