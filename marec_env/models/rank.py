"""The items of a pool that are most similar to a user."""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def nearest_by_table(table: Array, rows: Array, columns: Array, count: int) -> Array:
    """Slots of the `count` most similar items of the pool for each agent, nearest first.

    Args:
        table: similarities, [R, C] float64.
        rows: [B, N] integers, the agent's row of `table`.
        columns: [B, M] integers, the slot's column of `table`; ties go to the smaller slot; or
            [1, M] where all copies have the same.
        count: L <= M.

    Returns:
        [B, N, L] int32.
    """
    out = np.empty((*rows.shape, count), np.int32)
    _nearest(table, rows, columns, np.empty(count), out)
    return out


@compiled
def _nearest(table, rows, columns, best, out):
    """Insertion into a short sorted list; most items of a large pool fail the first comparison."""
    num_copies, num_agents, count = out.shape
    pool_size = columns.shape[1]
    for b in range(num_copies):
        of = b if columns.shape[0] > 1 else 0
        for n in range(num_agents):
            row = rows[b, n]
            size = 0
            for m in range(pool_size):
                s = table[row, columns[of, m]]
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
