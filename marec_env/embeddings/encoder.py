"""The contract of an encoder: interactions in, one vector a user and one an item out.

A small encoder lives here (factorization.py); larger ones, sequence models and text models, meet
the same contract and may need torch, which they import late and behind an extra.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from ..arrays import Array
from ..datasets.interactions import Interactions


class Vectors(NamedTuple):
    """What an encoder makes, with what is needed to say where it came from."""

    users: Array  # [U, D] float32
    items: Array  # [I, D] float32, in the same space
    name: str  # of the encoder
    source: str  # paper or weights
    licence: str  # of the weights; "none needed" where there are none
    record: Mapping[str, Any]  # settings and what training reported, JSON-able

    @property
    def size(self) -> int:
        """D."""
        return self.items.shape[1]


class Encoder(Protocol):
    """Anything with a `fit`; equal interactions give equal bits."""

    def fit(self, interactions: Interactions) -> Vectors:
        """Vectors of every user and item, also of those without ratings."""
        ...
