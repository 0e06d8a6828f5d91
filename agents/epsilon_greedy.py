"""Play that is greedy on the scores of a network, but for a share epsilon of random actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .actors import EpsilonActor
from .checks import check_not_negative, check_shares
from .contract import View
from .exploration import linear
from .network_learner import NetworkLearner
from .networks import Network


@dataclass(eq=False)
class EpsilonGreedy(NetworkLearner):
    """Epsilon falls with the environment steps; a subclass makes the network."""

    shares_of_steps: ClassVar[Mapping[str, float]] = {"epsilon_steps": 0.25}

    epsilon_start: float = 1.0  # probability of a random action while exploring, at first
    epsilon_end: float = 0.05  # the same, at last
    epsilon_steps: int = 50_000  # environment steps of that change; by default, a quarter

    def __post_init__(self):
        super().__post_init__()
        check_shares(epsilon_start=self.epsilon_start, epsilon_end=self.epsilon_end)
        check_not_negative(epsilon_steps=self.epsilon_steps)

    def _play(self, network: Network, rng: np.random.Generator) -> None:
        """To be called once there is a network."""
        self._player = self._player_of(network, rng)

    def _player_of(self, network: Network, rng: np.random.Generator) -> EpsilonActor:
        return EpsilonActor(network, self._device, rng)

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
        return self._player_of(self._player.network, np.random.default_rng([self.seed, 1]))
