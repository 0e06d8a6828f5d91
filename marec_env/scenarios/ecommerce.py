"""ecommerce-v0: limited stock and crowds. Whoever picks what others pick may go away empty-handed.

    n_i = agents that pick i now,  B_i = its stock,  m_i = min(n_i, B_i) are served             (1)
    payoff_u = v_ui g_ui max(m_i, 1)^(-beta)     v_ui = s(e_u, e_i) r_ui,  g_ui = 1 if served    (2)
    B_i <- B_i - m_i,  and back to its capacity at t = 0, T_r, 2 T_r, ... before the picks       (3)

Sold out is masked. Who is served is drawn, or goes by affinity: the highest similarity first. Of
all capacities together there is stock_share units per agent and step; their shares are lognormal.

Tension: everybody's favourite is scarce. A selfish agent trades its value against the crowd it
expects; a team also leaves an item to whom it suits best, and until the step when it does.

Sources: Rosenthal (1973), "A class of games possessing pure-strategy Nash equilibria"; Milchtaich
(1996), "Congestion games with player-specific payoff functions".
"""

import functools
import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..constants import AtLeastOne, NonNegative, PositiveOrInf
from ..models.capacity import largest_remainder, lognormal_shares
from ..models.congestion import crowd_factor
from ..models.inventory import after_restock
from ..models.rationing import serve
from ..scenario import Outcome, Scenario
from ..setting import Sees
from ..shown import Shown, count, level, of_time
from ..stages.stock import Rationing, StockStage
from ..streams import Purpose, Streams
from ..with_pool import drawn_with_pool
from ..world import Episode, Slate

_ONE = np.ones(1, np.int64)  # an array is added twice as fast as a number
_RESTOCK_LEFT = "share of the time between two restocks that is left, in (0, 1]"
_CAPACITY_SIGMA = 0.5  # of the lognormal shares
_MOST_UNITS = 2**31 - 1  # that int32 counts
_MOST_IN_HALF = 2**15 - 1  # that int16 counts


class State(NamedTuple):
    """B shops."""

    step: Array  # t [B] int64
    episode: Episode
    slate: Slate
    capacity: Array  # [B, M] int16, or int32 where there is more to count: units after a restock
    stock: Array  # B_i [B, M], likewise: units left
    load: Array  # n_i of the last step [B, M], likewise


@dataclass(frozen=True, kw_only=True)
class Ecommerce(Scenario[State]):
    """Limited stock and crowds: a pick pays if it is served, and less in company."""

    name: ClassVar[str] = "ecommerce-v0"

    stock_share: PositiveOrInf = 0.6  # units per agent and step over all items, > 0; inf: unlimited
    restock_every: AtLeastOne = 2  # T_r, steps between restocks, >= 1
    beta: NonNegative = 0.0  # congestion exponent, >= 0, dimensionless: 0 none, 1 shared equally
    rationing: Rationing = "random"  # who is served first: drawn, or highest similarity
    sees: Sees = "global"  # whose wishes an agent sees: nobody's, its neighbours', or everybody's

    def __post_init__(self):
        super().__post_init__()
        units = self.stock_share * self.num_agents * self.restock_every
        if units < math.inf and not 1 <= round(units) <= _MOST_UNITS:
            raise ValueError(
                f"stock_share must leave 1 ... 2^31 - 1 units, or be inf, got {units:.3g}"
            )

    def reset(self, streams: Streams) -> State:
        """Users, a pool and the first slates; everything in stock."""
        episode = self.world.episode(streams)
        step, capacity = np.zeros(len(streams.seed), np.int64), self._capacity(streams)
        slate = self.world.slate(episode, streams)
        load = np.zeros(capacity.shape, capacity.dtype)
        return State(step, episode, slate, capacity, capacity, load)

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        """Equations (1) to (3)."""
        picked = self.picked(state, actions)
        lots = streams.uniform(Purpose.RATIONING, rows=1, row_size=self.num_agents)[:, 0]
        affinity = picked.similarity if self.rationing == "affinity" else None
        sale = serve(picked.slot, state.stock, lots, affinity)  # (1)
        factors = self.world.value_factors(state.episode, picked) | {
            "service": sale.served.astype(np.float64),
            "crowd": self._crowd_factor.take(sale.crowd),
        }

        step = state.step + _ONE
        is_restocked = self._is_restocked.take(step)
        following = State(
            step=step,
            episode=state.episode,
            slate=self.world.slate(state.episode, streams),
            capacity=state.capacity,
            stock=after_restock(sale.left, state.capacity, is_restocked),
            load=sale.demand,
        )
        return following, Outcome.of(picked, factors, served=sale.served, company=sale.pickers)

    def available(self, state: State) -> Array:
        """Sold out is masked, for everyone."""
        return state.stock

    def shows(self) -> list[Shown]:
        """How much there is of an item, how many took it, and how far the restock is."""
        return [
            count("stock", "log(1 + units left)"),
            count("load", "log(1 + agents that picked it at the last step)"),
            of_time(
                "restock_left",
                _RESTOCK_LEFT,
                lambda t: 1.0 - t % self.restock_every / self.restock_every,
            ),
            level("stock", read=lambda state: state.stock / np.maximum(state.capacity, 1)),
        ]

    @functools.cached_property
    def _crowd_factor(self) -> Array:
        """What a crowd of m leaves, [N + 1] float64: a look-up is cheaper than a power."""
        return crowd_factor(np.arange(self.num_agents + 1), self.beta)

    @functools.cached_property
    def _is_restocked(self) -> Array:
        """Whether step t finds everything restocked, [T + 1] bool."""
        return np.arange(self.horizon + 1) % self.restock_every == 0

    def one_shot(self, alone: State) -> StockStage:
        """Finds what is in stock now."""
        return StockStage.of(
            self,
            alone,
            stock=alone.stock[0].astype(np.int64),
            load=alone.load[0].astype(np.int64),
            beta=self.beta,
            rationing=self.rationing,
            window=int(alone.step[0]) // self.restock_every,
        )

    @drawn_with_pool
    def _capacity(self, streams: Streams) -> Array:
        """[B, M]; unlimited is as much as all could pick."""
        most = self.num_agents * self.restock_every
        is_limited = self.stock_share < math.inf
        units = round(self.stock_share * most) if is_limited else most
        is_little = max(units, self.num_agents) <= _MOST_IN_HALF  # twice as much fits into a cache
        counter = np.int16 if is_little else np.int32
        if not is_limited:
            return np.full((len(streams.seed), self.pool_size), units, counter)
        shares = lognormal_shares(streams.normal(Purpose.CAPACITY, self.pool_size), _CAPACITY_SIGMA)
        return largest_remainder(shares, units).astype(counter)
