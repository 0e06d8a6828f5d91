"""The nearest items of a pool some of whose slots have just been given to others.

Far cheaper than to rank the whole pool: those that were nearest are still in order, and of the
others most fail the first comparison.
"""

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled


def nearest_again(
    table: Array, rows: Array, columns: Array, nearest: Array, is_new: Array
) -> Array:
    """What `rank.nearest` finds, ties to the smaller slot likewise, from what it found before.

    Args:
        table: similarities, [R, C] float64.
        rows: [B, N] integers, the agent's row of `table`.
        columns: [B, M] integers, the slot's column of `table` now.
        nearest: [B, N, L] int32, the nearest slots before some of them changed, nearest first.
        is_new: [B, M] bool, the slots that hold another item than before.

    Returns:
        The L nearest slots now, [B, N, L] int32, nearest first.
    """
    out = np.empty_like(nearest)
    best, is_listed = np.empty(nearest.shape[2]), np.zeros(columns.shape[1], np.bool_)
    _nearest_again(table, rows, columns, nearest, is_new, best, is_listed, out)
    return out


@compiled
def _insert(s, slot, best, row, size):
    """Puts a slot where it belongs among the `size` best so far; returns how many there are."""
    count = best.size
    if size == count:
        last = best[count - 1]
        if s < last or (s == last and slot > row[count - 1]):
            return size
        size -= 1
    place = size
    while place > 0:
        before = best[place - 1]
        if before > s or (before == s and row[place - 1] < slot):
            break
        best[place], row[place] = before, row[place - 1]
        place -= 1
    best[place], row[place] = s, slot
    return size + 1


@compiled
def _nearest_again(table, rows, columns, nearest, is_new, best, is_listed, out):
    """`is_listed` [M] is False on entry and on return."""
    num_copies, num_agents, count = nearest.shape
    pool_size = columns.shape[1]
    for b in range(num_copies):
        for n in range(num_agents):
            row, size = uint64(rows[b, n]), 0
            for j in range(count):
                slot = nearest[b, n, j]
                if not is_new[b, uint32(slot)]:
                    s = table[row, uint64(columns[b, uint32(slot)])]
                    size = _insert(s, slot, best, out[b, n], size)
                    is_listed[uint32(slot)] = True
            for m in range(pool_size):
                if is_listed[m]:
                    is_listed[m] = False
                else:
                    s = table[row, uint64(columns[b, m])]
                    size = _insert(s, np.int32(m), best, out[b, n], size)
