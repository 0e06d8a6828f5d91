"""The constants that all learners of networks have in common, stated once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch

from .checks import check_finite, check_not_negative, check_positive, check_shares
from .contract import Sizes
from .exploration import linear
from .networks import Architecture, Body
from .sharing import Sharing
from .tensors import find_device


@dataclass(eq=False)
class NetworkLearner:
    """What decides the networks of a learner, the pace of its optimiser, and what it values."""

    shares_of_steps: ClassVar[Mapping[str, float]] = {"learning_rate_steps": 1.0}

    sizes: Sizes
    seed: int = 0
    sharing: Sharing = "all"  # of weights between agents: none, all, or a group id for each
    body: Body = "auto"  # of the networks: candidates, flat, or auto: candidates where possible
    hidden_size: int = 48  # neurons in a hidden layer
    num_layers: int = 2  # hidden layers
    agent_id: bool | None = None  # shared weights are told whom they play; None: if few and fixed
    memory_size: int = 0  # numbers an agent remembers of an episode, by a GRU; 0: none
    learning_rate: float = 1e-3  # of Adam, at first
    learning_rate_end: float | None = None  # of Adam, at last; None: a tenth of the first
    learning_rate_steps: int = 200_000  # environment steps of that change; by default, all
    discount: float = 0.99  # gamma, in [0, 1], per step
    gradient_norm: float = 10.0  # gradients are clipped to it, per set of weights
    device: str = "cpu"  # or cuda

    def __post_init__(self):
        check_shares(discount=self.discount)
        check_positive(learning_rate=self.learning_rate, gradient_norm=self.gradient_norm)
        check_not_negative(
            learning_rate_end=self._last_rate,
            learning_rate_steps=self.learning_rate_steps,
        )
        check_finite(learning_rate=self.learning_rate, learning_rate_end=self._last_rate)
        if self._last_rate > self.learning_rate:
            raise ValueError(
                f"learning_rate_end must not exceed learning_rate, which is {self.learning_rate}, "
                f"got {self._last_rate}"
            )
        self._device: torch.device = find_device(self.device)
        self.env_steps = 0

    @property
    def rate(self) -> float:
        """Today's learning rate."""
        first, last = self.learning_rate, self._last_rate
        return linear(first, last, self.learning_rate_steps, self.env_steps)

    @property
    def _last_rate(self) -> float:
        end = self.learning_rate_end
        return self.learning_rate / 10 if end is None else end

    def _architecture(self) -> Architecture:
        """Of all networks, unless one of them reads more."""
        return Architecture.of(self, self._device)
