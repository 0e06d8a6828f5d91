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

Sources: Leqi et al. (2021), "Rebounding bandits"; Zhao et al. (2023), "KuaiSim".
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

from ..arrays import Array
from ..constants import AtLeastOne, NonNegative, PoissonRate, Positive, PositiveOrInf, Share
from ..inflow import Inflow, Items
from ..metrics import History
from ..models import attention, freshness
from ..readers import NOTES, Readers, Readership
from ..scenario import Outcome, Scenario, product
from ..setting import Sees
from ..shown import Shown, count, level, of_agent, of_candidate
from ..stages import AttentionStage
from ..streams import Streams
from ..world import Episode, Slate


class State(NamedTuple):
    """B feeds."""

    step: Array  # t [B] int64
    episode: Episode  # with the pool of now
    slate: Slate
    items: Items  # of the pool: ages, last loads, reads
    readers: Readers  # satiation and temper


@dataclass(frozen=True, kw_only=True)
class News(Scenario[State]):
    """Fresh items, tiring topics, shared attention; readers leave."""

    name: ClassVar[str] = "news-v0"
    metric_notes: ClassVar[dict[str, str]] = NOTES
    horizon: AtLeastOne = 30  # T, steps of an episode, >= 1
    arrival_rate: PoissonRate = 3.0  # new items a step in the mean, in [0, 700]; 0: none ever
    fading: freshness.Fading = "half_life"  # how freshness falls with age
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

    @property
    def items_arrive(self) -> bool:
        return self.arrival_rate > 0 and self.pool_size < self.catalogue.num_items

    def reset(self, streams: Streams) -> State:
        return State(*self.begin(streams), self._feed.first(streams), self._readers.first(streams))

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        picked, items = self.picked(state, actions), state.items
        now = attention.divided(picked.slot, items.reads, self.beta, self.scoop)  # (3)
        factors = picked.factors() | {
            "freshness": self._feed.of_picks(items, picked.slot),  # (2)
            "satiation": self._readers.appetite(state.readers, picked.item),
            "attention": now.share,
        }
        payoff, fresh = product(factors), factors["freshness"]  # (1)
        readers = self._readers.following(state.readers, picked.item, payoff, fresh)  # (4), (5)
        leaves = (state.readers.temper > 0) & (readers.temper == 0)
        episode, items = self._feed.following(state.episode, items, now.load, streams)
        slate = self.world.slate(episode, streams)
        told = Outcome.of(picked, factors, payoff=payoff, terminated=leaves, company=now.company)
        return State(state.step + 1, episode, slate, items, readers), told

    def available(self, state: State) -> Array:
        return self._feed.offered(state.items)

    def present(self, state: State) -> Array | None:
        return None if self.threshold == 0 else state.readers.temper > 0

    def shows(self) -> list[Shown]:
        return [
            of_candidate("freshness", "f(a), share of its value that age leaves", self._feed.shown),
            of_candidate("satiation", "own satiation of its topic", self._readers.shown),
            count("age", "log(1 + steps since it came)", "items.age"),
            count("load", "log(1 + agents that picked it at the last step)", "items.load"),
            count("reads", "log(1 + picks of it since it came)", "items.reads"),
            of_agent("temper", "share of the reader's temper that is left", self._readers.temper),
            level("freshness", read=self._feed.level),
        ]

    def episode_metrics(self, state: State, history: History) -> dict[str, Array]:
        return state.readers.told((history.slots >= 0).sum(axis=(1, 2)))

    def one_shot(self, alone: State) -> AttentionStage:
        return AttentionStage.of(self, alone, ageing=self._feed)

    @cached_property
    def _feed(self) -> Inflow:
        ageing = self.fading, self.half_life, self.life, self.horizon
        return Inflow(self.world, self.arrival_rate, *ageing)

    @cached_property
    def _readers(self) -> Readership:
        temper = self.temper, self.threshold, self.recovery
        return Readership(self.world, self.gamma_s, self.kappa, *temper)
