"""The contract of a scenario: a batched stochastic game, written as pure functions of its state.

A scenario holds constants only. All that changes lives in its `State`, a NamedTuple of arrays with
B as first axis that has at least `step`, `episode` and `slate`; every random number is read from
addressed `Streams`, so that a copy depends on no other and no pick changes what is drawn later.

What all games share is their setting (setting.py) and how agents see it (sight.py). A game adds

    reset, step       its state and its mechanism
    available         which slots of the pool may be picked now
    present           who has not left
    taste             where users are now, if that changes
    shows             what of it is to be seen besides similarity, embedding and time (shown.py)
    neighbours        whose wishes an agent sees, where it is not those of similar users
    one_shot          its steps as one-shot games, for reference/
    episode_metrics   what is to be said of its episodes
"""

import abc
import functools
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, Self

import numpy as np

from . import nested
from .arrays import Array
from .metrics import History
from .models.pick import Picks, picks
from .sight import Sight, State
from .stages import Stage
from .streams import Streams, single
from .world import Episode, Slate


class Outcome(NamedTuple):
    """What one step produced, and what its payoffs are made of."""

    picks: Picks  # of all agents, [B, N] each
    payoff: Array  # [B, N] float64: noise-free, before the objective
    terminated: Array  # [B, N] bool: the agent leaves now
    diagnostics: dict[str, Array]  # [B] or [B, N]; agents never see them
    factors: dict[str, Array]  # the payoff is their product, in this order, ... [B, N] each
    added: dict[str, Array]  # ... plus the sum of these, likewise

    @classmethod
    def of(
        cls,
        picks: Picks,
        factors: dict[str, Array],
        added: dict[str, Array] | None = None,
        *,
        payoff: Array | None = None,
        terminated: Array | None = None,
        **diagnostics: Array,
    ) -> Self:
        """The payoff is what the factors and what is added make, unless it is known already.

        A skip has a factor 0; nobody leaves unless `terminated` says so.
        """
        added = added or {}
        if payoff is None:
            payoff = product(factors) + sum(added.values()) if added else product(factors)
        if terminated is None:
            terminated = _nobody(payoff.shape)
        return cls(picks, payoff, terminated, diagnostics, factors, added)


@functools.lru_cache(maxsize=8)
def _nobody(shape: tuple[int, ...]) -> Array:
    """Read-only."""
    found = np.zeros(shape, np.bool_)
    found.flags.writeable = False
    return found


def product(factors: dict[str, Array]) -> Array:
    """Of all factors, from the first on."""
    first, *others = factors.values()
    for factor in others:
        first = first * factor
    return first


@dataclass(frozen=True, kw_only=True)
class Scenario(Sight[State], abc.ABC, Generic[State]):
    """A game; subclasses are frozen dataclasses that add constants of their own."""

    name: ClassVar[str]
    has_exogenous_slates: ClassVar[bool] = True  # no pick changes what is offered later
    adds_to_payoffs: ClassVar[bool] = False  # not all of a payoff is a product
    metric_notes: ClassVar[dict[str, str]] = {}  # name of each of `episode_metrics` -> one line

    @abc.abstractmethod
    def reset(self, streams: Streams) -> State:
        """Fresh states, one for each copy in `streams`."""

    @abc.abstractmethod
    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        """Plays legal `actions` [B, N] int64: k < K picks candidate k, K skips. Pure."""

    def begin(self, streams: Streams) -> tuple[Array, Episode, Slate]:
        """What most states begin with: `step` 0, an episode, and the slates of its first step."""
        episode = self.world.episode(streams)
        step = np.zeros(len(streams.seed), np.int64)
        return step, episode, self.world.slate(episode, streams)

    def picked(self, state: Any, actions: Array) -> Picks:
        """What each agent takes by legal `actions` [B, N]."""
        users, pool, *_ = state.episode
        slots, _, similarity = state.slate
        table = self.catalogue.rating_table
        found = picks(slots, similarity, pool, users, table, actions)
        if table is None:
            ratings = self.catalogue.rating(users, np.maximum(found.item, 0))
            found.rating[:] = np.where(found.item < 0, 0.0, ratings)
        return found

    def one_shot(self, alone: State) -> Stage:
        """The game of the step that a single copy in state `alone` is about to play."""
        raise TypeError(f"{self.name} does not describe its steps as one-shot games")

    def episode_metrics(self, state: State, history: History) -> dict[str, Array]:
        """What is said of whole episodes besides what is said in every game (metrics.py).

        A name of `metric_notes` -> numbers [B] or, per agent, [B, N], for a `state` at the end of
        episodes; what they are where none has ended does not count. A row of docs/metrics.md
        explains each.
        """
        return {}

    def stage(self, state: Any, b: int) -> Stage:
        """The one-shot game that copy `b` plays now."""
        return self.one_shot(nested.only(state, b))

    def stages(self, state: Any, streams: Streams, b: int) -> list[Stage]:
        """The games of this and all later steps of copy `b`, if nobody picks before them.

        Raises:
            TypeError: if picks change slates, so that nobody can know the later ones.
        """
        if not self.has_exogenous_slates:
            raise TypeError(f"slates of {self.name} follow from picks: no later step is known")
        alone, streams = nested.only(state, b), streams.only([b])
        nobody = np.full((1, self.num_agents), self.slate_size)
        found: list[Stage] = []
        for t in range(int(alone.step[0]), self.horizon):
            if found:
                alone, _ = self.step(alone, nobody, streams.at([t]))
            found.append(self.one_shot(alone))
        return found

    @functools.cached_property
    def state_size(self) -> int:
        """G."""
        return self.global_state(self.reset(single(0))).shape[1]
