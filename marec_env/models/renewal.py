"""The nearest items of a pool some of whose slots have just been given to others.

Far cheaper than to rank the whole pool: what was nearest and is still there is in order, and comes
before everything else that was there.
"""

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled


def nearest_again(
    table: Array, rows: Array, columns: Array, nearest: Array, is_new: Array
) -> Array:
    """What `nearest_by_table` finds, ties to the smaller slot likewise, from what it found before.

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
    num_slots, count = columns.shape[1], nearest.shape[2]
    column, changed = np.empty(num_slots, np.uint64), np.empty(num_slots, np.uint32)
    is_passed, others, order = np.empty(num_slots, np.bool_), changed.copy(), changed.copy()
    room = column, changed, is_passed, others, order, np.empty(count + 1)
    _nearest_again(table, rows, columns, nearest, is_new, *room, out)
    return out


@compiled
def _nearest_again(
    table, rows, columns, nearest, is_new, column, changed, is_passed, others, order, best, out
):
    """What stays keeps its order; others fill up behind it; new ones are then put in between.

    `is_passed` [M] marks what is new, and what was near the agent; `order` and `best` are its list,
    `others` [M] what else there is. Indices are unsigned: a signed one is tested for being
    negative, which costs time.
    """
    num_copies, num_agents, num_nearest = nearest.shape
    pool_size, count, one = uint64(columns.shape[1]), uint64(num_nearest), uint64(1)
    for b in range(num_copies):
        num_new = uint64(0)
        for m in range(pool_size):
            column[m] = columns[b, m]
            is_passed[m] = is_new[b, m]
            changed[num_new] = m
            num_new += uint64(is_new[b, m])
        for n in range(num_agents):
            row, size = uint64(rows[b, n]), uint64(0)
            for j in range(count):
                slot = uint32(nearest[b, n, j])
                order[size], best[size] = slot, table[row, column[slot]]
                is_passed[slot] = True
                size += uint64(not is_new[b, slot])
            first = size
            if first < count:
                num_others = uint64(0)
                for m in range(pool_size):
                    others[num_others] = m
                    num_others += uint64(not is_passed[m])
                for i in range(num_others):
                    m = others[i]
                    s = table[row, column[m]]
                    if size == count:
                        if s <= best[count - one]:
                            continue
                        size -= one
                    at = size
                    while at > first and best[at - one] < s:
                        best[at], order[at] = best[at - one], order[at - one]
                        at -= one
                    best[at], order[at] = s, m
                    size += one
            for j in range(count):
                is_passed[uint32(nearest[b, n, j])] = is_new[b, uint32(nearest[b, n, j])]
            for i in range(num_new):
                slot = changed[i]
                s = table[row, column[slot]]
                at = size
                while at > uint64(0):
                    other = best[at - one]
                    if other > s or (other == s and order[at - one] < slot):
                        break
                    best[at], order[at] = other, order[at - one]
                    at -= one
                best[at], order[at] = s, slot
                size = min(size + one, count)
            for j in range(count):
                out[b, n, j] = order[j]
