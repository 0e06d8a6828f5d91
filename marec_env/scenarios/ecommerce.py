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

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..constants import AtLeastOne, NonNegative, PositiveOrInf
from ..models.capacity import capacities, total_units
from ..models.congestion import sales
from ..models.inventory import after_restock, restocks
from ..models.rationing import serve
from ..scenario import Outcome, Scenario
from ..setting import Sees
from ..shown import Shown, count, level, of_time
from ..stages.stock import Rationing, StockStage
from ..streams import Purpose, Streams
from ..with_pool import drawn_with_pool
from ..world import Episode, Slate


class State(NamedTuple):
    """B shops."""

    step: Array  # t [B] int64
    episode: Episode
    slate: Slate
    capacity: Array  # units after a restock [B, M] int16, or int32 where there is more to count
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
        total_units(self.stock_share, self.num_agents * self.restock_every)  # refuses none

    def reset(self, streams: Streams) -> State:
        capacity = self._capacity(streams)
        return State(*self.begin(streams), capacity, capacity, np.zeros_like(capacity))

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        picked = self.picked(state, actions)
        lots = streams.uniform(Purpose.RATIONING, rows=1, row_size=self.num_agents)[:, 0]
        affinity = picked.similarity if self.rationing == "affinity" else None
        sale = serve(picked.slot, state.stock, lots, affinity)  # (1)
        payoff, crowd = sales(picked, sale.served, sale.crowd, self.beta)  # (2)
        factors = picked.factors() | {"service": sale.served, "crowd": crowd}
        step, slate = state.step + 1, self.world.slate(state.episode, streams)
        is_restocked = restocks(self.horizon, self.restock_every).take(step)
        stock = after_restock(sale.left, state.capacity, is_restocked)  # (3)
        following = State(step, state.episode, slate, state.capacity, stock, sale.demand)
        outcome = Outcome.of(
            picked, factors, payoff=payoff, served=sale.served, company=sale.pickers
        )
        return following, outcome

    def available(self, state: State) -> Array:
        return state.stock

    def shows(self) -> list[Shown]:
        return [
            count("stock", "log(1 + units left)"),
            count("load", "log(1 + agents that picked it at the last step)"),
            of_time(
                "restock_left",
                "share of the time between two restocks that is left, in (0, 1]",
                lambda t: 1.0 - t % self.restock_every / self.restock_every,
            ),
            level("stock", read=lambda state: state.stock / np.maximum(state.capacity, 1)),
        ]

    def one_shot(self, alone: State) -> StockStage:
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
        z = streams.normal(Purpose.CAPACITY, self.pool_size)
        return capacities(z, self.stock_share, self.num_agents, self.restock_every)
