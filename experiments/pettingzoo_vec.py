"""Any PettingZoo parallel environment with discrete actions behind the face of `VectorEnv`.

B copies run in one process, one after the other. Where spaces differ between agents, observations
are padded with zeros and actions with illegal ones. An agent that left is not alive, observes 0 and
has one formally legal action, 0. The payoff is the reward; there are no items, truth or layout.

Seeds: copy b begins with `seed + b`, its later episodes with numbers derived from that, so that a
copy repeats itself whatever its environment does on a reset without a seed.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces

from marec_env.arrays import Array
from marec_env.timestep import Timestep

from . import plugins


def factory(name: str, constants: Mapping[str, Any]) -> Callable[[], Any]:
    """What builds a copy of `mpe2.simple_spread_v3`, or of `my_file.py:my_env`.

    Raises:
        ValueError: if there is no such module or function, or it refuses the constants.
    """
    if ":" in name:
        make = plugins.load(name, "--env")
    else:
        make = getattr(plugins.import_place(name, "--env"), "parallel_env", None)
        if make is None:
            raise plugins.UnknownName(
                f"--env must be a module with a function parallel_env, or place:function; "
                f"{name!r} has no parallel_env"
            )
    try:
        make(**constants)
    except (TypeError, ValueError, AssertionError) as error:
        raise ValueError(f"--env {name} refuses {dict(constants)}: {error}") from error
    return lambda: make(**constants)


class _Seat(NamedTuple):
    """The spaces of one agent."""

    space: spaces.Space  # of the observation proper, without a mask
    observation_size: int
    num_actions: int
    first: int  # Discrete(n, start=first) counts from there

    @classmethod
    def of(cls, env: Any, name: str) -> "_Seat":
        space, actions = env.observation_space(name), env.action_space(name)
        if not isinstance(actions, spaces.Discrete):
            raise ValueError(f"actions must be Discrete, got {actions} for {name} of {env}")
        if isinstance(space, spaces.Dict) and "action_mask" in space.spaces:
            space = space["observation"]
        return cls(space, spaces.flatdim(space), int(actions.n), int(actions.start))

    def read(self, seen: Any, info: Mapping[str, Any], acts: bool) -> tuple[Array, Array]:
        """Observation [observation_size] and mask [num_actions] from what the environment gave.

        Raises:
            ValueError: if the mask has another shape, or forbids everything to an agent that acts.
        """
        mask = info.get("action_mask")
        if isinstance(seen, Mapping) and "action_mask" in seen:
            seen, mask = seen["observation"], seen["action_mask"]
        legal = np.ones(self.num_actions, bool) if mask is None else np.asarray(mask, bool)
        if legal.shape != (self.num_actions,) or (acts and not legal.any()):
            raise ValueError(
                f"an action mask must hold {self.num_actions} entries, one of them 1, got {mask}"
            )
        if not legal.any():
            legal = _nothing_legal(self.num_actions)
        return np.asarray(spaces.flatten(self.space, seen), np.float32), legal


class _Sight(NamedTuple):
    """What the agents of B copies see."""

    observation: Array  # [B, N, S] float32
    action_mask: Array  # [B, N, A] bool
    alive: Array  # [B, N] bool
    state: Array | None  # [B, G] float32

    def without(self, gone: Array) -> "_Sight":
        """A copy in which the agents `gone` [B, N] see nothing."""
        observation, mask = self.observation.copy(), self.action_mask.copy()
        observation[gone], mask[gone] = 0, _nothing_legal(mask.shape[-1])
        return _Sight(
            observation, mask, self.alive & ~gone, None if self.state is None else self.state.copy()
        )


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
        self._seats = [_Seat.of(env, name) for name in self.agent_names]
        self.observation_size = max(seat.observation_size for seat in self._seats)
        self.num_actions = max(seat.num_actions for seat in self._seats)
        self.state_size = _state_size(env) if with_state else 0

    def reset(self, seed: int) -> Timestep:
        """Starts B episodes."""
        shape = (self.num_envs, self.num_agents)
        self._seed = seed
        self._episodes = np.zeros(self.num_envs, np.int64)  # begun so far
        self._returns, self._length = np.zeros(shape), np.zeros(self.num_envs, np.int64)
        now = self._blank()
        for b in range(self.num_envs):
            self._begin(b, now)
        self._alive = now.alive
        nothing, never = np.zeros(shape, np.float32), np.zeros(shape, bool)
        return _timestep(now, now, np.ones(self.num_envs, bool), nothing, never, never, {})

    def step(self, actions: Array) -> Timestep:
        """Plays `actions` [B, N] int64; those of agents that left are ignored."""
        shape = (self.num_envs, self.num_agents)
        if actions.shape != shape:
            raise ValueError(f"actions must have shape [B, N] = {shape}, got {actions.shape}")
        reward = np.zeros(shape, np.float32)
        terminated, truncated = np.zeros(shape, bool), np.zeros(shape, bool)
        final = self._blank()
        for b, env in enumerate(self._envs):
            seats = {name: n for n, name in enumerate(self.agent_names) if self._alive[b, n]}
            seen, rewards, ended, cut, infos = env.step(
                {name: self._seats[n].first + int(actions[b, n]) for name, n in seats.items()}
            )
            for name, n in seats.items():
                reward[b, n] = rewards.get(name, 0.0)
                truncated[b, n] = cut.get(name, False) and not ended.get(name, False)
                vanished = name not in env.agents and not truncated[b, n]
                terminated[b, n] = ended.get(name, False) or vanished
            self._look(b, final, seen, infos, terminated[b] | truncated[b])
        # one that was cut off would have gone on: its successor is valued like a living one's
        final.alive[:] = (final.alive & ~terminated) | truncated
        now = final.without(~final.alive | truncated)
        done = np.logical_not(now.alive.any(axis=1))
        self._returns += reward
        self._length += 1
        info = {
            "episode/return": np.where(done, self._returns.mean(axis=1), np.nan),
            "episode/length": np.where(done, self._length, np.nan),
        }
        for b in np.flatnonzero(done):
            self._begin(int(b), now)
        self._alive = now.alive
        return _timestep(now, final, done, reward, terminated, truncated, info)

    def _begin(self, b: int, sight: _Sight) -> None:
        """Copy b begins an episode and fills row b of `sight`."""
        seed = self._seed + b
        if self._episodes[b] > 0:
            words = np.random.SeedSequence([seed, int(self._episodes[b])]).generate_state(1)
            seed = int(words[0])
        self._episodes[b] += 1
        self._returns[b], self._length[b] = 0, 0
        seen, infos = self._envs[b].reset(seed=seed)
        self._look(b, sight, seen, infos, np.zeros(self.num_agents, bool))

    def _look(self, b: int, sight: _Sight, seen: Mapping, infos: Mapping, over: Array) -> None:
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

    def _blank(self) -> _Sight:
        shape = (self.num_envs, self.num_agents)
        return _Sight(
            observation=np.zeros((*shape, self.observation_size), np.float32),
            action_mask=np.tile(_nothing_legal(self.num_actions), (*shape, 1)),
            alive=np.zeros(shape, bool),
            state=np.zeros((shape[0], self.state_size), np.float32) if self.state_size else None,
        )


def _nothing_legal(num_actions: int) -> Array:
    return np.arange(num_actions) == 0  # every row keeps one action to play


def _state_size(env: Any) -> int:
    env.reset(seed=0)  # most environments know their state after a reset only
    try:
        return int(np.size(env.state()))
    except (AttributeError, NotImplementedError):
        raise ValueError(f"a central state is needed, but {env} has no state()") from None


def _timestep(
    now: _Sight,
    final: _Sight,
    start: Array,
    reward: Array,
    terminated: Array,
    truncated: Array,
    info: dict[str, Array],
) -> Timestep:
    nothing: Any = None  # ours always have items and truth, foreign ones never
    return Timestep(
        observation=now.observation,
        action_mask=now.action_mask,
        alive=now.alive,
        start=start,
        items=nothing,
        state=now.state,
        truth=nothing,
        reward=reward,
        payoff=reward,
        terminated=terminated,
        truncated=truncated,
        final_observation=final.observation,
        final_action_mask=final.action_mask,
        final_alive=final.alive,
        final_state=final.state,
        final_items=nothing,
        info=info,
    )
