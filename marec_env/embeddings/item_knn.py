"""Nearest neighbours of items: what is turned to by the same people belongs together.

    a_i = indicator of who turned to item i, [U];   cos(i, j) = a_i . a_j / |a_i||a_j|           (1)
    (a_i / |a_i|)_i ~ P diag(s) Q^T,   v_i = s * P_i        so that v_i . v_j ~ cos(i, j)        (2)
    v_u = sum_j 0.5^(age_uj / half_life) v_j                so v_u . v_i = sum_j w_uj cos(i, j)  (3)

(3) is what a nearest-neighbour recommender scores items by. The truncation in (2) keeps the vectors
short, and blurs rare co-occurrences, which does (3) good. Most of the signal is in the last items.

Source: Sarwar et al. (2001), "Item-based collaborative filtering recommendation algorithms".
"""

from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions
from .encoder import Vectors, check_items
from .histories import in_order, recency_weighted
from .singular import largest


@dataclass(frozen=True, kw_only=True)
class ItemKNN:
    """An encoder; see encoder.py for the contract."""

    name: ClassVar[str] = "item_knn"

    size: int = 256  # D, at most
    half_life: float = 1.0  # items after which one counts half; inf: all alike

    def __post_init__(self):
        if self.size < 1:
            raise ValueError(f"size must be >= 1, got {self.size}")
        if not self.half_life > 0:
            raise ValueError(f"half_life must be > 0, got {self.half_life}")

    def fit(self, interactions: Interactions) -> Vectors:
        """Equations (1) to (3).

        Raises:
            DataError: if there are fewer than two users or items.
        """
        from scipy.sparse import csr_matrix

        shape = interactions.num_items, interactions.num_users
        if min(shape) < 2:
            raise DataError(
                f"{interactions.name} must have at least 2 users and items, it has {shape[1]} and "
                f"{shape[0]}"
            )
        lengths = np.sqrt(np.bincount(interactions.items, minlength=shape[0]))
        values = 1 / lengths[interactions.items]
        found = largest(
            csr_matrix((values, (interactions.items, interactions.users)), shape),
            min(self.size, min(shape) - 1),
        )
        vectors = Vectors(
            users=np.zeros((0, len(found.values)), np.float32),
            items=np.ascontiguousarray(found.left * found.values, np.float32),
            name=self.name,
            source="Sarwar et al. (2001)",
            licence="none needed",
            record=asdict(self),
        )
        return vectors._replace(users=self.encode_users(vectors, interactions))

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Equation (3)."""
        check_items(vectors, histories)
        return recency_weighted(in_order(histories), vectors.items, self.half_life)
