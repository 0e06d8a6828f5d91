"""What each agent would get from each of its candidates, the others' choices being fixed.

    reply_u(i)  =  v_ui P(u served) g(min(n + 1, B_i)),   n = others on i              (1)

by the law of service of rationing.py with u among the pickers: the payoff of stage.py at a
deviation, for all N (K + 1) deviations at once.
"""

import numpy as np

from ..arrays import Array
from ..models.congestion import crowd_factor
from ..models.stage import Stage, picks_of


def reply_payoffs(stage: Stage, choice: Array) -> Array:
    """Equation (1) against joint choice [N]: [N, K + 1] float64, 0 for a skip, -inf if illegal."""
    picks = picks_of(stage, choice)
    stock = stage.stock[stage.slot]  # [N, K]
    is_own = picks[:, None] == stage.slot
    others = np.bincount(picks[picks >= 0], minlength=len(stage.stock))[stage.slot] - is_own
    ahead, tied = (0, others) if stage.rationing == "random" else _rivals(stage, picks)
    served = np.clip((stock - ahead) / (tied + 1), 0.0, 1.0)
    payoff = stage.value * served * crowd_factor(np.minimum(others + 1, stock), stage.beta)
    return np.pad(np.where(stage.legal, payoff, -np.inf), ((0, 0), (0, 1)))


def gains(stage: Stage, choice: Array) -> Array:
    """How much each agent could gain by choosing otherwise, [N] float64 >= 0; all 0 at a Nash."""
    replies = reply_payoffs(stage, choice)
    return replies.max(1) - replies[np.arange(stage.num_agents), choice]


def _rivals(stage: Stage, picks: Array) -> tuple[Array, Array]:
    """Others on each candidate's slot that would be served before u, or tie with u, [N, K] each."""
    ahead, tied = np.zeros(stage.slot.shape, np.int64), np.zeros(stage.slot.shape, np.int64)
    seats = np.arange(stage.num_agents)
    own = np.pad(stage.precedence, ((0, 0), (0, 1)))
    candidate = np.full(stage.num_agents, -1)
    seat, k = np.nonzero(stage.slot == picks[:, None])
    candidate[seat] = k
    for slot in np.unique(picks[picks >= 0]):
        rival = seats[picks == slot]
        rank = own[rival, candidate[rival]]
        u, k = np.nonzero(stage.slot == slot)
        mine = own[u, k][:, None]
        is_other = rival != u[:, None]
        ahead[u, k] = ((rank > mine) & is_other).sum(1)
        tied[u, k] = ((rank == mine) & is_other).sum(1)
    return ahead, tied
