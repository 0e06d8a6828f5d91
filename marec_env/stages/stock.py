"""Limited stock and crowds: whoever picks what others pick may go away with less, or with nothing.

    payoff_u  =  v_{u,a_u} P(u served) g(m_i),   i = the item behind candidate a_u     (1)

where P and m_i = min(n_i, B_i) come from rationing.py and g comes from congestion.py. Under
random rationing (1) is v min(1, B_i / n_i) m_i^-beta; without shared stock or crowds it is v. The
expectation is over the rationing draws only, and exact: m_i does not depend on them.

    reply_u(i)  =  v_ui P(u served) g(min(n + 1, B_i)),   n = others on i              (2)

is (1) at a deviation, for all N (K + 1) deviations at once.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..arrays import Array
from ..models.congestion import crowd_factor, received
from ..models.rationing import chance_of_service
from .stage import Stage

Rationing = Literal["random", "affinity"]


@dataclass(frozen=True, kw_only=True, eq=False)
class StockStage(Stage):
    """A step of a shop; without shared stock and crowds, of the plain game."""

    stock: Array  # [M] int: units now; N where an item cannot run out
    load: Array  # [M] int: how many picked the slot at the step before, as everybody has seen
    beta: float = 0.0  # congestion exponent, >= 0
    rationing: Rationing = "random"
    window: int = 0  # steps between two restocks share a number; it grows by one at each restock

    @property
    def precedence(self) -> Array:
        """What rationing goes by before it draws, [N, K] float64; constant where it only draws."""
        return self.similarity if self.rationing == "affinity" else np.zeros_like(self.similarity)

    @property
    def public_factor(self) -> Array:
        """min(1, B_i / n) min(n, B_i)^-beta, as if the last load n came again."""
        load = np.maximum(self.load, 1)
        factor = np.minimum(1.0, self.stock / load)
        slots = np.arange(len(load))
        return (factor * self.share(slots, np.minimum(load, self.stock)))[self.slot]

    def share(self, slot: Array, served: Array) -> Array:
        """g: what each of `served` agents keeps of the value of what is at `slot`, elementwise."""
        del slot
        return crowd_factor(served, self.beta)

    def payoffs(self, choice: Array) -> Array:
        """Equation (1)."""
        return received(*self._terms(choice))

    def payments(self, choice: Array) -> tuple[Array, Array]:
        """Without the chance P of being served, and P."""
        value, chance, crowd = self._terms(choice)
        return received(value, np.ones_like(chance), crowd), chance

    def replies(self, choice: Array) -> Array:
        """Equation (2)."""
        picks = self.picks(choice)
        stock = self.stock[self.slot]  # [N, K]
        is_own = picks[:, None] == self.slot
        others = np.bincount(picks[picks >= 0], minlength=len(self.stock))[self.slot] - is_own
        ahead, tied = (0, others) if self.rationing == "random" else self._rivals(picks)
        served = np.clip((stock - ahead) / (tied + 1), 0.0, 1.0)
        payoff = self.value * served * self.share(self.slot, np.minimum(others + 1, stock))
        return np.pad(np.where(self.legal, payoff, -np.inf), ((0, 0), (0, 1)))

    def _terms(self, choice: Array) -> tuple[Array, Array, Array]:
        """v, P and g of the own pick, [..., N] each."""
        picks, value = self.picks(choice), self.chosen(self.value, choice)
        precedence = self.chosen(self.precedence, choice)
        chance, demand = chance_of_service(picks, precedence, self.stock)
        units = np.append(self.stock, 0)[picks]
        return value, chance, self.share(picks, np.minimum(demand, units))

    def _rivals(self, picks: Array) -> tuple[Array, Array]:
        """Others on each candidate's slot that would be served before u, or tie with u, [N, K]."""
        ahead, tied = np.zeros(self.slot.shape, np.int64), np.zeros(self.slot.shape, np.int64)
        seats = np.arange(self.num_agents)
        own = np.pad(self.precedence, ((0, 0), (0, 1)))
        candidate = np.full(self.num_agents, -1)
        seat, k = np.nonzero(self.slot == picks[:, None])
        candidate[seat] = k
        for slot in np.unique(picks[picks >= 0]):
            rival = seats[picks == slot]
            rank = own[rival, candidate[rival]]
            u, k = np.nonzero(self.slot == slot)
            mine = own[u, k][:, None]
            is_other = rival != u[:, None]
            ahead[u, k] = ((rank > mine) & is_other).sum(1)
            tied[u, k] = ((rank == mine) & is_other).sum(1)
        return ahead, tied
