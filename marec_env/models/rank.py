"""Ordering by similarity, ties by id: for slates of a few items and for the nearest of a pool."""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def most_similar_first(slots: Array, items: Array, similarity: Array) -> tuple[Array, Array, Array]:
    """Slots, items and similarities of slates, [B, N, K] each, most similar first."""
    out = np.empty_like(slots), np.empty_like(items), np.empty_like(similarity)
    _sort_slates(slots, items, similarity, *out)
    return out


def nearest(table: Array, rows: Array, pool: Array, count: int) -> Array:
    """Slots of the `count` most similar items of the pool for each agent, nearest first.

    Args:
        table: similarities, [R, I] float64.
        rows: [B, N] int64, the agent's row of `table`.
        pool: [B, M] int64, the item's column of `table`; ties go to the smaller slot.
        count: L <= M.

    Returns:
        [B, N, L] int32.
    """
    out = np.empty((*rows.shape, count), np.int32)
    _nearest(table, rows, pool, out)
    return out


@compiled
def _sort_slates(slots, items, similarity, sorted_slots, sorted_items, sorted_similarity):
    """An item's place is the number of items before it: no branch, which is fast for small K."""
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                s, slot = similarity[b, n, k], slots[b, n, k]
                place = 0
                for j in range(slate_size):
                    other = similarity[b, n, j]
                    place += (other > s) | ((other == s) & (slots[b, n, j] < slot))
                sorted_slots[b, n, place] = slot
                sorted_items[b, n, place] = items[b, n, k]
                sorted_similarity[b, n, place] = s


@compiled
def _nearest(table, rows, pool, out):
    """Insertion into a short sorted list; most items of a large pool fail the first comparison."""
    num_copies, num_agents, count = out.shape
    pool_size = pool.shape[1]
    best = np.empty(count)
    for b in range(num_copies):
        for n in range(num_agents):
            row = rows[b, n]
            size = 0
            for m in range(pool_size):
                s = table[row, pool[b, m]]
                if size == count and s <= best[size - 1]:
                    continue
                place = min(size, count - 1)
                while place > 0 and best[place - 1] < s:
                    best[place] = best[place - 1]
                    out[b, n, place] = out[b, n, place - 1]
                    place -= 1
                best[place] = s
                out[b, n, place] = m
                size = min(size + 1, count)
