"""Histories: what each user turned to, in order, and vectors of users that follow from it.

    w_uj = 0.5^(age_uj / half_life)      age: how many items the user turned to after j         (1)
    v_u  = sum_j w_uj v_j,  the mean of all v_j where there is no history                       (2)

Order is that of splits.py: time, then the order of the file, which stands for time where no times
are known.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions


class Histories(NamedTuple):
    """Items of all users one after another."""

    items: Array  # [R] int64, by user, then in the order of time
    offsets: Array  # [U + 1] int64: user u has items[offsets[u] : offsets[u + 1]]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def lengths(self) -> Array:
        """[U] int64."""
        return np.diff(self.offsets)

    def ages(self) -> Array:
        """[R] int64: 0 for a user's last item, 1 for the one before."""
        return np.repeat(self.offsets[1:], self.lengths()) - 1 - np.arange(len(self.items))


def timed(interactions: Interactions) -> Interactions:
    """The same with times, which are the order of the file where there were none."""
    return replace(interactions, timestamps=times_of(interactions))


def times_of(interactions: Interactions) -> Array:
    """[R] float64."""
    times = interactions.timestamps
    return np.arange(len(interactions), dtype=np.float64) if times is None else times


def in_order(interactions: Interactions) -> Histories:
    """The histories of all users."""
    order = np.lexsort((times_of(interactions), interactions.users))  # stable
    lengths = np.bincount(interactions.users, minlength=interactions.num_users)
    return Histories(interactions.items[order], np.concatenate([[0], lengths.cumsum()]))


def recency_weighted(histories: Histories, item_vectors: Array, half_life: float) -> Array:
    """Equation (2), [U, D] float32; an infinite half life counts all items alike."""
    from scipy.sparse import csr_matrix

    shape = len(histories), len(item_vectors)
    weights = 0.5 ** (histories.ages() / half_life)  # [R]
    summed = csr_matrix((weights, histories.items, histories.offsets), shape) @ item_vectors
    summed[histories.lengths() == 0] = item_vectors.mean(0)
    return summed.astype(np.float32)


def from_ids(item_ids: Sequence[str], lists: Sequence[Sequence[str]]) -> Interactions:
    """Lists of item ids, each a person's, oldest first, as interactions for the items `item_ids`.

    Raises:
        DataError: if an id is not among them.
    """
    number = {name: index for index, name in enumerate(item_ids)}
    for person, names in enumerate(lists):
        unknown = [name for name in names if name not in number]
        if unknown:
            raise DataError(
                f"history {person} must hold ids of the {len(number):,} items that have vectors, "
                f"got {unknown[0]!r}"
            )
    lengths = [len(names) for names in lists]
    total = sum(lengths)
    return Interactions(
        users=np.repeat(np.arange(len(lists)), lengths),
        items=np.array([number[name] for names in lists for name in names], np.int64),
        ratings=np.ones(total),
        timestamps=None,
        rows=np.arange(total),
        scale=(0.0, 1.0),
        user_ids=tuple(map(str, range(len(lists)))),
        item_ids=tuple(item_ids),
        name="histories",
        file="histories",
        source="given",
        licence="as the source says",
    )
