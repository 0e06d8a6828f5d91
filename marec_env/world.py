"""What every game is played on: N users, a pool of M items and slates of K, drawn from a catalogue.

    v_ui = s(e_u, e_i) r_ui >= 0                                           the base value of a pick

At the start of an episode N users and M items are drawn; at every step each agent sees a slate of
K different items of the pool, some from the 2K nearest to its taste, the rest from anywhere in it.
All draws are addressed (streams.py): slates are exogenous, no pick changes what is offered later.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import attendance, nearness
from .arrays import Array
from .catalogue import Catalogue
from .models import draw, rank, slates
from .models.pick import Picks, at_slots, entries
from .ratings import MAX_TABLE
from .similarity import Similarity
from .streams import Purpose, Streams, single


class Episode(NamedTuple):
    """What an episode draws once."""

    users: Array  # [B, N] int64: ids in the catalogue, one per agent
    pool: Array  # [B, M] int64: item ids in the catalogue, ascending
    nearest: Array  # [B, N, L] int32: pool slots most similar to the user, L = min(2K, M)
    neighbours: Array  # [B, N, J] int32: seats of the users most similar to the user


class Slate(NamedTuple):
    """What each agent may pick from now, most similar first; in pool order where K = M."""

    slots: Array  # [B, N, K] int32: pool slots
    items: Array  # [B, N, K] int32: their ids in the catalogue
    similarity: Array  # [B, N, K] float64: s(e_u, e_i)


@dataclass(frozen=True)
class World:
    """A catalogue, a similarity, and who and what of the catalogue takes part."""

    catalogue: Catalogue
    similarity: Similarity
    is_centred: bool  # s is of centred unit vectors, not of raw ones
    num_agents: int  # N
    pool_size: int  # M
    slate_size: int  # K
    num_neighbours: int  # J, or N - 1 if that is less
    near_share: float  # share of a slate drawn from the nearest
    has_fixed_users: bool  # the same N in every episode of every copy
    has_fixed_items: bool  # the same pool in every episode of every copy
    held_out: float  # share of the users who are kept apart
    has_held_out_users: bool  # episodes draw from these, not from the others
    seed: int  # draws what is fixed

    def __post_init__(self):
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"world_seed must be in [0, 2^63), got {self.seed}")
        if not 1 <= self.num_agents <= len(self._drawable):
            raise ValueError(
                f"num_agents must be in 1 ... {len(self._drawable)}, the number of drawable users, "
                f"got {self.num_agents}"
            )
        if not 1 <= self.slate_size <= self.pool_size <= self.catalogue.num_items:
            raise ValueError(
                "need 1 <= slate_size <= pool_size <= the catalogue's items, "
                f"got {self.slate_size}, {self.pool_size}, {self.catalogue.num_items}"
            )
        if not 0 <= self.near_share <= 1:
            raise ValueError(f"near_share must be in [0, 1], got {self.near_share}")
        if self.pool_size << slates.place_bits(self.slate_size) > 2**32:  # else no key holds both
            raise ValueError(
                "need pool_size times the next power of 2 after slate_size <= 2^32, "
                f"got {self.pool_size} and {self.slate_size}"
            )
        if self.similarity.kind == "cosine" and not self.is_centred:
            lowest = min(self.user_vectors.min(), self.item_vectors.min())
            if lowest < 0:
                raise ValueError(
                    "similarity must not be negative: cosine of raw vectors needs components "
                    f">= 0, got {lowest:.3g}; of centred vectors it is (1 + cos) / 2"
                )

    @property
    def user_vectors(self) -> Array:
        """e_u, [U, D] float32."""
        catalogue = self.catalogue
        return catalogue.centred_user_vectors if self.is_centred else catalogue.user_vectors

    @property
    def item_vectors(self) -> Array:
        """e_i, [I, D] float32."""
        catalogue = self.catalogue
        return catalogue.centred_item_vectors if self.is_centred else catalogue.item_vectors

    def episode(self, streams: Streams) -> Episode:
        """A fresh episode for each copy in `streams`."""

        def in_all(fixed: Array) -> Array:
            return np.repeat(fixed, len(streams.seed), axis=0)

        if self.has_fixed_users and self.has_fixed_items:
            return Episode(*map(in_all, self._fixed))
        users = in_all(self._fixed.users) if self.has_fixed_users else self._users(streams)
        pool = in_all(self._fixed.pool) if self.has_fixed_items else self._pool(streams)
        alike = in_all(self._fixed.neighbours) if self.has_fixed_users else self._neighbours(users)
        return Episode(users, pool, self._nearest(users, pool), alike)

    def slate(self, episode: Episode, streams: Streams) -> Slate:
        """The slates of the step at `streams.t`; those of reset are the first, at t = 0."""
        if self.slate_size == self.pool_size:
            return self.whole_pool(episode)
        num_words = draw.words_needed(self.slate_size)
        words = streams.words(Purpose.SLATES, self.num_agents, num_words)
        # one row stays in the fastest memory, a row for each of many copies does not
        pool = self._fixed.pool if self.has_fixed_items else episode.pool
        size = self.slate_size, self._num_near
        if self._table is not None:
            places = self._places(episode.users, episode.pool)
            known = words, episode.nearest, self._table, *places, pool
            return Slate(*slates.drawn_from_table(*known, *size))
        slots = slates.drawn(words, episode.nearest, self.pool_size, *size)
        return Slate(*slates.most_similar_first(slots, self._similarities(episode, slots), pool))

    def whole_pool(self, episode: Episode) -> Slate:
        """All that an agent could ever be shown, in pool order: K = M."""
        slots = np.empty((*episode.users.shape, self.pool_size), np.int32)
        slots[:] = np.arange(self.pool_size)
        items = at_slots(episode.pool, slots).astype(np.int32)
        return Slate(slots, items, self._similarities(episode, slots))

    def value_of(self, episode: Episode, picks: Picks) -> Array:
        """The base value of what each agent picks, [B, N] float64; 0 for a skip."""
        return picks.similarity * self.rating_of(episode, picks)

    def rating_of(self, episode: Episode, picks: Picks) -> Array:
        """r_ui of what each agent picks, [B, N] float64; any number for a skip."""
        table = self.catalogue.rating_table
        if table is not None:
            return entries(table, episode.users, picks.item)
        return self.catalogue.rating(episode.users, np.maximum(picks.item, 0))

    def value_factors(self, episode: Episode, picks: Picks) -> dict[str, Array]:
        """The factors of the base value of what each agent picks, [B, N] float64 each."""
        return {"similarity": picks.similarity, "rating": self.rating_of(episode, picks)}

    def values(self, episode: Episode, slate: Slate) -> Array:
        """The base value of every candidate, [B, N, K] float64; hidden from the agents."""
        return slate.similarity * self.catalogue.rating(episode.users[..., None], slate.items)

    def slates(self, episode: Episode, streams: Streams, steps: Iterable[int]) -> Iterator[Slate]:
        """Slates of a single copy's episode at other `steps`."""
        for t in steps:
            yield self.slate(episode, streams.at([t]))

    @functools.cached_property
    def _table(self) -> Array | None:
        """Similarities of all users and items that ever take part; None if there are too many."""
        if len(self._users_here) * len(self._items_here) > MAX_TABLE:
            return None
        users, items = self.user_vectors[self._users_here], self.item_vectors[self._items_here]
        return self.similarity.table(users, items)

    @functools.cached_property
    def _users_here(self) -> Array:
        """Ids of all users that ever take part."""
        return self._fixed_ids[0][0] if self.has_fixed_users else self._drawable

    @functools.cached_property
    def _drawable(self) -> Array:
        """Ids of the users whom an episode may draw, ascending."""
        others, held_out = attendance.split(self.catalogue.num_users, self.held_out, self.seed)
        return held_out if self.has_held_out_users else others

    @functools.cached_property
    def _items_here(self) -> Array:
        """Ids of all items that ever take part, in the order of slots where the pool is fixed."""
        return (
            self._fixed_ids[1][0] if self.has_fixed_items else np.arange(self.catalogue.num_items)
        )

    def _similarities(self, episode: Episode, slots: Array) -> Array:
        """Of each user and the items at its `slots` [B, N, K], float64."""
        if self._table is not None:
            return slates.look_up(self._table, *self._places(episode.users, episode.pool), slots)
        users, items = episode.users[..., None], at_slots(episode.pool, slots)
        return self.similarity.pairs(self.user_vectors, self.item_vectors, users, items)

    @functools.cached_property
    def _slots(self) -> Array:  # [1, M] int64
        return np.arange(self.pool_size)[None]

    def _places(self, users: Array, pool: Array) -> tuple[Array, Array]:
        """Rows [B, N] of the table, and columns [B, M]; [1, M] where the pool is fixed."""
        rows = users if self._rows is None else self._rows.take(users)
        return rows, self._slots if self.has_fixed_items else pool

    @functools.cached_property
    def _rows(self) -> Array | None:
        """The row of each user in the table, [U] int64, any for those without; None: its id."""
        if not self.has_fixed_users and self.held_out == 0:
            return None
        rows = np.zeros(self.catalogue.num_users, np.int64)
        rows[self._users_here] = np.arange(len(self._users_here))
        return rows

    @functools.cached_property
    def _num_near(self) -> int:
        return round(self.near_share * self.slate_size)

    @functools.cached_property
    def _fixed(self) -> Episode:
        """B = 1; what of it is resampled is not used."""
        users, pool = self._fixed_ids
        return Episode(users, pool, self._nearest(users, pool), self._neighbours(users))

    @functools.cached_property
    def _fixed_ids(self) -> tuple[Array, Array]:
        """Users [1, N] and pool [1, M]."""
        streams = single(self.seed)
        return self._users(streams), self._pool(streams)

    def _users(self, streams: Streams) -> Array:
        """[B, N] int64 in the order drawn."""
        count = len(self._drawable)
        return self._drawable[attendance.drawn(streams, Purpose.USERS, count, self.num_agents)]

    def _pool(self, streams: Streams) -> Array:
        """[B, M] int64, ascending."""
        ids = attendance.drawn(streams, Purpose.POOL, self.catalogue.num_items, self.pool_size)
        ids.sort(axis=-1)
        return ids

    def _nearest(self, users: Array, pool: Array) -> Array:
        """[B, N, L] int32."""
        count = min(2 * self.slate_size, self.pool_size)
        if self._table is not None:
            return rank.nearest(self._table, *self._places(users, pool), count)
        vectors = self.user_vectors, self.item_vectors
        return nearness.nearest(self.similarity, *vectors, users, pool, count)

    def _neighbours(self, users: Array) -> Array:
        """[B, N, J] int32."""
        count = min(self.num_neighbours, self.num_agents - 1)
        return nearness.neighbours(self.user_vectors, users, count)
