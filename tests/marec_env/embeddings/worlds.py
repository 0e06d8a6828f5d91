"""Invented interactions with a known structure."""

from dataclasses import replace

import numpy as np

from marec_env.datasets import Interactions


def interactions(users, items, ratings, num_users, num_items, genres=()):
    return Interactions(
        users=np.asarray(users, np.int64),
        items=np.asarray(items, np.int64),
        ratings=np.asarray(ratings, float),
        timestamps=None,
        rows=np.arange(1, len(users) + 1),
        scale=(1.0, 5.0),
        user_ids=tuple(f"u{n}" for n in range(num_users)),
        item_ids=tuple(f"i{n}" for n in range(num_items)),
        genres=genres,
        name="toy",
        file="toy.csv",
        source="invented",
        licence="none needed",
    )


def two_camps(num_users=40, num_items=30, share=0.5, seed=0):
    """Even users like even items, odd ones odd items, 5 against 1; a share of pairs is rated."""
    rng = np.random.default_rng(seed)
    users, items = np.nonzero(rng.random((num_users, num_items)) < share)
    ratings = np.where(users % 2 == items % 2, 5, 1)
    return interactions(users, items, ratings, num_users, num_items)


def cyclic(num_users=60, num_items=12, lengths=None, seed=0):
    """Everybody starts somewhere and takes the items in turn; the last is followed by the first.

    Lengths are drawn from `lengths`, lowest and behind the highest: by default there are at least
    three and never all items. What comes next is certain, and no item is more popular than another.
    """
    rng = np.random.default_rng(seed)
    counts = rng.integers(*(lengths or (3, num_items)), size=num_users)
    users = np.repeat(np.arange(num_users), counts)
    starts = np.repeat(rng.integers(num_items, size=num_users), counts)
    steps = np.concatenate([np.arange(count) for count in counts])
    ratings = 3 + users % 3
    world = interactions(users, (starts + steps) % num_items, ratings, num_users, num_items)
    return replace(world, timestamps=np.arange(len(users), dtype=float))
