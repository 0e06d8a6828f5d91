"""Nested NamedTuples of arrays with B as first axis: states, and whatever else is kept per copy."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .arrays import Array


def only(state: Any, b: int) -> Any:
    """Copy `b` alone, B = 1."""
    if isinstance(state, tuple):
        return type(state)(*(only(part, b) for part in state))
    return state[b : b + 1]


def select(state: Any, copies: Array) -> Any:
    """The rows of `copies`, a mask [B]."""
    if isinstance(state, tuple):
        return type(state)(*(select(part, copies) for part in state))
    return state[copies]


def repeat(state: Any, count: int) -> Any:
    """`count` copies of the single one in `state`."""
    if isinstance(state, tuple):
        return type(state)(*(repeat(part, count) for part in state))
    return np.repeat(state, count, axis=0)


def scatter(state: Any, fresh: Any, copies: Array) -> Any:
    """`state` with the rows of `copies`, a mask [B], replaced by `fresh`; neither is changed."""
    if isinstance(state, tuple):
        rows = (scatter(old, new, copies) for old, new in zip(state, fresh, strict=True))
        return type(state)(*rows)
    if state is None:  # what nobody has asked for
        return None
    merged = state.copy()
    merged[copies] = fresh
    return merged


def flatten(state: Any, prefix: str) -> Iterator[tuple[str, Array]]:
    """Dotted path and array of every leaf."""
    if hasattr(state, "_fields"):
        for name, part in zip(state._fields, state, strict=True):
            yield from flatten(part, f"{prefix}.{name}")
    else:
        yield prefix, state


def unflatten(like: Any, leaves: Mapping[str, Array], prefix: str) -> Any:
    """The inverse of `flatten`, in the form of `like`.

    Raises:
        ValueError: if a leaf is missing or has another shape or dtype.
    """
    if hasattr(like, "_fields"):
        names = like._fields
        parts = (unflatten(p, leaves, f"{prefix}.{n}") for n, p in zip(names, like, strict=True))
        return type(like)(*parts)
    if prefix not in leaves:
        raise ValueError(f"snapshot must hold {prefix!r}, got {sorted(leaves)}")
    leaf = np.asarray(leaves[prefix])
    if leaf.shape != like.shape or leaf.dtype != like.dtype:
        raise ValueError(
            f"{prefix!r} must be {like.dtype} {like.shape}, got {leaf.dtype} {leaf.shape}"
        )
    return leaf.copy()
