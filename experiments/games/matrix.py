"""Repeated matrix games: two agents, one payoff for both, the same game 25 times.

    Climbing                Penalty(k)
     11  -30    0            k   0  10
    -30    7    0            0   2   0
      0    6    5           10   0   k

The best joint actions pay 11 and 10; a partner who is not yet sure makes them look bad, and the
equilibria 7 and 2 look safe. Nothing is to be seen: observation and state are constant.

Sources: Claus and Boutilier (1998), "The dynamics of reinforcement learning in cooperative
multiagent systems"; the repeated form is that of Papoudakis et al. (2021), "Benchmarking
multi-agent deep reinforcement learning algorithms in cooperative tasks".
"""

import abc
from dataclasses import dataclass

import numpy as np

from marec_env.arrays import Array

from .game import Draw, Game


class _Matrix(Game, abc.ABC):
    """Both agents are paid what the matrix says; the State is the empty array [B, 0]."""

    num_agents = 2
    num_actions = 3
    horizon = 25

    @property
    @abc.abstractmethod
    def payoffs(self) -> Array:
        """By the actions of both, [3, 3] float64."""

    def begin(self, draw: Draw, num_envs: int) -> Array:
        """There is nothing to know."""
        return np.zeros((num_envs, 0))

    def step(self, state: Array, actions: Array) -> tuple[Array, Array]:
        """The same game again."""
        paid = self.payoffs[actions[:, 0], actions[:, 1]]  # [B]
        return state, np.stack([paid, paid], axis=1)

    def observe(self, state: Array) -> Array:
        """A constant."""
        return np.ones((len(state), self.num_agents, 1), np.float32)


@dataclass(frozen=True)
class Climbing(_Matrix):
    """Best is 11; a single step from 7 towards it costs 37."""

    @property
    def payoffs(self) -> Array:
        """[3, 3]."""
        return np.array([[11.0, -30.0, 0.0], [-30.0, 7.0, 0.0], [0.0, 6.0, 5.0]])


@dataclass(frozen=True)
class Penalty(_Matrix):
    """Two best pairs of actions, which pay 10; whoever mixes them up pays `k`."""

    k: float = -100.0  # for missing one another, at most 0

    def __post_init__(self):
        if not self.k <= 0:
            raise ValueError(f"k must be <= 0, got {self.k}")

    @property
    def payoffs(self) -> Array:
        """[3, 3]."""
        return np.array([[self.k, 0.0, 10.0], [0.0, 2.0, 0.0], [10.0, 0.0, self.k]])
