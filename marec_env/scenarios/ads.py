"""ads-v0: ads with budgets and flights, i.e. online budgeted allocation as a multi-agent game.

    d_ui = v_ui b_i,  v_ui = s(e_u, e_i) r_ui        the price of showing ad i, which bids b_i, to u
    D_i  = sum of d_ui over the agents that pick i now                                          (1)
    payoff_u = d_ui min(1, left_i / D_i)                                                        (2)
    left_i  <- left_i - min(D_i, left_i)             exactly 0 once D_i >= left_i               (3)

left_i begins at the budget B_i. An ad is masked when its budget is drained, and outside its flight,
the steps at which it is shown (models/flights.py). Ads that run all episode bid more than those
with short flights. Budgets are a share of what everybody's favourites would be charged if that
were spread evenly over the ads,

    B_i = budget_share b_i (T / M) sum over users of max_j s(e_u, e_j) (r_min + 1) / 2          (4)

with ratings in the middle of their scale, so that budgets tell nothing of them. Flights, bids and
budgets are drawn with the pool.

Tension: the ads that pay best now are there to the end, but their budgets are not. A selfish agent
takes them first, and when the short flights are over and the budgets drained, nothing is left for
anybody. A team takes what ends soon, and leaves each budget to the users whose price is highest.

Sources: Mehta, Saberi, Vazirani and Vazirani (2007), "AdWords and generalized online matching";
Balseiro and Gur (2019), "Learning in repeated auctions with budgets".
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..constants import AtLeastOne, Positive, PositiveOrInf, Share
from ..metrics import History
from ..models.budget import charge, even_budgets, open_slots, share_left
from ..models.flights import flights
from ..models.pick import at_picks
from ..ratings import R_MIN
from ..scenario import Outcome, Scenario, product
from ..setting import Sees
from ..shown import Shown, level, of_slot
from ..stages import BudgetStage
from ..streams import Purpose, Streams
from ..with_pool import drawn_with_pool
from ..world import Episode, Slate

_MIDDLE_RATING = (R_MIN + 1) / 2


class Campaign(NamedTuple):
    """What advertisers have settled before an episode."""

    bid: Array  # b_i [B, M] float64
    budget: Array  # B_i [B, M] float64
    first: Array  # first step of the flight [B, M] int64
    last: Array  # last step of the flight [B, M] int64; T where it runs all episode


class State(NamedTuple):
    """B markets."""

    step: Array  # t [B] int64
    episode: Episode
    slate: Slate
    campaign: Campaign
    left: Array  # left_i [B, M] float64
    is_open: Array  # [B, M] int32: 1 where an ad may be picked now, else 0


@dataclass(frozen=True, kw_only=True)
class Ads(Scenario[State]):
    """Shared advertising budgets: a pick pays its price while the budget lasts."""

    name: ClassVar[str] = "ads-v0"
    metric_notes: ClassVar[dict[str, str]] = {
        "budget_use": "share of all budgets that was spent",
        "drained": "share of the ads whose budget was drained",
    }

    slate_size: int = 4  # K, candidates shown to an agent at a step, >= 1
    near_share: Share = 1.0  # share of a slate drawn from the user's 2K nearest items, in [0, 1]
    horizon: AtLeastOne = 24  # T, steps of an episode, >= 1
    budget_share: PositiveOrInf = (
        1.9  # budgets over the charge of all favourites, > 0; inf: no limit
    )
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
        if not 0 <= self.begin_by <= self.end_from <= self.end_by <= 1:
            raise ValueError(
                "need 0 <= begin_by <= end_from <= end_by <= 1, "
                f"got {self.begin_by}, {self.end_from}, {self.end_by}"
            )

    def reset(self, streams: Streams) -> State:
        """Users, a pool and the first slates; every budget whole."""
        episode = self.world.episode(streams)
        step = np.zeros(len(streams.seed), np.int64)
        campaign = self._campaign(streams)
        is_open = open_slots(campaign.budget, campaign.first, campaign.last, step)
        slate = self.world.slate(episode, streams)
        return State(step, episode, slate, campaign, campaign.budget, is_open)

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        """Equations (1) to (3)."""
        picked = self.picked(state, actions)
        bid = at_picks(state.campaign.bid, picked.slot)
        price = self.world.value_factors(state.episode, picked) | {"bid": bid}
        share, left = charge(picked.slot, product(price), state.left)
        step, campaign = state.step + 1, state.campaign
        is_open = open_slots(left, campaign.first, campaign.last, step)
        slate = self.world.slate(state.episode, streams)
        following = State(step, state.episode, slate, campaign, left, is_open)
        return following, Outcome.of(picked, price | {"budget": share}, paid_share=share)

    def available(self, state: State) -> Array:
        """Drained, or out of its flight, is masked for everyone."""
        return state.is_open

    def shows(self) -> list[Shown]:
        """What an ad pays, how much of it is left, and for how long."""
        return [
            of_slot("bid", "b_i, payoff per unit of value", lambda state: state.campaign.bid),
            of_slot("budget", "left_i / B_i, share of the budget that is left", _share_left),
            of_slot("flight", "steps until its flight ends / T", self._flight_left),
            level("budget", read=_share_left),
        ]

    def _flight_left(self, state: State) -> Array:
        steps = np.minimum(state.campaign.last, self.horizon - 1) + 1 - state.step[:, None]
        return np.maximum(steps, 0) / self.horizon

    def episode_metrics(self, state: State, history: History, is_over: Array) -> dict[str, Array]:
        """What `metric_notes` says."""
        found = {
            "budget_use": history.payoff.sum(axis=(1, 2)) / state.campaign.budget.sum(axis=1),
            "drained": (state.left == 0).mean(axis=1),
        }
        return {name: np.where(is_over, value, np.nan) for name, value in found.items()}

    def one_shot(self, alone: State) -> BudgetStage:
        """Finds what is left now, of the ads in flight."""
        bid, budget = alone.campaign.bid[0], alone.campaign.budget[0]
        return BudgetStage.of(self, alone, bid=bid, budget=budget, left=alone.left[0])

    @drawn_with_pool
    def _campaign(self, streams: Streams) -> Campaign:
        draws = streams.uniform(Purpose.FLIGHTS, rows=self.pool_size, row_size=3)
        spans = self.begin_by, self.end_from, self.end_by
        first, last, is_long = flights(draws, self.long_share, *spans, self.horizon)
        bid = np.where(is_long, self.premium * self.bid, self.bid)
        if not self.flights:
            first, last = np.zeros_like(first), np.full_like(last, self.horizon)
        shown = self.world.whole_pool(self.world.episode(streams))
        value = _MIDDLE_RATING * shown.similarity.max(axis=2)  # [B, N]
        budget = even_budgets(value, bid, self.budget_share * self.horizon)
        return Campaign(bid, budget, first, last)


def _share_left(state: State) -> Array:
    """Of each budget, [B, M]."""
    return share_left(state.left, state.campaign.budget)
