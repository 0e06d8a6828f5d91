"""Games of fixed length in which everybody stays and may do anything, and B copies of one.

A game is a dataclass of constants with pure functions on batched arrays; `GameVec` knows about
episodes. `--env place:Class` plays it, with `--env-constants` for its constants. The global state
is what all agents see, joined.

Copy b is seeded seed + b, its draws are addressed by seed and episode (marec_env/philox.py), and no
arithmetic mixes copies: it is, bit for bit, the single game with that seed.
"""

import abc
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from marec_env import nested, philox
from marec_env.arrays import Array
from marec_env.timestep import Timestep

from ..pettingzoo_sight import Sight, timestep

START = 0  # purpose of the draws that a game begins with; ours count from 1

Draw = Callable[[int, int], Array]  # (rows, row_size) -> [B, rows, row_size] uniform in [0, 1)


class Game(abc.ABC):
    """What `GameVec` needs of a game; its State is an array or a NamedTuple of them, B first."""

    num_agents: int  # N
    num_actions: int  # A
    horizon: int  # steps of an episode

    @abc.abstractmethod
    def begin(self, draw: Draw, num_envs: int) -> Any:
        """The State of B = `num_envs` new episodes."""

    @abc.abstractmethod
    def step(self, state: Any, actions: Array) -> tuple[Any, Array]:
        """What follows when `actions` [B, N] are played, and the rewards [B, N] float64."""

    @abc.abstractmethod
    def observe(self, state: Any) -> Array:
        """What each agent sees, [B, N, S] float32."""

    def vector_env(self, num_envs: int, with_state: bool = False) -> "GameVec":
        """B = `num_envs` copies."""
        return GameVec(self, num_envs, with_state)


class GameVec:
    """B copies of a game behind the face of `VectorEnv`; all of their episodes end together."""

    def __init__(self, game: Game, num_envs: int, with_state: bool = False):
        self.game = game
        self.num_envs = num_envs
        self.agent_names = tuple(f"agent_{n}" for n in range(game.num_agents))
        self._with_state = with_state
        self._shape = (num_envs, game.num_agents)

    def reset(self, seed: int) -> Timestep:
        """Starts B episodes."""
        self._seed, self._episode = seed, -1
        self._begin()
        return self._standing()

    def step(self, actions: Array) -> Timestep:
        """Plays `actions` [B, N] int64, and starts new episodes after the last step.

        Raises:
            ValueError: if `actions` has another shape.
        """
        if actions.shape != self._shape:
            raise ValueError(f"actions must have shape [B, N] = {self._shape}, got {actions.shape}")
        self._state, reward = self.game.step(self._state, actions)
        self._clock += 1
        self._returns = self._returns + reward.mean(axis=1)
        final = self._sight()
        is_over = np.full(self.num_envs, self._clock == self.game.horizon)
        info = {
            "episode/return": np.where(is_over, self._returns, np.nan),
            "episode/length": np.where(is_over, self._clock, np.nan),
        }
        if is_over.all():
            self._begin()
        now = self._sight() if is_over.all() else final
        never = np.zeros(self._shape, bool)
        cut = np.broadcast_to(is_over[:, None], self._shape)
        return timestep(now, final, is_over, reward.astype(np.float32), never, cut, info)

    def snapshot(self) -> dict[str, Array]:
        """Everything that decides the future."""
        parts = {
            "seed": np.array(self._seed),
            "episode": np.array(self._episode),
            "clock": np.array(self._clock),
            "returns": self._returns,
            **dict(nested.flatten(self._state, "state")),
        }
        return {name: part.copy() for name, part in parts.items()}

    def restore(self, snapshot: Mapping[str, Array]) -> Timestep:
        """Goes on where `snapshot` was taken.

        Raises:
            ValueError: if the snapshot is of another game, or of another number of copies.
        """
        self.reset(int(snapshot["seed"]))  # for the form of the state
        self._state = nested.unflatten(self._state, snapshot, "state")
        self._episode, self._clock = int(snapshot["episode"]), int(snapshot["clock"])
        self._returns = np.array(snapshot["returns"])
        return self._standing()

    def _begin(self) -> None:
        """The next episode of every copy."""
        self._episode += 1
        self._clock, self._returns = 0, np.zeros(self.num_envs)
        seed = np.uint64(self._seed) + np.arange(self.num_envs, dtype=np.uint64)
        episode = np.full(self.num_envs, self._episode, np.uint64)
        t = np.zeros(self.num_envs, np.uint64)

        def draw(rows: int, row_size: int) -> Array:
            return philox.uniform(seed, START, t, episode, rows, row_size)

        self._state = self.game.begin(draw, self.num_envs)

    def _standing(self) -> Timestep:
        """What is seen now, where nothing was played."""
        now, start = self._sight(), np.full(self.num_envs, self._clock == 0)
        nothing, never = np.zeros(self._shape, np.float32), np.zeros(self._shape, bool)
        return timestep(now, now, start, nothing, never, never, {})

    def _sight(self) -> Sight:
        observation = self.game.observe(self._state)
        return Sight(
            observation=observation,
            action_mask=np.ones((*self._shape, self.game.num_actions), bool),
            alive=np.ones(self._shape, bool),
            state=observation.reshape(self.num_envs, -1) if self._with_state else None,
        )
