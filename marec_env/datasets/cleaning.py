"""Cleaning: one rating a pair, users and items with enough ratings, the scale of the ratings.

Every function returns new Interactions and says in `dropped` what it left out and why.
"""

import numpy as np

from ..arrays import Array
from .interactions import DataError, Interactions

# In use for stars, half stars and points, tightest first; the first that holds all is taken.
SCALES = ((0, 1), (1, 5), (0.5, 5), (0, 5), (1, 10), (0, 10), (-10, 10), (0, 100))


def detect_scale(ratings: Array, file: str) -> tuple[float, float]:
    """The tightest scale in common use that holds all `ratings` [R], else their own range.

    Raises:
        DataError: if all ratings are equal, which tells nothing about a scale, or so far apart that
            there is no number for how far.
    """
    low, high = float(ratings.min()), float(ratings.max())
    if high - low == np.inf:
        raise DataError(f"{file} must have ratings on a scale, they go from {low:g} to {high:g}")
    if low == high:
        raise DataError(
            f"{file} must have ratings that differ, or a declared scale; all of them are {low:g}"
        )
    fitting = (scale for scale in SCALES if scale[0] <= low and high <= scale[1])
    return next(fitting, (low, high))


def latest_of_duplicates(interactions: Interactions) -> Interactions:
    """Keeps the latest rating of each (user, item); of equal times the later row of the file."""
    pair = interactions.users * np.int64(interactions.num_items) + interactions.items
    times = interactions.timestamps
    order = np.lexsort((pair,) if times is None else (times, pair))  # stable: ties in file order
    is_last = np.append(pair[order][1:] != pair[order][:-1], True)
    mask = np.zeros(len(pair), bool)
    mask[order[is_last]] = True
    if mask.all():
        return interactions
    return interactions.keep(mask, "the same user rated the same item later")


def k_core(interactions: Interactions, per_user: int = 1, per_item: int = 1) -> Interactions:
    """Drops users with fewer than `per_user` and items with fewer than `per_item` ratings.

    Dropping one can push another below its bound, so it is repeated until nothing changes: the
    result is the largest set in which all bounds hold, whatever the order.

    Raises:
        DataError: if nothing is left.
    """
    mask = np.ones(len(interactions), bool)
    while True:
        of_user = np.bincount(interactions.users[mask], minlength=interactions.num_users)
        of_item = np.bincount(interactions.items[mask], minlength=interactions.num_items)
        enough = (of_user[interactions.users] >= per_user) & (
            of_item[interactions.items] >= per_item
        )
        if (mask == (mask & enough)).all():
            break
        mask &= enough
    is_bare = of_user.min() < per_user or of_item.min() < per_item  # without any rating at all
    if mask.all() and not is_bare:
        return interactions
    return interactions.keep(
        mask, f"a user with fewer than {per_user} or an item with fewer than {per_item} ratings"
    )
