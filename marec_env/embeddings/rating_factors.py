"""Ratings of very many pairs, which no table could hold: biases and factors.

    p_ui = clip(mu + b_u + b_i + weight * (s * P_u) . Q_i)                               (1)

with P, s and Q of factorization.py (1), of rank D, the size of the vectors.

The decomposition takes unknown residuals for 0, which makes it too timid, and fits noise, which
makes it too bold; the weight, chosen on a validation part, settles both.
"""

from typing import NamedTuple

import numpy as np

from ..datasets.interactions import Interactions
from ..ratings import LowRank
from . import biases
from .encoder import Vectors
from .factorization import decompose


class Settings(NamedTuple):
    """The constants of (1)."""

    rank: int
    weight: float

    def predict(self, train: Interactions, vectors: Vectors) -> LowRank:
        """Equation (1), in units of the rating."""
        bias = biases.fit(train)
        found = decompose(train, bias, self.rank)
        return LowRank(
            mean=bias.mean,
            user_bias=bias.users.astype(np.float32),
            item_bias=bias.items.astype(np.float32),
            user_factors=(self.weight * found.values * found.users).astype(np.float32),
            item_factors=found.items.astype(np.float32),
        )


def choose(train: Interactions, validation: Interactions, vectors: Vectors) -> Settings:
    """The weight of least squared error on `validation`; the rank is the size of the vectors."""
    bias = biases.fit(train)
    found = decompose(train, bias, vectors.size)
    users, items = validation.users, validation.items
    taste = (found.users[users] * found.values * found.items[items]).sum(1)
    rest = validation.ratings - bias.at(users, items)
    weight = float(max(0.0, taste @ rest / max(float(taste @ taste), 1e-12)))
    return Settings(vectors.size, weight)
