"""Friends who like to be on one item: own payoffs, and company.

    payoff_u  =  own_u(a_u)  +  iota sum over friends v of W_uv [v is on u's item]               (1)

Company counts in items, not in skips. As it is a sum over pairs, the payoff expected against
independent others is (1) with [v is on it] replaced by its probability. With d_u the number of u's
friends and W_uv = 1 / d_u, a move of u changes the sum

    Phi  =  sum_u d_u own_u(a_u)  +  iota (number of friendships on one item)                    (2)

by d_u times what its payoff changes by: a weighted potential, so that best response never cycles.

Source: Monderer and Shapley (1996), "Potential games".
"""

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..models.graph import Friends
from .stage import Stage


@dataclass(frozen=True, kw_only=True, eq=False)
class FriendsStage(Stage):
    """A step among friends; `value` is the own payoff, conformity included."""

    friends: Friends
    iota: float  # what full company adds, >= 0

    def payoffs(self, choice: Array) -> Array:
        """Equation (1)."""
        picks = self.picks(choice)
        mine = picks[..., self.friends.agent]
        together = (mine == picks[..., self.friends.friend]) & (mine >= 0)
        number = np.maximum(self.friends.number, 1)
        company = self.friends.per_agent(together) / number
        return self.chosen(self.value, choice) + self.iota * company

    def replies(self, choice: Array) -> Array:
        """Equation (1) at every deviation."""
        payoff = self.value + self.iota * self.company(self.presence(choice))
        return np.pad(np.where(self.legal, payoff, -np.inf), ((0, 0), (0, 1)))

    def presence(self, choice: Array) -> Array:
        """Whether each agent is on each slot of the pool, [N, M] float64 of 0 and 1."""
        return (self.picks(choice)[:, None] == np.arange(self.slot.max() + 1)) * 1.0

    def company(self, presence: Array) -> Array:
        """The mean over friends of `presence` [N, M] at the own candidates, [N, K] float64."""
        there = np.zeros(presence.shape)
        np.add.at(there, self.friends.agent, presence[self.friends.friend])
        there /= np.maximum(self.friends.number, 1)[:, None]
        return np.take_along_axis(there, self.slot, axis=1)
