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

import torch
from torch import Tensor

from .epsilon_greedy import EpsilonGreedy
from .memory import LiveMemory
from .networks import Architecture, Heads, Network
from .replayed import ReplayLearner
from .sharing import SetModule
from .tensors import only_legal


@dataclass(eq=False)
class QLearning(ReplayLearner, EpsilonGreedy, abc.ABC):
    """Learns action values from a replay; a subclass says from which rows, and what."""

    _plays = "q"
    _measured = ("loss", "td_error", "q", "target")

    def __post_init__(self):
        super().__post_init__()
        self._play(self.q, self._rng)

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

    def _following(self, rows: Any) -> Tensor:
        """Equation (2) of what follows [R, n]; Q' has a memory of its own, where there is any."""
        mask = rows.next_action_mask
        best = only_legal(self.q(rows.next_observation, mask).scores, mask).argmax(-1)
        return dueling(self.target_q, self._target_sees(rows), mask, best)

    def _update(self) -> dict[str, float]:
        return super()._update() | {"epsilon": self.epsilon}


def action_values(q: Network, observation: Tensor, action_mask: Tensor) -> Tensor:
    """Equation (1), [R, n, A]."""
    scores, value = q(observation, action_mask)
    legal = action_mask.float()
    mean = (scores * legal).sum(-1) / legal.sum(-1).clamp(min=1)
    return value.unsqueeze(-1) + scores - mean.unsqueeze(-1)


def dueling(q: Network, observation: Tensor, action_mask: Tensor, action: Tensor) -> Tensor:
    """Equation (1) at the actions [R, n] taken."""
    return action_values(q, observation, action_mask).gather(-1, action.unsqueeze(-1)).squeeze(-1)
