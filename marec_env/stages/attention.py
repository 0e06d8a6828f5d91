"""Readers who share attention: nothing runs out, but what others read as well is worth less.

    payoff_u  =  w_ui max(0, 1 - kappa sat_u,topic(i)) h_i(n_i),   w_ui = v_ui f(a_i)  (1)

where h_i comes from attention.py: n^(-beta), and 1 + scoop / n times that where nobody had read the
item. The stage knows what makes the values, so that plans can see them tire and recover.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..arrays import Array
from ..models.satiation import appetite
from .stock import StockStage


@dataclass(frozen=True, kw_only=True, eq=False)
class AttentionStage(StockStage):
    """A step of a news feed; `stock` is N, and 0 where an item has expired."""

    bonus: Array  # [M] float64: scoop where nobody has read the item yet, else 0
    age: Array  # [M] int: steps since the item came
    visible: Array  # f max(0, 1 - kappa sat) [N, K] float64: of (1), what each reader sees
    appeal: Array  # w [N, K] float64: what candidates are worth to readers without satiation
    topic: Array  # [N, K] int64
    satiation: Array  # sat [N, C] float64
    temper: Array  # [N] float64; 0 has left

    @classmethod
    def of(cls, game: Any, alone: Any, *, ageing: Any, **own: Any) -> Self:
        """Of a feed whose items age as `ageing`, an Inflow, says."""
        items, sat = alone.items, alone.readers.satiation[0]
        topic = game.catalogue.topics[alone.slate.items[0]]
        fresh = ageing.freshness(items)[0, alone.slate.slots[0]]
        appeal = game.world.values(alone.episode, alone.slate)[0] * fresh
        hungry = appetite(np.take_along_axis(sat, topic, axis=1), game.kappa)
        return super().of(
            game,
            alone,
            value=appeal * hungry,
            stock=game.num_agents * ageing.offered(items)[0],
            load=items.load[0],
            beta=game.beta,
            window=int(alone.step[0]),
            bonus=game.scoop * (items.reads[0] == 0),
            age=items.age[0],
            visible=fresh * hungry,
            appeal=appeal,
            topic=topic,
            satiation=sat,
            temper=alone.readers.temper[0],
            **own,
        )

    @property
    def public_factor(self) -> Array:
        """What age, the own satiation and the last load, if it came again, leave of a value."""
        return self.visible * super().public_factor

    @property
    def alone(self) -> Array:
        """The value, and the scoop of it where nobody has read the item."""
        return self.value * (1.0 + self.bonus[self.slot])

    def share(self, slot: Array, served: Array) -> Array:
        """h_i(n), elementwise."""
        return super().share(slot, served) * (1.0 + self.bonus[slot] / np.maximum(served, 1))
