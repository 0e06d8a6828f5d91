"""ads-v0: ads with budgets and flights, i.e. online budgeted allocation as a multi-agent game.

    d_ui = v_ui b_i,  v_ui = s(e_u, e_i) r_ui        the price of showing ad i, which bids b_i, to u
    D_i  = sum of d_ui over the agents that pick i now                                          (1)
    payoff_u = d_ui min(1, left_i / D_i)                                                        (2)
    left_i  <- left_i - min(D_i, left_i)             exactly 0 once D_i >= left_i               (3)
    B_i = budget_share b_i (T / M) sum over users of max_j s(e_u, e_j) (r_min + 1) / 2          (4)

left_i begins at the budget B_i, a share of what everybody's favourites would be charged if ratings
were in the middle of their scale, so that it tells nothing of them. An ad is masked once drained,
and outside its flight (models/flights.py); those that run all episode bid more.

Tension: ads that pay best now are there to the end, but their budgets are not. Selfish agents take
them first; a team takes what ends soon, and saves budgets for the users whose price is highest.

Source: Mehta, Saberi, Vazirani and Vazirani (2007), "AdWords and generalized online matching".
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..constants import AtLeastOne, Positive, PositiveOrInf, Share
from ..metrics import History
from ..models import budget, flights, pick
from ..models.flights import Campaign
from ..ratings import R_MIN
from ..scenario import Outcome, Scenario, product
from ..setting import Sees
from ..shown import Shown, level, of_slot
from ..stages import BudgetStage
from ..streams import Purpose, Streams
from ..with_pool import drawn_with_pool
from ..world import Episode, Slate


class State(NamedTuple):
    """B markets."""

    step: Array  # t [B] int64
    episode: Episode
    slate: Slate
    campaign: Campaign  # b_i, B_i and flights
    left: Array  # left_i [B, M] float64
    is_open: Array  # [B, M] int32: 1 where an ad may be picked now, else 0


@dataclass(frozen=True, kw_only=True)
class Ads(Scenario[State]):
    """Shared advertising budgets: a pick pays its price while the budget lasts."""

    name: ClassVar[str] = "ads-v0"
    metric_notes: ClassVar[dict[str, str]] = budget.NOTES
    slate_size: int = 4  # K, candidates shown to an agent at a step, >= 1
    near_share: Share = 1.0  # share of a slate drawn from the user's 2K nearest items, in [0, 1]
    horizon: AtLeastOne = 24  # T, steps of an episode, >= 1
    budget_share: PositiveOrInf = 1.9  # budgets over the charge of favourites, > 0; inf: no limit
    bid: Positive = 1.0  # b_i of an ad with a short flight, payoff per unit of value, > 0
    premium: Positive = 2.0  # b_i of an ad that runs all episode, in bids of the others, > 0
    flights: bool = True  # off: every ad runs all episode, and bids stay as they are
    long_share: Share = 0.8  # share of the ads that run all episode, in [0, 1]
    begin_by: float = 0.0  # short flights begin in the first part of T, a share in [0, end_from]
    end_from: float = 0.25  # earliest end of a short flight, share of T in [0, end_by]
    end_by: float = 0.75  # latest end of a short flight, share of T in [end_from, 1]
    sees: Sees = "global"  # whose wishes an agent sees: nobody's, its neighbours', or everybody's

    def __post_init__(self):
        super().__post_init__()
        flights.check_spans(self.begin_by, self.end_from, self.end_by)

    def reset(self, streams: Streams) -> State:
        begun, campaign = self.begin(streams), self._campaign(streams)
        is_open = budget.open_slots(campaign.budget, campaign.first, campaign.last, begun[0])
        return State(*begun, campaign, campaign.budget, is_open)

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        picked, campaign, step = self.picked(state, actions), state.campaign, state.step + 1
        bid = pick.at_picks(campaign.bid, picked.slot)
        price = picked.factors() | {"bid": bid}
        share, left = budget.charge(picked.slot, product(price), state.left)  # (1) and (3)
        is_open = budget.open_slots(left, campaign.first, campaign.last, step)
        slate = self.world.slate(state.episode, streams)
        following = State(step, state.episode, slate, campaign, left, is_open)
        return following, Outcome.of(picked, price | {"budget": share}, paid_share=share)  # (2)

    def available(self, state: State) -> Array:
        return state.is_open

    def shows(self) -> list[Shown]:
        def left(state: State) -> Array:
            return budget.share_left(state.left, state.campaign.budget)

        def time(state: State) -> Array:
            return flights.time_left(state.campaign.last, state.step, self.horizon)

        return [
            of_slot("bid", "b_i, payoff per unit of value", "campaign.bid"),
            of_slot("budget", "left_i / B_i, share of the budget that is left", left),
            of_slot("flight", "steps until its flight ends / T", time),
            level("budget", read=left),
        ]

    def episode_metrics(self, state: State, history: History) -> dict[str, Array]:
        return budget.spending(history.payoff, state.left, state.campaign.budget)

    def one_shot(self, alone: State) -> BudgetStage:
        bid, whole = alone.campaign.bid[0], alone.campaign.budget[0]
        return BudgetStage.of(self, alone, bid=bid, budget=whole, left=alone.left[0])

    @drawn_with_pool
    def _campaign(self, streams: Streams) -> Campaign:
        draws = streams.uniform(Purpose.FLIGHTS, rows=self.pool_size, row_size=3)
        spans = self.begin_by, self.end_from, self.end_by
        flown = flights.drawn(draws, self.long_share, *spans, self.horizon, self.flights)
        bid = np.where(flown.is_long, self.premium * self.bid, self.bid)
        nearest = self.world.whole_pool(self.world.episode(streams)).similarity.max(axis=2)
        value, turns = (R_MIN + 1) / 2 * nearest, self.budget_share * self.horizon
        return Campaign(bid, budget.even_budgets(value, bid, turns), flown.first, flown.last)  # (4)
