"""Ratings of very many pairs, which no table could hold: biases and factors.

    p_ui = clip(mu + b_u + b_i + weight * (s * P_u) . Q_i)        P, s, Q of factorization.py (1)(1)

The weight, at most 1, is chosen on a validation part: a truncated decomposition of mostly unknown
residuals overstates nothing in direction, but much in certainty.
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

    def predict(self, train: Interactions, vectors: Vectors) -> LowRank:  # noqa: ARG002 - of the contract
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
    weight = float(np.clip(taste @ rest / max(float(taste @ taste), 1e-12), 0, 1))
    return Settings(vectors.size, weight)
