"""The contract of a scenario: a batched stochastic game, written as pure functions of its state.

A scenario holds constants only. All that changes lives in its `State`, a NamedTuple of arrays with
B as first axis that has at least `step`, `episode` and `slate`; every random number is read from
addressed `Streams`, so that a copy depends on no other and no pick changes what is drawn later.

What all games share is here: their world (world.py) and what an agent sees of it. A game adds

    reset, step       its state and its mechanism
    legal             which candidates may be picked now
    quantities        what a candidate shows besides similarity and embedding;
    counts            the same, where it is a count of the pool's slots
    public            what all agents see alike
    one_shot          its steps as one-shot games, for reference/
"""

import abc
import functools
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

import numpy as np

from . import constants, nested
from . import layout as layouts
from . import similarity as similarities
from .arrays import Array
from .catalogue import Catalogue
from .layout import Column, Layout
from .models import observation
from .models.pick import Picks
from .models.stage import Stage
from .streams import Streams, single
from .world import Slate, World

State = TypeVar("State", bound=tuple)

JOINT_LIMIT = 64  # agents up to which the global state holds a block for each


class Outcome(NamedTuple):
    """What one step produced."""

    picks: Picks  # of all agents, [B, N] each
    payoff: Array  # [B, N] float64: noise-free, before the objective
    terminated: Array  # [B, N] bool: the agent leaves now
    diagnostics: dict[str, Array]  # [B] or [B, N]; agents never see them


@functools.cache
def default_catalogue() -> Catalogue:
    """The synthetic catalogue that is played when none is given."""
    return Catalogue.synthetic(seed=0)


@dataclass(frozen=True, kw_only=True)
class Scenario(abc.ABC, Generic[State]):
    """Constants that all games share; subclasses are frozen dataclasses that add their own."""

    name: ClassVar[str]

    catalogue: Catalogue = field(default_factory=default_catalogue)
    num_agents: int = 16  # N, users that take part, 1 <= N <= U
    pool_size: int = 24  # M, items that take part, K <= M <= I
    slate_size: int = 8  # K, candidates shown to an agent at a step, >= 1
    near_share: float = 0.5  # share of a slate drawn from the user's 2K nearest items, in [0, 1]
    horizon: int = 20  # T, steps of an episode, >= 1
    users: Literal["fixed", "resampled"] = "fixed"  # the same N in every episode, or others
    items: Literal["fixed", "resampled"] = "fixed"  # the same pool in every episode, or others
    world_seed: int = 0  # draws what is fixed, for all copies alike, >= 0
    similarity: similarities.Kind = "exponential"  # s, by name
    tau: float = 1.0  # temperature of the exponential similarity, > 0, dimensionless
    offset: float = 1.0  # offset of the exponential similarity, dimensionless
    centred: bool = True  # s is of centred unit vectors, not of raw ones
    scaled: bool = False  # sigmoid_dot is of e_u . e_i / sqrt(D)
    shows_items: bool = True  # a candidate shows its item's embedding
    payoff_noise: float = 0.0  # deviation added to the reward of a served pick, >= 0, as payoffs

    def __post_init__(self):
        constants.check_types(self)
        constants.need_at_least(self, 1, "horizon")
        constants.need_at_least(self, 0, "payoff_noise")
        constants.need_one_of(self, ("fixed", "resampled"), "users", "items")
        _ = self.world  # checks what it is made of

    # --- the game ------------------------------------------------------------------------------

    @abc.abstractmethod
    def reset(self, streams: Streams) -> State:
        """Fresh states, one for each copy in `streams`."""

    @abc.abstractmethod
    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        """Plays legal `actions` [B, N] int64: k < K picks candidate k, K skips. Pure."""

    def legal(self, state: State) -> Array | None:
        """Candidates that may be picked, [B, N, K] bool; None stands for all."""
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

    # --- what is seen of it --------------------------------------------------------------------

    def observe(self, state: Any) -> Array:
        """What each agent may know, [B, N, S] float32; `describe_observation` says where."""
        return observation.assemble(
            slots=state.slate.slots,
            items=state.slate.items,
            quantities=(state.slate.similarity, *self.quantities(state)),
            counts=self.counts(state),
            item_vectors=self.world.item_vectors if self.shows_items else _NO_VECTORS,
            user_vectors=self.world.user_vectors,
            users=state.episode.users,
            public=self.public(state),
        )

    def action_mask(self, state: Any) -> Array:
        """[B, N, A] bool; the skip, action K, is always legal."""
        num_copies, num_agents, slate_size = state.slate.slots.shape
        mask = np.ones((num_copies, num_agents, slate_size + 1), np.bool_)
        legal = self.legal(state)
        if legal is not None:
            mask[..., :-1] = legal
        return mask

    def global_state(self, state: Any) -> Array:
        """What the agents jointly see, for central critics, [B, G] float32.

        Per agent its observation, with pool slots instead of item embeddings; above 64 agents the
        mean and variance over agents of these. Then the `counts`.
        """
        num_shown = 1 + len(self.quantity_columns())
        blocks = observation.without_items(self.observe(state), self.layout, num_shown)
        blocks = np.concatenate([blocks, state.slate.slots / self.pool_size], axis=-1)
        if self.num_agents > JOINT_LIMIT:
            blocks = np.stack([blocks.mean(axis=1), blocks.var(axis=1)], axis=1)
        pool = [observation.log_counts(count) for count in self.counts(state)]
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

    @functools.cached_property
    def world(self) -> World:
        """Who and what of the catalogue takes part."""
        return World(
            catalogue=self.catalogue,
            similarity=similarities.Similarity(
                kind=self.similarity,
                tau=self.tau,
                offset=self.offset,
                shifted=self.centred,
                scaled=self.scaled,
            ),
            is_centred=self.centred,
            num_agents=self.num_agents,
            pool_size=self.pool_size,
            slate_size=self.slate_size,
            near_share=self.near_share,
            has_fixed_users=self.users == "fixed",
            has_fixed_items=self.items == "fixed",
            seed=self.world_seed,
        )

    @property
    def num_actions(self) -> int:
        """A = K + 1."""
        return self.slate_size + 1

    @functools.cached_property
    def agent_names(self) -> tuple[str, ...]:
        """N names of seats."""
        return tuple(f"user_{n}" for n in range(self.num_agents))

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
            Column("embedding", size if self.shows_items else 0, "e_i, the item's embedding"),
        ]
        agent = [Column("user", size, "e_u, the user's embedding"), *self.public_columns()]
        return candidate, agent


_NO_VECTORS = np.empty((0, 0), np.float32)
