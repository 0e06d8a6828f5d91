"""Shared budgets: those who pick one ad at one step share what is left of its budget.

    d_ui      =  v_ui b_i,   D_i = sum of d over the pickers of i                      (1)
    payoff_u  =  d_ui min(1, left_i / D_i)                                             (2)
    reply_u(i)  =  d_ui min(1, left_i / (D_i + d_ui)),   D_i without u                 (3)

(3) is (2) at a deviation, for all N (K + 1) deviations at once.
"""

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .stage import Stage


@dataclass(frozen=True, kw_only=True, eq=False)
class BudgetStage(Stage):
    """A step of a market for ads."""

    bid: Array  # b_i [M] float64, > 0
    budget: Array  # B_i [M] float64, inf where unlimited
    left: Array  # left_i [M] float64

    @property
    def price(self) -> Array:
        """d_ui, [N, K] float64."""
        return self.value * self.bid[self.slot]

    @property
    def alone(self) -> Array:
        """The price, or what is left if that is less."""
        return np.minimum(self.price, self.left[self.slot])

    @property
    def public_factor(self) -> Array:
        """b_i."""
        return self.bid[self.slot]

    @property
    def spent(self) -> Array:
        """Share of its budget that each candidate's ad has spent, [N, K] float64 in [0, 1]."""
        whole = np.where(np.isinf(self.budget), 1.0, self.budget)
        left = np.where(np.isinf(self.budget), 1.0, self.left)
        return 1.0 - (left / np.where(whole > 0, whole, 1.0))[self.slot]

    def demand(self, choice: Array) -> Array:
        """D of joint choices [..., N], [..., M] float64."""
        picks = self.picks(choice)
        charged = self.chosen(self.price, choice)
        return (charged[..., None] * (picks[..., None] == np.arange(len(self.left)))).sum(-2)

    def payoffs(self, choice: Array) -> Array:
        """Equation (2)."""
        demand = self.demand(choice)
        share = np.divide(self.left, demand, where=demand > self.left, out=np.ones(demand.shape))
        own = np.take_along_axis(share, np.maximum(self.picks(choice), 0), -1)
        return self.chosen(self.price, choice) * own

    def welfare(self, choice: Array) -> Array:
        """Sum over the ads of min(D_i, left_i), float64 [...]."""
        return np.minimum(self.demand(choice), self.left).sum(-1)

    def replies(self, choice: Array) -> Array:
        """Equation (3)."""
        picks, price = self.picks(choice), self.price
        is_own = picks[:, None] == self.slot
        others = self.demand(choice)[self.slot] - is_own * price
        demand, left = np.maximum(others, 0.0) + price, self.left[self.slot]
        share = np.divide(left, demand, where=demand > left, out=np.ones(demand.shape))
        return np.pad(np.where(self.legal, price * share, -np.inf), ((0, 0), (0, 1)))
