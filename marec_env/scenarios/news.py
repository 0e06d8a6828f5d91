"""news-v0: items age, topics tire, readers leave. What everybody reads is news to nobody.

    payoff_u  = v_ui f(a_i) max(0, 1 - kappa sat_u,c) h(n_i)                                     (1)
    f(a)      = 2^(-a / half_life), or another form of fading; a_i steps since the item came     (2)
    h(n)      = n^(-beta), times 1 + scoop / n where nobody had read it; n_i pick it now         (3)
    sat_u,c  <- gamma_s (sat_u,c + [topic picked = c])                                           (4)
    temper_u <- min(start, temper_u - clip(threshold - payoff_u, -recovery, 2))                  (5)

with v_ui = s(e_u, e_i) r_ui and c the topic of i. Items arrive by a Poisson law and replace the
oldest; what has outlived its life is masked. Whoever has no temper left leaves for good.

Tension: the freshest item of a topic is everybody's favourite, and a favourite topic tires. A
selfish agent reads what is best now; a team spreads over the news, varies it, keeps its readers.

Sources: Leqi et al. (2021), "Rebounding bandits for modeling satiation effects"; Zhao et al.
(2023), "KuaiSim: A comprehensive simulator for recommender systems".
"""

import functools
import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..constants import AtLeastOne, NonNegative, PoissonRate, Positive, PositiveOrInf, Share
from ..inflow import Inflow
from ..metrics import History
from ..models import attention, satiation
from ..models.freshness import Ageing, Fading, ageing
from ..models.pick import at_picks, at_slots
from ..models.temper import after_payoffs
from ..scenario import Outcome, Scenario, product
from ..setting import Sees
from ..shown import Shown, count, level, of_agent, of_candidate
from ..stages import AttentionStage
from ..streams import Streams
from ..world import Episode, Slate

_TEMPER = "share of its temper that the reader still has, in [0, 1]"


class State(NamedTuple):
    """B feeds."""

    step: Array  # t [B] int64
    episode: Episode  # with the pool of now
    slate: Slate
    age: Array  # a [B, M] int32: steps since the item came
    load: Array  # n of the last step [B, M] int32
    reads: Array  # picks since the item came [B, M] int32
    satiation: Array  # sat [B, N, C] float64
    temper: Array  # [B, N] float64; 0 has left
    stayed: Array  # [B, N] int32: steps that the reader has been there for
    enjoyed: Array  # [B, N] float64: freshness of all its picks together


@dataclass(frozen=True, kw_only=True)
class News(Scenario[State]):
    """Fresh items, tiring topics, shared attention; readers leave."""

    name: ClassVar[str] = "news-v0"

    horizon: AtLeastOne = 30  # T, steps of an episode, >= 1
    arrival_rate: PoissonRate = 3.0  # new items a step in the mean, in [0, 700]; 0: none ever
    fading: Fading = "half_life"  # how freshness falls with age
    half_life: PositiveOrInf = 3.0  # steps in which freshness halves, > 0; inf: it stays
    life: PositiveOrInf = 8.0  # steps after which an item expires and is masked, > 0; inf: never
    gamma_s: Share = 0.9  # share of satiation that is left a step later, in [0, 1]
    kappa: NonNegative = 0.3  # share of a value that a unit of satiation takes, >= 0; 0: none
    beta: NonNegative = 0.5  # attention exponent, >= 0, dimensionless: 0 unshared, 1 shared equally
    scoop: NonNegative = 0.0  # bonus that first readers split, >= 0, in shares of the item's value
    threshold: NonNegative = 0.2  # payoff below which a reader loses temper, >= 0; 0: nobody leaves
    temper: Positive = 4.0  # temper of a reader at first, > 0, as payoffs
    recovery: NonNegative = 0.0  # temper that a payoff above the threshold gives back at most, >= 0
    sees: Sees = "global"  # whose wishes an agent sees: nobody's, its neighbours', or everybody's

    def reset(self, streams: Streams) -> State:
        """Users, a pool of all ages, the first slates; nobody has read yet."""
        episode, num_copies = self.world.episode(streams), len(streams.seed)
        slots, seats = (num_copies, self.pool_size), (num_copies, self.num_agents)
        return State(
            step=np.zeros(num_copies, np.int64),
            episode=episode,
            slate=self.world.slate(episode, streams),
            age=self._inflow.first_ages(streams),
            load=np.zeros(slots, np.int32),
            reads=np.zeros(slots, np.int32),
            satiation=np.zeros((*seats, len(self.catalogue.topic_names))),
            temper=np.full(seats, float(self.temper)),
            stayed=np.zeros(seats, np.int32),
            enjoyed=np.zeros(seats),
        )

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        """Equations (1) to (5)."""
        picked = self.picked(state, actions)
        load, company = attention.crowds(picked.slot, self.pool_size)
        own = satiation.of_picks(state.satiation, self.catalogue.topics, picked.item)
        is_unread = at_picks(state.reads, picked.slot) == 0
        h = attention.shares(self.num_agents, self.beta, self.scoop)
        factors = self.world.value_factors(state.episode, picked) | {
            "freshness": at_picks(self._ageing.freshness.take(state.age), picked.slot),
            "satiation": satiation.appetite(own, self.kappa),
            "attention": h[is_unread.astype(np.intp), company],
        }
        payoff = product(factors)
        topics, is_present = self.catalogue.topics, state.temper > 0
        temper = after_payoffs(state.temper, payoff, self.temper, self.threshold, self.recovery)
        episode, age, is_new = self._inflow.next_pool(state.episode, state.age, streams)
        following = State(
            step=state.step + 1,
            episode=episode,
            slate=self.world.slate(episode, streams),
            age=age,
            load=load * ~is_new,
            reads=(state.reads + load) * ~is_new,
            satiation=satiation.after_picks(state.satiation, topics, picked.item, self.gamma_s),
            temper=temper,
            stayed=state.stayed + is_present,
            enjoyed=state.enjoyed + factors["freshness"],
        )
        leaves = is_present & (temper == 0)
        return following, Outcome.of(
            picked, factors, payoff=payoff, terminated=leaves, company=company
        )

    def present(self, state: State) -> Array | None:
        """Readers of some temper."""
        return None if self.threshold == 0 else state.temper > 0

    def available(self, state: State) -> Array:
        """Expired is masked, for everyone."""
        return self._ageing.is_offered.take(state.age)

    def shows(self) -> list[Shown]:
        """What age and appetite leave of an item, who has read it, and the own temper."""
        return [
            of_candidate(
                "freshness", "f(a), the share of its value that its age leaves", self._fresh
            ),
            of_candidate("satiation", "own satiation of its topic", self._satiated),
            count("age", "log(1 + steps since it came)"),
            count("load", "log(1 + agents that picked it at the last step)"),
            count("reads", "log(1 + picks of it since it came)"),
            of_agent("temper", _TEMPER, lambda state: state.temper / self.temper),
            level("freshness", read=self._level),
        ]

    def _fresh(self, state: State) -> Array:
        return at_slots(self._ageing.freshness.take(state.age), state.slate.slots)

    def _satiated(self, state: State) -> Array:
        return satiation.of_candidates(state.satiation, self.catalogue.topics, state.slate.items)

    def _level(self, state: State) -> Array:
        """Freshness; 0 once expired."""
        return (self._ageing.freshness * self._ageing.is_offered).take(state.age)

    metric_notes: ClassVar[dict[str, str]] = {
        "retention": "share of the agents that are still there at the end",
        "stayed": "steps that an agent was there for",
        "freshness": "mean freshness of the picks",
    }

    def episode_metrics(self, state: State, history: History, is_over: Array) -> dict[str, Array]:
        """What `metric_notes` says."""
        num_picks = (history.slots >= 0).sum(axis=(1, 2))
        fresh = state.enjoyed.sum(axis=1) / np.where(num_picks > 0, num_picks, np.nan)
        return {
            "retention": np.where(is_over, (state.temper > 0).mean(axis=1), np.nan),
            "stayed": np.where(is_over[:, None], state.stayed, np.nan),
            "freshness": np.where(is_over, fresh, np.nan),
        }

    def one_shot(self, alone: State) -> AttentionStage:
        """What is offered, to whom is still there; nothing of it is scarce."""
        return AttentionStage.of(
            self,
            alone,
            freshness=self._ageing.freshness[alone.age[0]],
            is_offered=self._ageing.is_offered[alone.age[0]],
        )

    @property
    def items_arrive(self) -> bool:
        """All that are not there yet; where the pool is the whole catalogue, none."""
        return self.arrival_rate > 0 and self.pool_size < self.catalogue.num_items

    @functools.cached_property
    def _inflow(self) -> Inflow:
        span = math.ceil(min(self.life, self.horizon))
        return Inflow(self.world, self.arrival_rate if self.items_arrive else 0.0, span)

    @functools.cached_property
    def _ageing(self) -> Ageing:
        """Of all ages that there can be."""
        return ageing(self._inflow.span + self.horizon, self.fading, self.half_life, self.life)
