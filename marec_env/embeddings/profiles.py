"""Users by their histories, where items have vectors that are not learnt from behaviour.

    e_uj = r_uj - mu - b_u - b_j                    what a rating says of taste (biases.py)      (1)
    w_u  = argmin_w sum_j (e_uj - w . v_j)^2 + ridge |w|^2          what she likes more or less  (2)
    m_u  = sum_j 0.5^(age_uj / half_life) v_j                       what she last turned to      (3)
    v_u  = w_u / |w_u| + recency m_u / |m_u|                                                     (4)

over centred item vectors v_j and ratings in [r_min, 1]. (2) foretells ratings and (3) what comes
next. Only mu and b are learnt, so a user who was not there gets her vector in the same way.

Source: Hoerl and Kennard (1970), "Ridge regression".
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..centring import centred
from ..datasets.interactions import Interactions
from ..ratings import R_MIN, to_unit_scale
from . import biases
from .encoder import Vectors, check_items
from .histories import in_order, recency_weighted


class Described(NamedTuple):
    """Vectors of items and where they come from."""

    items: Array  # [I, D]
    source: str
    licence: str
    record: Mapping[str, Any]  # JSON-able


@dataclass(frozen=True, kw_only=True)
class Profiled:
    """An encoder (encoder.py); a subclass says which vectors the items have."""

    name: ClassVar[str]

    ridge: float = 2.0  # > 0; the larger, the more a taste must be repeated to count
    half_life: float = 20.0  # items after which one counts half as recent
    recency: float = 0.2  # weight of what came last, beside tastes

    def __post_init__(self):
        for name in ("ridge", "half_life"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be positive and finite, got {getattr(self, name)}")
        if not 0 <= self.recency < np.inf:
            raise ValueError(f"recency must be >= 0 and finite, got {self.recency}")

    def describe(self, interactions: Interactions) -> Described:
        """Vectors of all items, by what is known about them."""
        raise NotImplementedError

    def fit(self, interactions: Interactions) -> Vectors:
        """Equation (4) of all users.

        Raises:
            DataError: if there are no such vectors.
        """
        found = self.describe(interactions)
        bias = biases.fit(rescaled(interactions))
        vectors = Vectors(
            users=np.zeros((0, found.items.shape[1]), np.float32),
            items=centred(found.items),
            name=self.name,
            source=found.source,
            licence=found.licence,
            record={**asdict(self), **found.record},
            weights={"mean": np.array([bias.mean]), "item_bias": bias.items},
        )
        return vectors._replace(users=self.encode_users(vectors, interactions))

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Equation (4)."""
        check_items(vectors, histories)
        liked = tastes(vectors, rescaled(histories), self.ridge)
        recent = recency_weighted(in_order(histories), vectors.items, self.half_life)
        return (_unit(liked) + self.recency * _unit(recent)).astype(np.float32)


def rescaled(interactions: Interactions) -> Interactions:
    """The same with ratings in [r_min, 1]."""
    ratings = to_unit_scale(interactions.ratings, *interactions.scale)
    return replace(interactions, ratings=ratings, scale=(R_MIN, 1.0))


def tastes(vectors: Vectors, histories: Interactions, ridge: float) -> Array:
    """Equation (2), [H, D] float64, in whichever form is the smaller system; 0 without a rating."""
    users, items = histories.users, vectors.items.astype(np.float64)
    rest = (
        histories.ratings - vectors.weights["mean"] - vectors.weights["item_bias"][histories.items]
    )
    rest -= biases.of_users(rest, users, histories.num_users)[users]
    order = np.argsort(users, kind="stable")
    ends = np.bincount(users, minlength=histories.num_users).cumsum()
    found = np.zeros((histories.num_users, items.shape[1]))
    for user, rows in enumerate(np.split(order, ends[:-1])):
        rated, e = items[histories.items[rows]], rest[rows]
        if len(rows) <= items.shape[1]:
            gram = rated @ rated.T + ridge * np.eye(len(rows))
            found[user] = rated.T @ np.linalg.solve(gram, e)
        else:
            gram = rated.T @ rated + ridge * np.eye(items.shape[1])
            found[user] = np.linalg.solve(gram, rated.T @ e)
    return found


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
