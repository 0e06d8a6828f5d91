"""Who and what of a catalogue ever takes part in a game, and how similar all pairs of them are."""

import functools
from dataclasses import dataclass

import numpy as np

from . import attendance
from .arrays import Array
from .catalogue import Catalogue
from .ratings import MAX_TABLE
from .similarity import Similarity
from .streams import Purpose, Streams, single


@dataclass(frozen=True)
class Cast:
    """A catalogue, a similarity, and what episodes may draw of them."""

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
    items_arrive: bool  # in the course of an episode, from the whole catalogue
    held_out: float  # share of the users who are kept apart
    has_held_out_users: bool  # episodes draw from these, not from the others
    drift: float  # radians a step by which tastes turn
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
        if not 0 <= self.near_share <= 1:  # compiled code counts on it
            raise ValueError(f"near_share must be in [0, 1], got {self.near_share}")
        if self.similarity.kind == "cosine" and not self.is_centred:
            lowest = min(self.user_vectors.min(), self.item_vectors.min())
            if lowest < 0:
                raise ValueError(
                    "similarity must not be negative: cosine of raw vectors needs components "
                    f">= 0, got {lowest:.3g}; of centred vectors it is (1 + cos) / 2"
                )

    @functools.cached_property
    def user_vectors(self) -> Array:
        """e_u, [U, D] float32."""
        catalogue = self.catalogue
        return catalogue.centred_user_vectors if self.is_centred else catalogue.user_vectors

    @functools.cached_property
    def item_vectors(self) -> Array:
        """e_i, [I, D] float32."""
        catalogue = self.catalogue
        return catalogue.centred_item_vectors if self.is_centred else catalogue.item_vectors

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
        return self._fixed_ids[1][0] if self._has_one_pool else np.arange(self.catalogue.num_items)

    @functools.cached_property
    def _has_one_pool(self) -> bool:
        return self.has_fixed_items and not self.items_arrive

    @functools.cached_property
    def _slots(self) -> Array:  # [1, M] int64
        return np.arange(self.pool_size)[None]

    def _places(self, users: Array, pool: Array) -> tuple[Array, Array]:
        """Rows [B, N] of the table, and columns [B, M]; [1, M] where the pool is fixed."""
        rows = users if self._rows is None else self._rows.take(users)
        return rows, self._slots if self._has_one_pool else pool

    @functools.cached_property
    def _rows(self) -> Array | None:
        """The row of each user in the table, [U] int64, any for those without; None: its id."""
        if not self.has_fixed_users and self.held_out == 0:
            return None
        rows = np.zeros(self.catalogue.num_users, np.int64)
        rows[self._users_here] = np.arange(len(self._users_here))
        return rows

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
