"""Vectors from who liked what: a truncated singular value decomposition of bias-free ratings.

    E_ui = r_ui - mu - b_u - b_i where known, else 0;   E ~ P diag(s) Q^T                      (1)
    x_u = [s * P_u, l],   x_i = [s * Q_i, l * quality_weight * b_i / rms(b)]                   (2)

l is the root mean square of the other coordinates of the items. The last coordinate tells items
apart by how good they are for everybody, which (1) has taken out; it is the same for all users, so
centring removes it from theirs and no similarity to a user rewards it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions
from . import biases
from .encoder import Vectors, check_items
from .singular import largest


class Decomposition(NamedTuple):
    """Equation (1)."""

    users: Array  # P [U, F] float64
    values: Array  # s [F], descending
    items: Array  # Q [I, F]


@dataclass(frozen=True, kw_only=True)
class Factorization:
    """An encoder; see encoder.py for the contract."""

    rank: int = 15  # F, columns of P and Q; a vector has one more
    quality_weight: float = 1.0  # length of the quality coordinate, beside an average one

    def __post_init__(self):
        if self.rank < 1:
            raise ValueError(f"rank must be >= 1, got {self.rank}")
        if not 0 <= self.quality_weight < np.inf:
            raise ValueError(f"quality_weight must be >= 0, got {self.quality_weight}")

    def fit(self, interactions: Interactions) -> Vectors:
        """Equations (1) and (2).

        Raises:
            DataError: if there are too few users or items for the rank.
        """
        bias = biases.fit(interactions)
        found = decompose(interactions, bias, self.rank)
        items = found.items * found.values
        length = np.sqrt((items**2).mean())
        spread = np.sqrt((bias.items**2).mean())
        quality = length * self.quality_weight * bias.items / (spread if spread > 0 else 1.0)
        constant = np.full(interactions.num_users, length)
        return Vectors(
            users=np.column_stack([found.users * found.values, constant]).astype(np.float32),
            items=np.column_stack([items, quality]).astype(np.float32),
            name="factorization",
            source="scipy.sparse.linalg.svds",
            licence="none needed",
            record={
                "rank": self.rank,
                "quality_weight": self.quality_weight,
                "ratings": len(interactions),
                "singular_values": [round(float(value), 4) for value in found.values],
            },
            weights={
                "mean": np.array([bias.mean]),
                "item_bias": bias.items,
                "item_directions": found.items,
                "constant": np.array([length]),
            },
        )

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Equation (1) times Q: E Q = P diag(s)."""
        from scipy.sparse import csr_matrix

        check_items(vectors, histories)
        users, items, weights = histories.users, histories.items, vectors.weights
        rest = histories.ratings - weights["mean"] - weights["item_bias"][items]
        rest -= biases.of_users(rest, users, histories.num_users)[users]
        shape = histories.num_users, histories.num_items
        found = csr_matrix((rest, (users, items)), shape) @ weights["item_directions"]
        constant = np.full(len(found), weights["constant"][0])
        return np.column_stack([found, constant]).astype(np.float32)


def decompose(interactions: Interactions, bias: biases.Biases, rank: int) -> Decomposition:
    """Equation (1), the same bits for the same ratings and number of threads.

    Raises:
        DataError: if there are too few users or items for the rank.
    """
    from scipy.sparse import csr_matrix

    shape = interactions.num_users, interactions.num_items
    if min(shape) <= rank:
        raise DataError(
            f"{interactions.name} must have more than {rank} users and items for vectors of rank "
            f"{rank}, it has {shape[0]} and {shape[1]}"
        )
    users, items = interactions.users, interactions.items
    residuals = csr_matrix((interactions.ratings - bias.at(users, items), (users, items)), shape)
    found = largest(residuals, rank)
    return Decomposition(found.left, found.values, found.right)
