"""Readers whom topics tire and who lose their temper: what they are like from step to step.

Satiation is equation (2) of models/satiation.py, temper equation (1) of models/temper.py. What an
episode was to its readers is kept beside them, to be told when it ends.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .arrays import Array
from .models import satiation
from .models.temper import after_payoffs
from .streams import Streams
from .world import World

NOTES = {
    "retention": "share of the agents that are still there at the end",
    "stayed": "steps that an agent was there for",
    "freshness": "mean freshness of the picks",
}


class Readers(NamedTuple):
    """N readers of each of B feeds."""

    satiation: Array  # sat [B, N, C] float64
    temper: Array  # [B, N] float64; 0 has left
    stayed: Array  # [B, N] int32: steps that the reader has been there for
    enjoyed: Array  # [B, N] float64: freshness of all its picks together

    def told(self, num_picks: Array) -> dict[str, Array]:
        """What `NOTES` says, after `num_picks` [B] of an episode."""
        fresh = self.enjoyed.sum(axis=1) / np.where(num_picks > 0, num_picks, np.nan)
        retention = (self.temper > 0).mean(axis=1)
        return {"retention": retention, "stayed": self.stayed, "freshness": fresh}


@dataclass(frozen=True)
class Readership:
    """How readers change."""

    world: World
    gamma_s: float  # share of satiation that is left a step later, in [0, 1]
    kappa: float  # share of a value that a unit of satiation takes, >= 0
    start: float  # temper at first, > 0, as payoffs
    threshold: float  # payoff below which temper is lost, >= 0
    recovery: float  # temper that a payoff above it gives back at most, >= 0

    def first(self, streams: Streams) -> Readers:
        """Of full temper, and hungry for everything."""
        seats = len(streams.seed), self.world.num_agents
        hungry = np.zeros((*seats, len(self.world.catalogue.topic_names)))
        temper = np.full(seats, float(self.start))
        return Readers(hungry, temper, np.zeros(seats, np.int32), np.zeros(seats))

    def following(self, readers: Readers, item: Array, payoff: Array, freshness: Array) -> Readers:
        """After picks of `item`, -1 for a skip, of some `freshness` that paid `payoff`, [B, N]."""
        topics, limits = self.world.catalogue.topics, (self.start, self.threshold, self.recovery)
        return Readers(
            satiation=satiation.after_picks(readers.satiation, topics, item, self.gamma_s),
            temper=after_payoffs(readers.temper, payoff, *limits),
            stayed=readers.stayed + (readers.temper > 0),
            enjoyed=readers.enjoyed + freshness,
        )

    def appetite(self, readers: Readers, item: Array) -> Array:
        """What satiation leaves of the value of picks, [B, N] float64; 1 for a skip."""
        own = satiation.of_picks(readers.satiation, self.world.catalogue.topics, item)
        return satiation.appetite(own, self.kappa)

    def shown(self, state: Any) -> Array:
        """The own satiation of the topics of the candidates, [B, N, K] float64."""
        topics, items = self.world.catalogue.topics, state.slate.items
        return satiation.of_candidates(state.readers.satiation, topics, items)

    def temper(self, state: Any) -> Array:
        """Share of the temper at first that is left, [B, N] float64."""
        return state.readers.temper / self.start
