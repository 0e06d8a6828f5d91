"""B copies of a scenario: streams, clock, objective, automatic reset, snapshot.

A scenario knows its equations, this class knows about episodes; neither does the other's work.
Copy b is seeded seed + b and is, bit for bit, the single environment with that seed.
"""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from . import nested
from . import objective as objectives
from .arrays import Array
from .constants import digest, is_whole
from .ledger import Ledger
from .models.pick import legalise
from .scenario import Outcome, Scenario
from .streams import Purpose, Streams
from .timestep import Timestep, Truth


class _View(NamedTuple):
    """What the agents see of a state; the same names as in Timestep."""

    observation: Array
    action_mask: Array
    alive: Array
    items: Array
    state: Array | None


class VectorEnv:
    """B = `num_envs` independent copies of `scenario`, stepped at once."""

    def __init__(
        self,
        scenario: Scenario,
        num_envs: int = 1,
        objective: str = "independent",
        with_state: bool = False,
    ):
        if not is_whole(num_envs) or num_envs < 1:
            raise ValueError(f"num_envs must be an integer >= 1, got {num_envs!r}")
        self.scenario = scenario
        self.num_envs = num_envs
        self.objective = objectives.check(objective)
        self.with_state = with_state
        self._ledger = Ledger(num_envs, scenario.horizon, scenario.num_agents, scenario.pool_size)
        self._nothing = np.zeros((num_envs, scenario.num_agents), np.float32)
        self._nobody = np.zeros((num_envs, scenario.num_agents), np.bool_)
        self._start = np.zeros(num_envs, np.int64)  # the time of the draws of reset
        self._seed = self._episode = np.zeros(0, np.uint64)  # [B] each, from the first reset on
        self._state: Any = None  # now
        self._last: Any = None  # the same, but the closing state where an episode has just ended
        self._view: Any = None

    def reset(self, seed: int | None = None) -> Timestep:
        """Starts B episodes: the first ones of `seed`, or with None the next ones of the streams.

        Raises:
            ValueError: if `seed` is not an integer in [0, 2^63).
        """
        if seed is None and self._state is None:
            seed = secrets.randbits(32)
        if seed is None:
            self._episode = self._episode + np.uint64(1)
        elif not is_whole(seed) or not 0 <= seed < 2**63:
            raise ValueError(f"seed must be an integer in [0, 2^63), got {seed!r}")
        else:
            self._seed = np.uint64(seed) + np.arange(self.num_envs, dtype=np.uint64)
            self._episode = np.zeros(self.num_envs, np.uint64)
        everywhere = np.ones(self.num_envs, np.bool_)
        self._ledger.clear(everywhere)
        self._state = self._last = self.scenario.reset(self._streams(self._start))
        self._view = self._look(~self._nobody)
        return self._timestep(
            everywhere, self._view, self._nothing, self._nothing, self._nobody, self._nobody, {}
        )

    def step(self, actions: Array) -> Timestep:
        """Plays `actions` [B, N] integers and starts a new episode wherever one ended.

        An action outside the mask counts as a skip and is flagged in `info["illegal"]`.

        Raises:
            RuntimeError: before the first `reset`.
            ValueError: if `actions` has another shape or is not of integers.
        """
        actions = self._checked(actions)
        alive = self._view.alive
        legal, is_illegal = legalise(actions, self._view.action_mask, alive)
        clock = self._state.step
        streams = self._streams(clock + 1)
        self._state, outcome = self.scenario.step(self._state, legal, streams)

        terminated = outcome.terminated & alive
        done = is_cut = self._state.step >= self.scenario.horizon
        staying = alive
        if terminated.any():
            staying = alive & ~terminated
            done = is_cut | ~staying.any(axis=1)
        final = self._look(staying)
        truncated = staying & is_cut[:, None]
        self._ledger.add(clock, outcome)
        info = {"illegal": is_illegal, "item": outcome.picks.item, **outcome.diagnostics}
        self._view, self._last = final, self._state
        if done.any():
            info |= self._ledger.close(done)
            self._begin(done)
        reward = self._reward(outcome, alive, streams).astype(np.float32)
        payoff = outcome.payoff.astype(np.float32)
        return self._timestep(done, final, reward, payoff, terminated, truncated, info)

    def snapshot(self) -> dict[str, Array]:
        """Everything that decides the future, as arrays by dotted names."""
        self._need_reset()
        leaves = {"scenario": digest(self.scenario)}
        for name, part in self._parts().items():
            leaves |= nested.flatten(part, name)
        return {name: leaf.copy() for name, leaf in leaves.items()}

    def restore(self, snapshot: Mapping[str, Array]) -> Timestep:
        """Goes on where `snapshot` was taken; returns what was seen there.

        Raises:
            ValueError: if the snapshot is of another scenario, of other constants or of another
                number of copies.
        """
        if self._state is None:
            self.reset(0)  # for the form of the state
        if not np.array_equal(snapshot.get("scenario", ()), digest(self.scenario)):
            raise ValueError(f"snapshot must be of this {self.scenario.name}, it is of another")
        parts = {name: nested.unflatten(x, snapshot, name) for name, x in self._parts().items()}
        self._seed, self._episode = parts["seed"], parts["episode"]
        self._state = self._last = parts["state"]
        self._ledger.history = parts["ledger"]
        self._view = self._look(parts["alive"])
        start = self._state.step == 0
        return self._timestep(
            start, self._view, self._nothing, self._nothing, self._nobody, self._nobody, {}
        )

    def global_state(self) -> Array:
        """What the agents jointly see now, [B, G] float32, whether or not made with_state."""
        self._need_reset()
        return self.scenario.global_state(self._state)

    def final_global_state(self) -> Array:
        """The same, but closing the old episode where one has just ended."""
        self._need_reset()
        return self.scenario.global_state(self._last)

    def _parts(self) -> dict[str, Any]:
        clock = {"seed": self._seed, "episode": self._episode, "alive": self._view.alive}
        return {**clock, "state": self._state, "ledger": self._ledger.history}

    def _reward(self, outcome: Outcome, alive: Array, streams: Streams) -> Array:
        """By the objective, noise last; whoever had left before the step gets 0."""
        reward = objectives.rewards(outcome.payoff, self.objective)
        deviation = self.scenario.payoff_noise
        if deviation > 0:
            noise = deviation * streams.normal(Purpose.NOISE, self.scenario.num_agents)
            is_paid = outcome.diagnostics.get("served", outcome.picks.slot >= 0)
            reward = reward + noise * is_paid
        return reward if alive.all() else np.where(alive, reward, 0.0)

    def _streams(self, t: Array) -> Streams:
        return Streams(self._seed, self._episode, t.view(np.uint64))

    def _begin(self, done: Array) -> None:
        """New episodes in the copies `done` [B]; the others stay as they are."""
        self._episode = self._episode + done
        streams = self._streams(self._start)
        self._ledger.clear(done)
        if done.all():
            self._state = self.scenario.reset(streams)
        else:
            fresh = self.scenario.reset(streams.only(done))
            self._state = nested.scatter(self._state, fresh, done)
        self._view = self._look(self._view.alive | done[:, None])

    def _look(self, alive: Array) -> _View:
        """A departed agent sees zeros and may only skip."""
        state = self._state
        observation = self.scenario.observe(state)
        action_mask = self.scenario.action_mask(state)
        if not alive.all():
            observation[~alive] = 0
            action_mask[~alive] = np.arange(action_mask.shape[-1]) == action_mask.shape[-1] - 1
        joint = self.scenario.global_state(state) if self.with_state else None
        return _View(observation, action_mask, alive, state.slate.items, joint)

    def _timestep(self, start, final, reward, payoff, terminated, truncated, info) -> Timestep:
        return Timestep(
            observation=self._view.observation,
            action_mask=self._view.action_mask,
            alive=self._view.alive,
            start=start,
            items=self._view.items,
            state=self._view.state,
            truth=Truth(self.scenario, self._state, self._streams(self._state.step)),
            reward=reward,
            payoff=payoff,
            terminated=terminated,
            truncated=truncated,
            final_observation=final.observation,
            final_action_mask=final.action_mask,
            final_alive=final.alive,
            final_state=final.state,
            final_items=final.items,
            info=info,
        )

    def _checked(self, actions: Array) -> Array:
        self._need_reset()
        actions = np.asarray(actions)
        if actions.shape != self._nobody.shape:
            raise ValueError(
                f"actions must have shape [B, N] = {self._nobody.shape}, got {actions.shape}"
            )
        if actions.dtype.kind not in "iu":
            raise ValueError(f"actions must be integers, got {actions.dtype}")
        return actions.astype(np.int64, copy=False)

    def _need_reset(self) -> None:
        if self._state is None:
            raise RuntimeError("call reset(seed) first: there is no episode yet")
