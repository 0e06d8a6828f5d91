"""A layout of our own: what files, tests and learners that add columns make."""

from collections.abc import Mapping
from typing import NamedTuple


class PlainLayout(NamedTuple):
    """Meets `contract.Layout`."""

    num_candidates: int
    candidate: Mapping[str, slice]
    agent: Mapping[str, slice]


def width(columns: Mapping[str, slice]) -> int:
    """How many columns these names stand for."""
    return max((part.stop for part in columns.values()), default=0)
