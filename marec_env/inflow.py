"""A pool into which items arrive in the course of an episode, from the whole catalogue."""

import functools
from dataclasses import dataclass

import numpy as np

from . import attendance
from .arrays import Array
from .models import arrivals
from .offers import Episode
from .streams import Purpose, Streams
from .with_pool import drawn_with_pool
from .world import World


@dataclass(frozen=True)
class Inflow:
    """Arrivals by a Poisson law; the draws of a step are addressed, and no pick changes them."""

    world: World
    rate: float  # new items a step in the mean, >= 0
    span: int  # steps for which an item of a first pool may have been there, > 0

    @drawn_with_pool
    def first_ages(self, streams: Streams) -> Array:
        """Steps since the items of a first pool came, [B, M] int32.

        Slots are in the order of ids, of which ages must say nothing.
        """
        size = self.world.pool_size
        order = attendance.drawn(streams, Purpose.AGES, size, size)
        return arrivals.first_ages(self.rate, size, self.span)[order]

    def next_pool(
        self, episode: Episode, age: Array, streams: Streams
    ) -> tuple[Episode, Array, Array]:
        """What is there a step later: at the time of `streams`.

        Returns:
            The episode with the pool of then, the ages [B, M] int32 of its items, and the slots to
            which one has just come, [B, M] bool.
        """
        if self.rate == 0:
            return episode, age + 1, np.zeros(age.shape, np.bool_)
        words = streams.words(Purpose.ARRIVALS, rows=1, row_size=len(self._chance))[:, 0]
        num_items = self.world.catalogue.num_items
        pool, age, is_new = arrivals.arrive(episode.pool, age + 1, words, self._chance, num_items)
        return self.world.renewed(episode, pool, is_new), age, is_new

    @functools.cached_property
    def _chance(self) -> Array:
        return arrivals.distribution(self.rate, self.world.pool_size)
