"""The part of a rating that is not taste: strict and mild users, good and bad items.

    r_ui ~ mu + b_u + b_i                                                                     (1)
    b_i = sum_u (r_ui - mu - b_u) / (n_i + item_shrinkage), b_u likewise, in turns            (2)

Source: Koren (2010), "Factor in the neighbors", section 2.1, as a ridge regression.
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..datasets.interactions import Interactions

USER_SHRINKAGE = 5.0  # ratings' worth of belief in 0
ITEM_SHRINKAGE = 2.0
NUM_ROUNDS = 20  # of (2); it converges geometrically


class Biases(NamedTuple):
    """Equation (1), in units of the rating."""

    mean: float  # mu
    users: Array  # b_u [U] float64; 0 without ratings
    items: Array  # b_i [I] float64; 0 without ratings

    def at(self, users: Array | int, items: Array | int) -> Array:
        """Equation (1) of broadcast ids, float64."""
        return self.mean + self.users[users] + self.items[items]


def fit(interactions: Interactions) -> Biases:
    """Equation (2)."""
    users, items = interactions.users, interactions.items
    num_users, num_items = interactions.num_users, interactions.num_items
    mean = float(interactions.ratings.mean())
    of_items = np.bincount(items, minlength=num_items) + ITEM_SHRINKAGE
    rest = interactions.ratings - mean
    user_bias, item_bias = np.zeros(num_users), np.zeros(num_items)
    for _ in range(NUM_ROUNDS):
        item_bias = np.bincount(items, rest - user_bias[users], num_items) / of_items
        user_bias = of_users(rest - item_bias[items], users, num_users)
    return Biases(mean, user_bias, item_bias)


def of_users(rest: Array, users: Array, num_users: int) -> Array:
    """b_u of (2) from what mu and b_i leave of each rating, [R] -> [U] float64."""
    counts = np.bincount(users, minlength=num_users)
    return np.bincount(users, rest, num_users) / (counts + USER_SHRINKAGE)
