"""What every game is played on: N users, a pool of M items and slates of K, drawn from a catalogue.

    v_ui = s(e_u, e_i) r_ui >= 0                                           the base value of a pick

At the start of an episode N users and M items are drawn; at every step each agent sees a slate of
K different items of the pool, some from the 2K nearest to its taste, the rest from anywhere in it.
All draws are addressed (streams.py): no pick changes what is offered later, unless a game says that
picks move tastes or are heard of. Tastes may turn by themselves (models/drift.py).
"""

import functools
from collections.abc import Iterable, Iterator

import numpy as np

from . import nearness
from .arrays import Array
from .cast import Cast
from .models import draw, rank, slates
from .models.company import told
from .models.drift import drifted, perpendicular
from .models.nearest import nearest_by_closeness
from .models.pick import at_slots
from .models.renewal import nearest_again
from .offers import Episode as Episode
from .offers import Slate as Slate
from .philox import whole_blocks
from .streams import Purpose, Streams


class World(Cast):
    """What episodes draw of their cast, and what they offer."""

    def episode(self, streams: Streams) -> Episode:
        """A fresh episode for each copy in `streams`."""

        def in_all(fixed: Array) -> Array:
            num_copies = len(streams.seed)
            return fixed if num_copies == 1 else np.repeat(fixed, num_copies, axis=0)

        if self.has_fixed_users and self.has_fixed_items and self.drift == 0:
            return Episode(*map(in_all, self._fixed))
        users = in_all(self._fixed.users) if self.has_fixed_users else self._users(streams)
        pool = in_all(self._fixed.pool) if self.has_fixed_items else self._pool(streams)
        alike = in_all(self._fixed.alike) if self.has_fixed_users else self._alike(users)
        turn = self._turn(users, streams)
        return Episode(users, pool, self._nearest(users, pool), alike, turn)

    def renewed(self, episode: Episode, pool: Array, is_new: Array) -> Episode:
        """The same once `pool` [B, M] holds other items in the slots `is_new` [B, M]."""
        if self._table is None:
            return episode._replace(pool=pool, nearest=self._nearest(episode.users, pool))
        known = self._table, *self._places(episode.users, pool), episode.nearest
        return episode._replace(pool=pool, nearest=nearest_again(*known, is_new))

    def slate(
        self,
        episode: Episode,
        streams: Streams,
        taste: Array | None = None,
        news: Array | None = None,
    ) -> Slate:
        """The slates of the step at `streams.t`; those of reset are the first, at t = 0.

        Args:
            episode: of the copies in `streams`.
            streams: of the moment.
            taste: where users are, [B, N, D] float32, if anything but time has moved them.
            news: [B, N, H] int32, different slots that are shown in the place of those drawn last,
                then -1.
        """
        if taste is None and self.drift > 0:
            taste = self.taste(episode, streams.t)
        if taste is not None or news is not None:
            return self._moved(episode, streams, taste, news)
        if self.slate_size == self.pool_size:
            return self.whole_pool(episode)
        words = streams.words(Purpose.SLATES, self.num_agents, self._num_words)
        # one row stays in the fastest memory, a row for each of many copies does not
        pool = self._fixed.pool if self._has_one_pool else episode.pool
        size = self.slate_size, self._num_near
        if self._table is not None:
            places = self._places(episode.users, episode.pool)
            known = words, episode.nearest, self._table, *places, pool
            return Slate(*slates.drawn_from_table(*known, *size))
        slots = slates.drawn(words, episode.nearest, self.pool_size, *size)
        return Slate(*slates.most_similar_first(slots, self._similarities(episode, slots), pool))

    def whole_pool(self, episode: Episode) -> Slate:
        """All that an agent could ever be shown, in pool order: K = M."""
        slots, items = self._whole_pool(episode)
        return Slate(slots, items, self._similarities(episode, slots))

    def taste(self, episode: Episode, step: Array) -> Array | None:
        """Where users are at `step` [B] by themselves, [B, N, D] float32; None if they stay."""
        if self.drift == 0:
            return None
        return drifted(self.user_vectors, episode.users, episode.turn, self.drift * step)

    def values(self, episode: Episode, slate: Slate) -> Array:
        """The base value of every candidate, [B, N, K] float64; hidden from the agents."""
        return slate.similarity * self.catalogue.rating(episode.users[..., None], slate.items)

    def value_of_pairs(self, users: Array, items: Array) -> Array:
        """The base value of broadcast ids, float64; hidden from the agents."""
        similarity = self.similarity.pairs(self.user_vectors, self.item_vectors, users, items)
        return similarity * self.catalogue.rating(users, items)

    def slates(self, episode: Episode, streams: Streams, steps: Iterable[int]) -> Iterator[Slate]:
        """Slates of a single copy's episode at other `steps`."""
        for t in steps:
            yield self.slate(episode, streams.at([t]))

    def _similarities(self, episode: Episode, slots: Array) -> Array:
        """Of each user and the items at its `slots` [B, N, K], float64."""
        if self._table is not None:
            return slates.look_up(self._table, *self._places(episode.users, episode.pool), slots)
        users, items = episode.users[..., None], at_slots(episode.pool, slots)
        return self.similarity.pairs(self.user_vectors, self.item_vectors, users, items)

    def _whole_pool(self, episode: Episode) -> tuple[Array, Array]:
        """Its slots and their items, [B, N, M] int32 each."""
        slots = np.empty((*episode.users.shape, self.pool_size), np.int32)
        slots[:] = np.arange(self.pool_size)
        return slots, at_slots(episode.pool, slots).astype(np.int32)

    @functools.cached_property
    def _num_near(self) -> int:
        return round(self.near_share * self.slate_size)

    @property
    def _num_nearest(self) -> int:
        """L."""
        return min(2 * self.slate_size, self.pool_size)

    @functools.cached_property
    def _fixed(self) -> Episode:
        """B = 1; what of it is resampled is not used."""
        users, pool = self._fixed_ids
        turn = np.empty((1, self.num_agents, 0), np.float32)
        return Episode(users, pool, self._nearest(users, pool), self._alike(users), turn)

    def _turn(self, users: Array, streams: Streams) -> Array:
        """[B, N, D] float32; D = 0 where tastes do not drift."""
        if self.drift == 0:
            return np.empty((*users.shape, 0), np.float32)
        size = self.catalogue.embedding_size
        normals = streams.normal(Purpose.DRIFT, self.num_agents * size)
        return perpendicular(self.user_vectors[users], normals.reshape(*users.shape, size))

    def _moved(
        self, episode: Episode, streams: Streams, taste: Array | None, news: Array | None
    ) -> Slate:
        """What `slate` says where similarities are not looked up but computed; O(M D) per agent."""
        similarity, size = self.similarity, self.catalogue.embedding_size
        vectors = self.user_vectors[episode.users] if taste is None else taste
        pool = self._fixed.pool if self._has_one_pool else episode.pool
        closeness = similarity.closeness(vectors, self.item_vectors, pool)  # [B, N, M]
        if self.slate_size == self.pool_size:
            return Slate(*self._whole_pool(episode), similarity.of_closeness(closeness, size))
        near = episode.nearest  # to where users are without a `taste`
        if taste is not None:
            near = nearest_by_closeness(closeness, self._num_nearest)
        words = streams.words(Purpose.SLATES, self.num_agents, self._num_words)
        slots = slates.drawn(words, near, self.pool_size, self.slate_size, self._num_near)
        slots = slots if news is None else told(slots, news)
        rows = np.arange(slots.shape[0] * slots.shape[1]).reshape(slots.shape[:2])
        table, columns = closeness.reshape(rows.size, -1), np.arange(self.pool_size)[None]
        found = similarity.of_closeness(slates.look_up(table, rows, columns, slots), size)
        return Slate(*slates.most_similar_first(slots, found, pool))

    @functools.cached_property
    def _num_words(self) -> int:
        """Of those that the slate of an agent is drawn from: whole blocks leave no gaps."""
        return whole_blocks(draw.words_needed(self.slate_size))

    def _nearest(self, users: Array, pool: Array) -> Array:
        """[B, N, L] int32."""
        if self._table is not None:
            places = self._places(users, pool)
            return rank.nearest_by_table(self._table, *places, self._num_nearest)
        known = self.similarity, self.user_vectors, self.item_vectors, users, pool
        return nearness.most_similar(*known, self._num_nearest)

    def _alike(self, users: Array) -> Array:
        """[B, N, J] int32."""
        count = min(self.num_neighbours, self.num_agents - 1)
        return nearness.alike(self.user_vectors, users, count)
