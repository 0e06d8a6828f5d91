"""The contract of an encoder: interactions in, one vector a user and one an item out.

    v_u . v_i    ranks the items for a user: the higher, the sooner she will turn to it          (1)

An encoder is its settings and nothing else. What it has learnt is in the Vectors, arrays without
code, so they can be stored (trained.py), and `encode_users` embeds from them people who were not
there in training, by their histories: Interactions for the same items.

Encoders that train a network keep it in neural/, which is imported only when they are fitted.
"""

from collections.abc import Mapping
from dataclasses import Field
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions


class Vectors(NamedTuple):
    """What an encoder makes, with what is needed to say where it came from."""

    users: Array  # [U, D] float32
    items: Array  # [I, D] float32, in the same space
    name: str  # of the encoder
    source: str  # paper or weights
    licence: str  # of the weights; "none needed" where there are none
    record: Mapping[str, Any]  # settings and what training reported, JSON-able
    weights: Mapping[str, Array] = MappingProxyType({})  # what `encode_users` needs besides

    @property
    def size(self) -> int:
        """D."""
        return self.items.shape[1]


class Encoder(Protocol):
    """Anything with a `fit`; equal interactions and settings give equal bits."""

    def fit(self, interactions: Interactions) -> Vectors:
        """Vectors of every user and item, also of those without ratings."""
        ...

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Vectors [H, D] float32 of H users, known or not, whose items are those of `vectors`.

        Those of the users it was fitted to are `vectors.users`, to rounding.
        """
        ...


class Settings(Encoder, Protocol):
    """An encoder that is a dataclass, so that its settings can be listed, set and stored."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def check_items(vectors: Vectors, histories: Interactions) -> None:
    """Raises DataError if the histories are not of the items that have vectors."""
    if histories.num_items != len(vectors.items):
        raise DataError(
            f"the histories must be of the {len(vectors.items)} items that {vectors.name} was "
            f"fitted to, {histories.name} has {histories.num_items}"
        )


def check_finite(vectors: Vectors) -> None:
    """Raises DataError if a number is NaN or infinite: scores of such vectors look perfect."""
    for side in ("users", "items"):
        is_finite = np.isfinite(getattr(vectors, side)).all(1)
        if not is_finite.all():
            raise DataError(
                f"vectors of {vectors.name} must be finite, those of {(~is_finite).sum():,} of "
                f"{len(is_finite):,} {side} are not"
            )
