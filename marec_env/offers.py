"""What an episode draws once, what is offered at a step, and what is offered to users that move.

The nearest items of a user that moves are those nearest to where it is now. Finding them costs
O(M D) per agent and step, where a user that stays looks its similarities up.
"""

from typing import NamedTuple

import numpy as np

from .arrays import Array
from .models import slates
from .models.company import told
from .models.nearest import nearest
from .similarity import Similarity


class Episode(NamedTuple):
    """What an episode draws once; where items arrive, with the pool of now."""

    users: Array  # [B, N] int64: ids in the catalogue, one per agent
    pool: Array  # [B, M] int64: item ids in the catalogue, ascending at first
    nearest: Array  # [B, N, L] int32: pool slots most similar to the user, L = min(2K, M)
    neighbours: Array  # [B, N, J] int32: seats of the users most similar to the user
    turn: Array  # z_u of drift.py [B, N, D] float32; D = 0 where tastes do not drift


class Slate(NamedTuple):
    """What each agent may pick from now, most similar first; in pool order where K = M."""

    slots: Array  # [B, N, K] int32: pool slots
    items: Array  # [B, N, K] int32: their ids in the catalogue
    similarity: Array  # [B, N, K] float64: s(e_u, e_i)


def moved_slate(
    similarity: Similarity,
    taste: Array,
    item_vectors: Array,
    pool: Array,
    words: Array | None,
    near: Array | None,
    news: Array | None,
    slate_size: int,
    num_near: int,
) -> Slate:
    """Slates by where users are now.

    Args:
        similarity: s.
        taste: [B, N, D] float32.
        item_vectors: [I, D] float32.
        pool: [B, M] int64.
        words: what slates are drawn from, as in slates.py; None shows the whole pool.
        near: [B, N, L] int32, where that is known; None: what is nearest to `taste`.
        news: slots that take the places of those drawn last, as in company.py; None: nothing.
        slate_size: K.
        num_near: how many of the K come from the nearest.
    """
    num_copies, num_agents, size = taste.shape
    pool_size = pool.shape[1]
    closeness = similarity.closeness(taste, item_vectors, pool)
    if words is None:
        slots, items = np.empty((2, num_copies, num_agents, pool_size), np.int32)
        slots[:], items[:] = np.arange(pool_size), pool[:, None]
        return Slate(slots, items, similarity.of_closeness(closeness, size))
    if near is None:
        near = nearest(closeness, min(2 * slate_size, pool_size))
    slots = slates.drawn(words, near, pool_size, slate_size, num_near)
    slots = slots if news is None else told(slots, news)
    rows = np.arange(num_copies * num_agents).reshape(num_copies, num_agents)
    table = closeness.reshape(-1, pool_size)
    found = slates.look_up(table, rows, np.arange(pool_size)[None], slots)
    return Slate(*slates.most_similar_first(slots, similarity.of_closeness(found, size), pool))
