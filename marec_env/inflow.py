"""A pool into which items arrive in the course of an episode, from the whole catalogue, and age."""

import functools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from . import attendance
from .arrays import Array
from .models import arrivals
from .models.freshness import Ageing, Fading, ageing
from .models.pick import at_picks, at_slots
from .offers import Episode
from .streams import Purpose, Streams
from .with_pool import drawn_with_pool
from .world import World


class Items(NamedTuple):
    """What a pool holds, by slot."""

    age: Array  # a [B, M] int32: steps since the item came
    load: Array  # n of the last step [B, M] int32; 0 of what came since
    reads: Array  # picks since the item came [B, M] int32


@dataclass(frozen=True)
class Inflow:
    """Arrivals by a Poisson law; the draws of a step are addressed, and no pick changes them."""

    world: World
    rate: float  # new items a step in the mean, >= 0; none where all are there already
    fading: Fading  # how freshness falls with age
    half_life: float  # steps in which freshness halves, > 0; inf: it stays
    life: float  # steps after which an item expires, > 0; inf: never
    horizon: int  # T

    def first(self, streams: Streams) -> Items:
        """Of all ages, read by nobody."""
        age = self._first_ages(streams)
        return Items(age, np.zeros_like(age), np.zeros_like(age))

    def following(
        self, episode: Episode, items: Items, load: Array, streams: Streams
    ) -> tuple[Episode, Items]:
        """What is there a step later, at the time of `streams`, after picks `load` [B, M]."""
        age = items.age + 1
        if not self.world.items_arrive:
            return episode, Items(age, load, items.reads + load)
        words = streams.words(Purpose.ARRIVALS, rows=1, row_size=len(self._chance))[:, 0]
        num_items = self.world.catalogue.num_items
        pool, age, is_new = arrivals.arrive(episode.pool, age, words, self._chance, num_items)
        renewed = self.world.renewed(episode, pool, is_new)
        return renewed, Items(age, load * ~is_new, (items.reads + load) * ~is_new)

    def freshness(self, items: Items) -> Array:
        """f(a) of each slot, [B, M] float64."""
        return self._ageing.freshness.take(items.age)

    def offered(self, items: Items) -> Array:
        """0 where an item has expired, else 1, [B, M] int32."""
        return self._ageing.is_offered.take(items.age)

    def of_picks(self, items: Items, slot: Array) -> Array:
        """f(a) of picks at `slot` [B, N], float64; 0 for a skip."""
        return at_picks(self.freshness(items), slot)

    def shown(self, state: Any) -> Array:
        """f(a) of the candidates, [B, N, K] float64."""
        return at_slots(self.freshness(state.items), state.slate.slots)

    def level(self, state: Any) -> Array:
        """f(a) of each slot, 0 once expired, [B, M] float64."""
        return self.freshness(state.items) * self.offered(state.items)

    @drawn_with_pool
    def _first_ages(self, streams: Streams) -> Array:
        """Steps since the items of a first pool came, [B, M] int32.

        Slots are in the order of ids, of which ages must say nothing.
        """
        size, rate = self.world.pool_size, self.rate if self.world.items_arrive else 0.0
        order = attendance.drawn(streams, Purpose.AGES, size, size)
        return arrivals.first_ages(rate, size, self._span)[order]

    @property
    def _span(self) -> int:
        """Steps for which an item of a first pool may have been there."""
        return math.ceil(min(self.life, self.horizon))

    @functools.cached_property
    def _ageing(self) -> Ageing:
        """Of all ages that there can be."""
        return ageing(self._span + self.horizon, self.fading, self.half_life, self.life)

    @functools.cached_property
    def _chance(self) -> Array:
        return arrivals.distribution(self.rate, self.world.pool_size)
