"""B copies of a scenario: streams, clock, objective, automatic reset, snapshot.

A scenario knows its equations, this class knows about episodes; neither does the other's work.
Copy b is seeded seed + b and is, bit for bit, the single environment with that seed.
"""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from . import episode_report, nested
from . import objective as objectives
from .arrays import Array
from .constants import digest, is_whole
from .flags import are_all, is_any
from .ledger import Ledger
from .models.pick import legalise
from .scenario import Outcome, Scenario
from .sight_check import check_sight
from .streams import Purpose, Streams
from .timestep import Played, Timestep, Truth


class _View(NamedTuple):
    """What the agents see of a state; the same names as in Timestep, and in its order."""

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
        with_costly_metrics: bool = False,
    ):
        if not is_whole(num_envs) or num_envs < 1:
            raise ValueError(f"num_envs must be an integer >= 1, got {num_envs!r}")
        self.scenario = scenario
        self.num_envs = num_envs
        self.objective = objectives.check(objective)
        self.with_state = with_state
        self.with_costly_metrics = with_costly_metrics
        self._ledger = Ledger(num_envs, scenario.horizon, scenario.num_agents)
        self._nothing = np.zeros((num_envs, scenario.num_agents), np.float32)
        self._nobody = np.zeros((num_envs, scenario.num_agents), np.bool_)
        self._horizon = np.full(num_envs, scenario.horizon)
        self._start = np.zeros(num_envs, np.uint64)  # the time of the draws of reset
        self._streams: Streams  # of the draws that made the state, from the first reset on
        self._view: _View  # likewise: what was handed out, and may have been written to
        self._judge: tuple[Array, Array]  # of the next picks, which nobody can write to
        self._played: tuple | None = None  # the last step, if it was one of these episodes
        self._state: Any = None  # now
        self._last: Any = None  # the same, but the closing state where an episode has just ended

    def reset(self, seed: int | None = None) -> Timestep:
        """Starts B episodes: the first ones of `seed`, or with None the next ones of the streams.

        Raises:
            ValueError: if `seed` is not an integer in [0, 2^63), or if the scenario shows what has
                no place in an observation.
        """
        if seed is None and self._state is None:
            seed = secrets.randbits(32)
        if seed is None:
            seeds, episode = self._streams.seed, self._streams.episode + np.uint64(1)
        elif not is_whole(seed) or not 0 <= seed < 2**63:
            raise ValueError(f"seed must be an integer in [0, 2^63), got {seed!r}")
        else:
            seeds = np.uint64(seed) + np.arange(self.num_envs, dtype=np.uint64)
            episode = np.zeros(self.num_envs, np.uint64)
        everywhere = np.ones(self.num_envs, np.bool_)
        self._ledger.clear(everywhere)
        self._played = None
        self._streams = Streams(seeds, episode, self._start)
        fresh = self.scenario.reset(self._streams)
        if self._state is None:  # once: all others have the same form
            check_sight(self.scenario, fresh)
        self._state = self._last = fresh
        self._see(self._look(fresh, ~self._nobody))
        return self._unplayed(everywhere)

    def step(self, actions: Array) -> Timestep:
        """Plays `actions` [B, N] integers and starts a new episode wherever one ended.

        An action outside the mask counts as a skip and is flagged in `info["illegal"]`.

        Raises:
            RuntimeError: before the first `reset`.
            ValueError: if `actions` has another shape or is not of integers.
        """
        actions = self._checked(actions)
        (mask, alive), clock = self._judge, self._state.step
        legal, is_illegal = legalise(actions, mask, alive)
        streams = self._streams.later()
        self._played = self._state, legal, streams
        self._state, outcome = self.scenario.step(self._state, legal, streams)
        self._streams = streams
        payoff = self._ledger.add(clock, outcome)
        paid = self._reward(outcome, alive)
        reward = payoff.copy() if paid is outcome.payoff else paid.astype(np.float32)

        terminated, truncated = self._nobody.copy(), self._nobody.copy()
        staying, is_cut = alive, self._state.step >= self._horizon
        done = is_cut
        if is_any(outcome.terminated):
            terminated = outcome.terminated & alive
            staying = alive & ~terminated
            done = is_cut | ~staying.any(axis=1)
        final = self._look(self._state, staying)
        self._see(final)
        self._last = self._state
        info = {"illegal": is_illegal, "item": outcome.picks.item, **outcome.diagnostics}
        if is_any(done):
            truncated = staying & is_cut[:, None]
            info |= self.report(done)
            self._begin(done)
        truth = Truth(self.scenario, self._state, self._streams)
        return Timestep(
            *self._view, done, truth, reward, payoff, terminated, truncated, *final, info
        )

    def report(self, is_over: Array) -> dict[str, Array]:
        """What there is to be said of the episodes in the copies `is_over` [B], if they end now."""
        state, history, with_costly = self._state, self._ledger.history, self.with_costly_metrics
        return episode_report.report(
            self.scenario, state, history, is_over, with_costly=with_costly
        )

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
        self._state = self._last = parts["state"]
        self._streams = Streams(parts["seed"], parts["episode"], self._start).at(self._state.step)
        self._ledger.history = parts["ledger"]
        self._played = None
        self._see(self._look(self._state, parts["alive"]))
        return self._unplayed(self._state.step == 0)

    @property
    def played(self) -> Played:
        """The last step, for explanation; raises RuntimeError if there is none yet."""
        if self._played is None:
            raise RuntimeError("call step first: nothing has been played yet")
        return Played(*self._played)

    def global_state(self) -> Array:
        """What the agents jointly see now, [B, G] float32, whether or not made with_state."""
        self._need_reset()
        return self.scenario.global_state(self._state)

    def final_global_state(self) -> Array:
        """The same, but closing the old episode where one has just ended."""
        self._need_reset()
        return self.scenario.global_state(self._last)

    def _parts(self) -> dict[str, Any]:
        streams = {"seed": self._streams.seed, "episode": self._streams.episode}
        state = {"alive": self._judge[1], "state": self._state}
        return {**streams, **state, "ledger": self._ledger.history}

    def _reward(self, outcome: Outcome, alive: Array) -> Array:
        """By the objective, noise last; whoever had left before the step gets 0."""
        reward = objectives.rewards(outcome.payoff, self.objective)
        deviation = self.scenario.payoff_noise
        if deviation > 0:
            noise = deviation * self._streams.normal(Purpose.NOISE, self.scenario.num_agents)
            is_paid = (outcome.picks.slot >= 0) & outcome.diagnostics.get("served", True)
            reward = reward + noise * is_paid
        return reward if are_all(alive) else np.where(alive, reward, 0.0)

    def _begin(self, done: Array) -> None:
        """New episodes in the copies `done` [B]; the others stay as they are."""
        streams = Streams(self._streams.seed, self._streams.episode + done, self._start)
        self._ledger.clear(done)
        if are_all(done):
            self._state = self.scenario.reset(streams)
            self._see(self._look(self._state, ~self._nobody))
        else:
            fresh = self.scenario.reset(streams.only(done))
            seen = self._look(fresh, ~self._nobody[done])
            self._state = nested.scatter(self._state, fresh, done)
            self._see(nested.scatter(self._view, seen, done))
        self._streams = streams.at(self._state.step)

    def _look(self, state: Any, alive: Array) -> _View:
        """A departed agent sees zeros and may only skip."""
        observation = self.scenario.observe(state)
        action_mask = self.scenario.action_mask(state)
        if not are_all(alive):
            observation[~alive] = 0
            action_mask[~alive] = np.arange(action_mask.shape[-1]) == action_mask.shape[-1] - 1
        joint = self.scenario.global_state(state) if self.with_state else None
        return _View(observation, action_mask, alive, state.slate.items, joint)

    def _see(self, view: _View) -> None:
        """Hands out `view`, but for what judges the next picks only copies of it."""
        self._view = view
        self._judge = view.action_mask.copy(), view.alive.copy()

    def _unplayed(self, start: Array) -> Timestep:
        """What is seen before any step."""
        nothing, nobody = self._nothing, self._nobody
        unpaid = nothing.copy(), nothing.copy(), nobody.copy(), nobody.copy()
        truth = Truth(self.scenario, self._state, self._streams)
        return Timestep(*self._view, start, truth, *unpaid, *self._view, {})

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
