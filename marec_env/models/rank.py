"""Ordering by similarity, ties by id: for slates of a few items and for the nearest of a pool."""

import numpy as np
from numba import uint64

from ..arrays import Array
from ..compiled import compiled


def most_similar_first(slots: Array, similarity: Array, pool: Array) -> tuple[Array, Array, Array]:
    """Slates in the order in which agents see them.

    Args:
        slots: [B, N, K] int32, in any order.
        similarity: [B, N, K] float64, >= 0.
        pool: [B, M] int64, catalogue ids of the slots; or [1, M] where all copies have the same.

    Returns:
        Slots [B, N, K] int32, their items int32 and similarities float64, by descending similarity
        as far as agents see it, in float32; ties by slot.
    """
    keys = np.empty(slots.shape, np.int64)
    bits = place_bits(slots.shape[-1])
    seen = np.empty(slots.shape[-1], np.float32)
    _pack(slots, similarity, bits, seen, seen.view(np.int32), keys)
    keys.sort(axis=-1)  # NumPy's is vectorised, and the fastest known for rows of this length
    out = np.empty_like(slots), np.empty_like(slots), np.empty_like(similarity)
    _unpack(keys, similarity, pool, bits, *out)
    return out


def place_bits(slate_size: int) -> int:
    """Bits that hold a place in a slate; slot and place have to share 32."""
    return (slate_size - 1).bit_length()


def nearest(table: Array, rows: Array, columns: Array, count: int) -> Array:
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
def _pack(slots, similarity, place_bits, seen, bits, keys):
    """Similarity, slot and place of a candidate become one integer, to be sorted as such.

    Bits of floats >= 0 are ordered as the floats are; slot and place share the lower half.
    """
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                seen[k] = similarity[b, n, k]
            for k in range(slate_size):
                low = (np.int64(slots[b, n, k]) << place_bits) | k
                keys[b, n, k] = (np.int64(0x7FFFFFFF - bits[k]) << 32) | low


@compiled
def _unpack(keys, similarity, pool, place_bits, sorted_slots, sorted_items, sorted_similarity):
    num_copies, num_agents, slate_size = keys.shape
    places = (uint64(1) << uint64(place_bits)) - uint64(1)
    for b in range(num_copies):
        of = uint64(b if pool.shape[0] > 1 else 0)
        for n in range(num_agents):
            for k in range(slate_size):
                low = uint64(keys[b, n, k]) & uint64(0xFFFFFFFF)
                slot = low >> uint64(place_bits)
                sorted_slots[b, n, k] = slot
                sorted_items[b, n, k] = pool[of, slot]
                place = low & places
                sorted_similarity[b, n, k] = similarity[b, n, place]


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
