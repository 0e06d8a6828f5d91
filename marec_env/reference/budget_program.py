"""The linear program of budgets: who may pick what, and what a unit of each budget is worth.

    maximise    sum over (t, u, k) of  d_{t,u,k} x_{t,u,k}
    subject to  sum over k       of x <= 1             for every agent and step        (1)
                sum over t, u    of d x <= left_i      for every ad                    (2)

bounds what any picks can be paid: of picks that are charged more than is left of a budget, take
the part that is paid. A vertex splits at most as many turns, i.e. pairs (t, u), as there are
drained budgets; so it is nearly a plan. The multipliers of (2) are the prices of budgets in units
of payoff per unit of budget, in [0, 1]: where all of them are known, everybody does best by its
own d (1 - price), whatever the others do.

Sources: Mehta, Saberi, Vazirani and Vazirani (2007), "AdWords and generalized online matching";
Devanur and Hayes (2009), "The adwords problem: online keyword matching with budgeted bidders".
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..stages import BudgetStage


class Turns(NamedTuple):
    """All candidates of all turns of an episode."""

    price: Array  # min(d, left) [T N, K] float64: no more counts; 0 where illegal
    slot: Array  # [T N, K] int64
    legal: Array  # [T N, K] bool
    left: Array  # budgets before the first turn, [M] float64

    def only(self, some: slice) -> "Turns":
        """Some of the turns, with the same budgets."""
        return Turns(self.price[some], self.slot[some], self.legal[some], self.left)


class Relaxation(NamedTuple):
    """An optimum of the linear program."""

    share: Array  # x [T N, K] float64 in [0, 1]
    bound: float
    prices: Array  # multipliers of (2), [M] float64 in [0, 1]


def turns(stages: Sequence[BudgetStage]) -> Turns:
    """The turns of `stages`, step by step."""
    legal = np.concatenate([stage.legal for stage in stages])
    price = np.concatenate([stage.alone for stage in stages])
    slot = np.concatenate([stage.slot for stage in stages]).astype(np.int64)
    return Turns(np.where(legal, price, 0.0), slot, legal, stages[0].left)


def relax(these: Turns) -> Relaxation:
    """Equations (1) and (2).

    Raises:
        RuntimeError: if the solver fails, which the problem gives no reason for.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    turn, k = np.nonzero(these.price > 0)
    share, prices = np.zeros(these.price.shape), np.zeros(len(these.left))
    if len(turn) == 0:
        return Relaxation(share, 0.0, prices)
    unit = float(these.price.max())  # of money: the solver's tolerances are absolute
    price, slot = these.price[turn, k] / unit, these.slot[turn, k]
    limited = np.flatnonzero(np.isfinite(these.left))
    row_of_ad = np.full(len(these.left), -1)
    row_of_ad[limited] = len(these.price) + np.arange(len(limited))
    is_limited = np.flatnonzero(row_of_ad[slot] >= 0)
    column = np.concatenate([np.arange(len(turn)), is_limited])
    row = np.concatenate([turn, row_of_ad[slot[is_limited]]])
    entry = np.concatenate([np.ones(len(turn)), price[is_limited]])
    limits = np.concatenate([np.ones(len(these.price)), these.left[limited] / unit])
    matrix = csr_array((entry, (row, column)), shape=(len(limits), len(turn)))
    found = linprog(-price, matrix, limits, method="highs-ds")
    if found.x is None:
        raise RuntimeError(f"the budget program must have an optimum: {found.message}")
    share[turn, k] = found.x
    prices[limited] = -found.ineqlin.marginals[len(these.price) :]
    return Relaxation(share, -float(found.fun) * unit, np.clip(prices, 0.0, 1.0))
