"""Ordering by similarity, ties by id: for slates of a few items and for the nearest of a pool."""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def most_similar_first(slots: Array, similarity: Array) -> tuple[Array, Array]:
    """`slots` [..., K] int64 and their `similarity` [..., K] float64, most similar first."""
    shape = slots.shape
    out = np.empty(shape, np.int64), np.empty(shape, np.float64)
    rows = (-1, shape[-1])
    _sort_rows(slots.reshape(rows), similarity.reshape(rows), *(x.reshape(rows) for x in out))
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
def _sort_rows(slots, similarity, sorted_slots, sorted_similarity):
    """An item's place is the number of items before it: no branch, which is fast for K <= 32."""
    num_rows, slate_size = slots.shape
    for row in range(num_rows):
        for k in range(slate_size):
            s, slot = similarity[row, k], slots[row, k]
            place = 0
            for j in range(slate_size):
                other = similarity[row, j]
                place += (other > s) | ((other == s) & (slots[row, j] < slot))
            sorted_slots[row, place] = slot
            sorted_similarity[row, place] = s


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
