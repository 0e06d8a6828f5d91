"""What learners of action values have in common: dueling networks and epsilon-greedy play.

    Q(o, a) = V(o) + S(o, a) - mean over legal a' of S(o, a')                  dueling          (1)
    Q'(o', argmax over legal a' of Q(o', a'))                                  double           (2)

They learn from a replay (replayed.py).

Sources: Wang et al. (2016), "Dueling network architectures for deep reinforcement learning"; van
Hasselt et al. (2016), "Deep reinforcement learning with double Q-learning".
"""

import abc
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .actors import EpsilonActor
from .checks import check_not_negative, check_shares
from .contract import View
from .exploration import linear
from .memory import LiveMemory
from .networks import Architecture, Heads, Network
from .replayed import ReplayLearner
from .sharing import SetModule
from .tensors import only_legal


@dataclass(eq=False)
class QLearning(ReplayLearner, abc.ABC):
    """Learns action values from a replay; a subclass says from which rows, and what."""

    _plays = "q"
    _measured = ("loss", "td_error", "q", "target")

    epsilon_start: float = 1.0  # probability of a random action while exploring, at first
    epsilon_end: float = 0.05  # the same, at last
    epsilon_steps: int = 50_000  # environment steps of that change; set it with --steps

    def __post_init__(self):
        check_shares(epsilon_start=self.epsilon_start, epsilon_end=self.epsilon_end)
        check_not_negative(epsilon_steps=self.epsilon_steps)
        super().__post_init__()
        self._player = EpsilonActor(self.q, self._device, self._rng)

    def _networks(self, architecture: Architecture) -> dict[str, tuple[SetModule, SetModule]]:
        heads = Heads(has_scores=True, has_value=True)
        self.q = architecture.build(heads)
        self.target_q = architecture.build(heads)
        return {"q": (self.q, self.target_q), **self._mixers(architecture.rng)}

    def _mixers(self, rng: torch.Generator) -> dict[str, tuple[SetModule, SetModule]]:
        """Name -> a module that is learnt besides Q, and the one that follows it."""
        del rng
        return {}

    @property
    def _live(self) -> LiveMemory:
        return self._player.memory

    @property
    def epsilon(self) -> float:
        """Today's probability of a random action while exploring."""
        return linear(self.epsilon_start, self.epsilon_end, self.epsilon_steps, self.env_steps)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Epsilon-greedy if `explore`, else greedy."""
        self._player.epsilon = self.epsilon
        return self._player.act(view, explore=explore)

    def actor(self) -> EpsilonActor:
        """Plays greedily with the present weights and a stream of its own."""
        return EpsilonActor(self.q, self._device, np.random.default_rng([self.seed, 1]))

    def _following(self, rows: Any) -> Tensor:
        """Equation (2) of what follows [R, n]; Q' has a memory of its own, where there is any."""
        mask = rows.next_action_mask
        best = only_legal(self.q(rows.next_observation, mask).scores, mask).argmax(-1)
        seen = rows.target_observation if self.memory_size else rows.next_observation
        return dueling(self.target_q, seen, mask, best)

    def _update(self) -> dict[str, float]:
        return super()._update() | {"epsilon": self.epsilon}


def dueling(q: Network, observation: Tensor, action_mask: Tensor, action: Tensor) -> Tensor:
    """Equation (1) at the actions [R, n] taken."""
    scores, value = q(observation, action_mask)
    legal = action_mask.float()
    mean = (scores * legal).sum(-1) / legal.sum(-1).clamp(min=1)
    return value + scores.gather(-1, action.unsqueeze(-1)).squeeze(-1) - mean
