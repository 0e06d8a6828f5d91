"""Advertising budgets, drained by what their ads are charged.

    D_i      =  sum of d_ui over the agents that pick i now                            (1)
    share_i  =  min(1, left_i / D_i)                                                   (2)
    left_i  <-  left_i - D_i,  and exactly 0 once D_i >= left_i                        (3)

(2) is the part of its price d_ui = v_ui b_i that each pick is paid: together min(D_i, left_i).

Sources: Mehta, Saberi, Vazirani and Vazirani (2007), "AdWords and generalized online matching".
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled

NOTES = {
    "budget_use": "share of all budgets that was spent",
    "drained": "share of the ads whose budget was drained",
}


def charge(slot: Array, price: Array, left: Array) -> tuple[Array, Array]:
    """Equations (1) to (3).

    Args:
        slot: the pool slot that each agent picks, [B, N] integer; -1 for a skip.
        price: d of each pick, [B, N] float64, >= 0.
        left: what is left of each budget, [B, M] float64, >= 0; inf never drains.

    Returns:
        The share of its price that each pick is paid, [B, N] float64 in [0, 1], 1 for a skip; and
        what is left afterwards, [B, M] float64.
    """
    share, after, demand = np.empty(slot.shape), np.empty(left.shape), np.empty(left.shape[1])
    _charge(slot, price, left, demand, share, after)
    return share, after


def open_slots(left: Array, first: Array, last: Array, step: Array) -> Array:
    """1 where some of the budget is left and the flight is on, else 0, [B, M] int32.

    Args:
        left: [B, M] float64.
        first: first step of the flight, [B, M] int64.
        last: last step of the flight, [B, M] int64.
        step: [B] int64.
    """
    out = np.empty(left.shape, np.int32)
    _open_slots(left, first, last, step, out)
    return out


def share_left(left: Array, budget: Array) -> Array:
    """left_i / B_i, [B, M] float64 in [0, 1]; 1 of an unlimited budget, 0 of none."""
    out = np.empty(left.shape)
    _share_left(left, budget, out)
    return out


def even_budgets(value: Array, bid: Array, num_picks: float) -> Array:
    """Budgets that together pay for everybody's picks, spread evenly over the ads.

        B_i = b_i num_picks (sum over users of v_u) / M                                (4)

    Args:
        value: of a pick of each user, [B, N] float64.
        bid: [B, M] float64.
        num_picks: of each user; inf for budgets without limit.

    Returns:
        [B, M] float64.
    """
    return bid * (num_picks * value.sum(axis=1, keepdims=True) / bid.shape[1])


def spending(payoff: Array, left: Array, budget: Array) -> dict[str, Array]:
    """What `NOTES` says of whole episodes, [B] float64 each.

    Args:
        payoff: [B, T, N] float64.
        left: what is left of each budget at the end, [B, M] float64.
        budget: [B, M] float64.
    """
    return {
        "budget_use": payoff.sum(axis=(1, 2)) / budget.sum(axis=1),
        "drained": (left == 0).mean(axis=1),
    }


@compiled
def _charge(slot, price, left, demand, share, after):
    num_copies, num_agents = slot.shape
    for b in range(num_copies):
        demand[:] = 0.0
        for n in range(num_agents):
            if slot[b, n] >= 0:
                demand[slot[b, n]] += price[b, n]
        for n in range(num_agents):
            share[b, n] = 1.0
            if slot[b, n] >= 0 and demand[slot[b, n]] > left[b, slot[b, n]]:
                share[b, n] = left[b, slot[b, n]] / demand[slot[b, n]]
        for m in range(demand.size):
            after[b, m] = left[b, m] - demand[m] if demand[m] < left[b, m] else 0.0


@compiled
def _open_slots(left, first, last, step, out):
    num_copies, pool_size = left.shape
    for b in range(num_copies):
        t = step[b]
        for m in range(pool_size):
            out[b, m] = left[b, m] > 0.0 and first[b, m] <= t and t <= last[b, m]


@compiled
def _share_left(left, budget, out):
    num_copies, pool_size = left.shape
    for b in range(num_copies):
        for m in range(pool_size):
            if budget[b, m] == np.inf:
                out[b, m] = 1.0
            else:
                out[b, m] = left[b, m] / budget[b, m] if budget[b, m] > 0.0 else 0.0
