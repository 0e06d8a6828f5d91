"""The contract of a scenario: a batched stochastic game, written as pure functions of its state.

A scenario holds constants only. All that changes lives in its `State`, a NamedTuple of arrays with
B as first axis that has at least `step`, `episode` and `slate`; every random number is read from
addressed `Streams`, so that a copy depends on no other and no pick changes what is drawn later.

What all games share is their setting (setting.py) and what an agent sees of it. A game adds

    reset, step       its state and its mechanism
    available         which slots of the pool may be picked now
    taste             where users are now, if that changes
    quantities        what a candidate shows besides similarity and embedding;
    counts            the same, where it is a count of the pool's slots
    public            what all agents see alike
    one_shot          its steps as one-shot games, for reference/
    factors           its payoffs taken apart, for explain.py
    level             what is left of each slot, for rendering
    episode_metrics   what is to be said of its episodes
"""

import abc
import functools
import math
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np

from . import layout as layouts
from . import nested
from .arrays import Array
from .layout import Column, Layout
from .metrics import History
from .models import observation
from .models.demand import demand
from .models.pick import Picks, in_stock
from .setting import Setting
from .stages import Stage
from .streams import Streams, single
from .world import Slate

State = TypeVar("State", bound=tuple)

JOINT_LIMIT = 64  # agents up to which the global state holds a block for each


class Outcome(NamedTuple):
    """What one step produced."""

    picks: Picks  # of all agents, [B, N] each
    payoff: Array  # [B, N] float64: noise-free, before the objective
    terminated: Array  # [B, N] bool: the agent leaves now
    diagnostics: dict[str, Array]  # [B] or [B, N]; agents never see them


class Factors(NamedTuple):
    """A payoff taken apart: the product of what is `multiplied` plus the sum of what is `added`."""

    multiplied: dict[str, Array]  # [B, N] float64 each, in the order in which they apply
    added: dict[str, Array]  # [B, N] float64 each

    @property
    def payoff(self) -> Array:
        """What they make, [B, N] float64; a skip has a factor 0."""
        total = np.asarray(math.prod(self.multiplied.values()), np.float64)
        return total + sum(self.added.values())


@dataclass(frozen=True, kw_only=True)
class Scenario(Setting, abc.ABC, Generic[State]):
    """A game; subclasses are frozen dataclasses that add constants of their own."""

    name: ClassVar[str]
    has_exogenous_slates: ClassVar[bool] = True  # no pick changes what is offered later
    level_name: ClassVar[str] = ""  # what `level` is a level of
    metric_notes: ClassVar[dict[str, str]] = {}  # name of each of `episode_metrics` -> one line

    # --- the game ------------------------------------------------------------------------------

    @abc.abstractmethod
    def reset(self, streams: Streams) -> State:
        """Fresh states, one for each copy in `streams`."""

    @abc.abstractmethod
    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        """Plays legal `actions` [B, N] int64: k < K picks candidate k, K skips. Pure."""

    def available(self, state: State) -> Array | None:
        """Slots that may be picked where it is > 0, [B, M] integer; None stands for all."""
        return None

    def taste(self, state: State) -> Array | None:
        """Where users are now, [B, N, D] float32; None if they stay where they are."""
        return None

    def quantities(self, state: State) -> tuple[Array, ...]:
        """What a candidate shows besides similarity and embedding, [B, N, K] float64 each."""
        return ()

    def counts(self, state: State) -> tuple[Array, ...]:
        """Public counts of the slots, [B, M] int32 each: a candidate shows log(1 + count)."""
        return ()

    def quantity_columns(self) -> list[Column]:
        """Name and meaning of each of the `quantities`, then of the `counts`."""
        return []

    def wanted(self, state: Any) -> tuple[Array, ...]:
        """What an agent sees of the others' wishes, as `counts`."""
        if self.sees == "own":
            return ()
        slate, available = state.slate, self.available(state)
        if available is None:
            available = np.ones((len(slate.slots), self.pool_size), np.int32)
        return demand(slate.slots, slate.similarity, available)

    def wanted_columns(self) -> list[Column]:
        """Name and meaning of each of `wanted`."""
        if self.sees == "own":
            return []
        return [
            Column("favourite", 1, "log(1 + agents whose most similar legal candidate it is)"),
            Column("shown", 1, "log(1 + agents that have it in their slate)"),
        ]

    def public(self, state: Any) -> Array:
        """What all agents see alike, [B, Q] float64: the time, unless a game has more to say."""
        return self.calendar.take(state.step, axis=0, mode="clip")

    @functools.cached_property
    def calendar(self) -> Array:
        """How the steps of an episode look to all agents, [T + 1, Q] float64."""
        return 1.0 - np.arange(self.horizon + 1)[:, None] / self.horizon

    def public_columns(self) -> list[Column]:
        """Name and meaning of each column of `public`."""
        return [Column("time_left", 1, "share of the episode that is left, in (0, 1]")]

    def one_shot(self, alone: State, slate: Slate, t: int) -> Stage:
        """The game of step `t` for a single copy in state `alone`, if nobody picks before."""
        raise TypeError(f"{self.name} does not describe its steps as one-shot games")

    def factors(self, state: State, actions: Array, streams: Streams) -> Factors:
        """Why the step that `step` makes of the same arguments pays what it pays."""
        raise TypeError(f"{self.name} does not say what its payoffs are made of")

    def level(self, state: State) -> Array | None:
        """What is left of each slot, [B, M] float64 in [0, 1], for people to see; None: nothing."""
        return None

    def episode_metrics(self, state: State, history: History, is_over: Array) -> dict[str, Array]:
        """What is said of whole episodes besides what is said in every game (metrics.py).

        `state` is that at their end; where `is_over` [B] is False, the numbers are NaN. A name of
        `metric_notes` -> [B] or, per agent, [B, N] float64; a row of docs/metrics.md explains it.
        """
        return {}

    # --- what is seen of it --------------------------------------------------------------------

    def observe(self, state: Any) -> Array:
        """What each agent may know, [B, N, S] float32; `describe_observation` says where."""
        users, vectors = state.episode.users, self.world.user_vectors
        taste = self.taste(state)
        if taste is not None:
            users = np.arange(users.size).reshape(users.shape)
            vectors = taste.reshape(-1, taste.shape[2])
        return observation.assemble(
            slots=state.slate.slots,
            items=state.slate.items,
            quantities=(state.slate.similarity, *self.quantities(state)),
            counts=(*self.counts(state), *self.wanted(state)),
            item_vectors=self.world.item_vectors if self.shows_items else _NO_VECTORS,
            user_vectors=vectors,
            users=users,
            public=self.public(state),
        )

    def action_mask(self, state: Any) -> Array:
        """[B, N, A] bool; the skip, action K, is always legal."""
        available = self.available(state)
        if available is not None:
            return in_stock(available, state.slate.slots)
        num_copies, num_agents, slate_size = state.slate.slots.shape
        return np.ones((num_copies, num_agents, slate_size + 1), np.bool_)

    def global_state(self, state: Any) -> Array:
        """What the agents jointly see, for central critics, [B, G] float32.

        Per agent its observation, with pool slots instead of item embeddings; above 64 agents the
        mean and variance over agents of these. Then the `counts`.
        """
        num_shown = 1 + len(self.quantity_columns()) + len(self.wanted_columns())
        blocks = observation.without_items(self.observe(state), self.layout, num_shown)
        blocks = np.concatenate([blocks, state.slate.slots / self.pool_size], axis=-1)
        if self.num_agents > JOINT_LIMIT:
            blocks = np.stack([blocks.mean(axis=1), blocks.var(axis=1)], axis=1)
        counts = (*self.counts(state), *self.wanted(state))
        pool = [observation.log_counts(count) for count in counts]
        joint = [blocks.reshape(len(blocks), -1), *pool]
        return np.concatenate(joint, axis=1, dtype=np.float32)

    def stage(self, state: Any, b: int) -> Stage:
        """The one-shot game that copy `b` plays now."""
        alone = nested.only(state, b)
        return self.one_shot(alone, alone.slate, int(alone.step[0]))

    def stages(self, state: Any, streams: Streams, b: int) -> list[Stage]:
        """The games of this and all later steps of copy `b`; its slates are exogenous."""
        alone, steps = nested.only(state, b), range(int(state.step[b]), self.horizon)
        slates = self.world.slates(alone.episode, streams.only([b]), steps)
        return [self.one_shot(alone, slate, t) for t, slate in zip(steps, slates, strict=True)]

    # --- what follows from the constants ---------------------------------------------------------

    @property
    def observation_size(self) -> int:
        """S."""
        return self.layout.observation_size

    @functools.cached_property
    def state_size(self) -> int:
        """G."""
        return self.global_state(self.reset(single(0))).shape[1]

    @functools.cached_property
    def layout(self) -> Layout:
        """Where the observation keeps what."""
        return layouts.layout(self.slate_size, *self._columns())

    def describe_observation(self) -> str:
        """The observation as a Markdown table."""
        return layouts.describe(self.slate_size, *self._columns())

    def _columns(self) -> tuple[list[Column], list[Column]]:
        size = self.catalogue.embedding_size
        candidate = [
            Column("similarity", 1, "s(e_u, e_i) of user and item"),
            *self.quantity_columns(),
            *self.wanted_columns(),
            Column("embedding", size if self.shows_items else 0, "e_i, the item's embedding"),
        ]
        agent = [Column("user", size, "e_u, the user's embedding"), *self.public_columns()]
        return candidate, agent


_NO_VECTORS = np.empty((0, 0), np.float32)
