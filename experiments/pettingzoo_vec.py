"""Any PettingZoo parallel environment with discrete actions behind the face of `VectorEnv`.

B copies run in one process, one after the other. Where spaces differ between agents, observations
are padded with zeros and actions with illegal ones. An agent that left is not alive, observes 0 and
has one formally legal action, 0. The payoff is the reward; there are no items, truth or layout.

Seeds: copy b begins with `seed + b`, its later episodes with numbers derived from that, so that a
copy repeats itself whatever its environment does on a reset without a seed.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from marec_env.arrays import Array
from marec_env.timestep import Timestep

from .pettingzoo_sight import Seat, Sight, nothing_legal, timestep


class _Paid(NamedTuple):
    """What a step does to the agents of B copies, [B, N] each."""

    reward: Array
    terminated: Array
    truncated: Array

    @classmethod
    def nothing(cls, shape: tuple[int, int]) -> "_Paid":
        return cls(np.zeros(shape, np.float32), np.zeros(shape, bool), np.zeros(shape, bool))


class PettingZooVec:
    """B copies of a parallel environment, each reset on the step that ends its episode."""

    def __init__(self, make_env: Callable[[], Any], num_envs: int, with_state: bool = False):
        """Builds the copies.

        Args:
            make_env: builds one copy.
            num_envs: B.
            with_state: also report the environment's `state()`, for central critics.

        Raises:
            ValueError: if actions are not Discrete, or a state is asked for and there is none.
        """
        self.num_envs = num_envs
        self._envs = [make_env() for _ in range(num_envs)]
        env = self._envs[0]
        self.agent_names: tuple[str, ...] = tuple(env.possible_agents)
        self.num_agents = len(self.agent_names)
        self._seats = [Seat.of(env, name) for name in self.agent_names]
        self.observation_size = max(seat.observation_size for seat in self._seats)
        self.num_actions = max(seat.num_actions for seat in self._seats)
        self.state_size = _state_size(env) if with_state else 0

    def reset(self, seed: int) -> Timestep:
        """Starts B episodes."""
        self._start(seed, np.zeros(self.num_envs, np.int64))
        return self._standing(np.ones(self.num_envs, bool))

    def step(self, actions: Array) -> Timestep:
        """Plays `actions` [B, N] int64; those of agents that left are ignored."""
        if actions.shape != self._alive.shape:
            raise ValueError(
                f"actions must have shape [B, N] = {self._alive.shape}, got {actions.shape}"
            )
        everyone = range(self.num_envs)
        final, paid = self._advance(actions, everyone)
        done = np.logical_not(self._now.alive.any(axis=1))
        info = {
            "episode/return": np.where(done, self._returns.mean(axis=1), np.nan),
            "episode/length": np.where(done, [len(rows) for rows in self._played], np.nan),
        }
        for b in np.flatnonzero(done):
            self._begin(int(b))
        return timestep(self._now, final, done, *paid, info)

    def snapshot(self) -> dict[str, Array]:
        """Everything that decides the future: the seeds, and what was played since the resets."""
        played = {f"played.{b}": np.array(rows) for b, rows in enumerate(self._played)}
        shown = {"observation": self._now.observation.copy(),  # to be met again
                 "action_mask": self._now.action_mask.copy()}  # fmt: skip
        return {"seed": np.array(self._seed), "episodes": self._episodes.copy()} | played | shown

    def restore(self, snapshot: Mapping[str, Array]) -> Timestep:
        """Goes on where `snapshot` was taken, by playing the episodes under way once more.

        Raises:
            ValueError: if the snapshot is of another number of copies, or the environment does not
                repeat itself.
        """
        if len(snapshot["episodes"]) != self.num_envs:
            raise ValueError(
                f"snapshot must be of {self.num_envs} copies, got {len(snapshot['episodes'])}"
            )
        played = [snapshot[f"played.{b}"] for b in range(self.num_envs)]
        self._start(int(snapshot["seed"]), snapshot["episodes"] - 1)
        for t in range(max(map(len, played))):
            going = [b for b, rows in enumerate(played) if t < len(rows)]
            actions = np.zeros(self._alive.shape, np.int64)
            actions[going] = [played[b][t] for b in going]
            self._advance(actions, going)
        is_met = np.array_equal(self._now.action_mask, snapshot["action_mask"])
        seen = self._now.observation
        if not (is_met and np.array_equal(seen, snapshot["observation"], equal_nan=True)):
            raise ValueError(
                "an environment must show the same again after a reset with the same seed and the "
                "same actions, this one does not: its runs cannot be resumed exactly"
            )
        return self._standing(np.array([len(rows) == 0 for rows in played]))

    def _start(self, seed: int, episodes: Array) -> None:
        """The next episode of every copy, after `episodes` [B] that have begun before."""
        shape = (self.num_envs, self.num_agents)
        self._seed, self._episodes = seed, episodes
        self._returns, self._played = np.zeros(shape), [[] for _ in range(self.num_envs)]
        self._now = self._blank()
        for b in range(self.num_envs):
            self._begin(b)

    @property
    def _alive(self) -> Array:
        return self._now.alive

    def _standing(self, start: Array) -> Timestep:
        """What is seen now, where nothing was played."""
        nothing, never = np.zeros(self._alive.shape, np.float32), np.zeros(self._alive.shape, bool)
        return timestep(self._now, self._now, start, nothing, never, never, {})

    def _advance(self, actions: Array, copies: Iterable[int]) -> tuple[Sight, _Paid]:
        """A step of some copies; the others stay as they are. Returns what closes the step."""
        final, paid = self._blank(), _Paid.nothing(self._alive.shape)
        for b in copies:
            self._play(b, actions[b], final, paid)
            self._played[b].append(actions[b].copy())  # a policy may use its array again
        # one that was cut off would have gone on: its successor is valued like a living one's
        final.alive[:] = (final.alive & ~paid.terminated) | paid.truncated
        self._now = self._now.with_rows(copies, final.without(~final.alive | paid.truncated))
        self._returns += paid.reward
        return final, paid

    def _play(self, b: int, actions: Array, final: Sight, paid: _Paid) -> None:
        """A step of copy b, into row b of `final` and of `paid`."""
        env = self._envs[b]
        seats = {name: n for n, name in enumerate(self.agent_names) if self._alive[b, n]}
        seen, rewards, ended, cut, infos = env.step(
            {name: self._seats[n].first + int(actions[n]) for name, n in seats.items()}
        )
        for name, n in seats.items():
            paid.reward[b, n] = rewards.get(name, 0.0)
            paid.truncated[b, n] = cut.get(name, False) and not ended.get(name, False)
            vanished = name not in env.agents and not paid.truncated[b, n]
            paid.terminated[b, n] = ended.get(name, False) or vanished
        self._look(b, final, seen, infos, paid.terminated[b] | paid.truncated[b])

    def _begin(self, b: int) -> None:
        """Copy b begins an episode."""
        seed = self._seed + b
        if self._episodes[b] > 0:
            words = np.random.SeedSequence([seed, int(self._episodes[b])]).generate_state(1)
            seed = int(words[0])
        self._episodes[b] += 1
        self._returns[b], self._played[b] = 0, []
        seen, infos = self._envs[b].reset(seed=seed)
        self._look(b, self._now, seen, infos, np.zeros(self.num_agents, bool))

    def _look(self, b: int, sight: Sight, seen: Mapping, infos: Mapping, over: Array) -> None:
        """Fills row b of `sight`; the agents `over` [N] bool do not act again."""
        env = self._envs[b]
        for n, (name, seat) in enumerate(zip(self.agent_names, self._seats, strict=True)):
            sight.alive[b, n] = name in env.agents
            if name in seen:
                acts = bool(sight.alive[b, n] and not over[n])
                observation, mask = seat.read(seen[name], infos.get(name, {}), acts)
                sight.observation[b, n, : len(observation)] = observation
                sight.action_mask[b, n] = np.pad(mask, (0, self.num_actions - len(mask)))
        if sight.state is not None:
            sight.state[b] = np.ravel(env.state())

    def _blank(self) -> Sight:
        shape = (self.num_envs, self.num_agents)
        return Sight(
            observation=np.zeros((*shape, self.observation_size), np.float32),
            action_mask=np.tile(nothing_legal(self.num_actions), (*shape, 1)),
            alive=np.zeros(shape, bool),
            state=np.zeros((shape[0], self.state_size), np.float32) if self.state_size else None,
        )


def _state_size(env: Any) -> int:
    env.reset(seed=0)  # most environments know their state after a reset only
    try:
        return int(np.size(env.state()))
    except (AttributeError, NotImplementedError):
        raise ValueError(f"a central state is needed, but {env} has no state()") from None
