"""Slates: some of an agent's nearest items, the rest from the whole pool, most similar first.

Both parts are drawn without replacement, by Fisher and Yates (draw.py); the order is that of the
similarity as far as agents see it, in float32, ties by slot.
"""

import functools

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled

Room = tuple[Array, Array, Array, Array]


def drawn(words: Array, nearest: Array, pool_size: int, slate_size: int, num_near: int) -> Array:
    """Slots of a slate for each agent, in the order drawn.

    Args:
        words: [B, N, W] uint64 with W >= words_needed(K).
        nearest: [B, N, L] int32, different pool slots of the items nearest to each agent.
        pool_size: M.
        slate_size: K <= M.
        num_near: how many of the K come from `nearest`; at most min(K, L).

    Returns:
        [B, N, K] int32, different slots in each slate.
    """
    slots = np.empty((*nearest.shape[:2], slate_size), np.int32)
    room = _room(pool_size, slate_size, num_near, nearest.shape[2])
    _draw(words, nearest, num_near, *room, slots)
    return slots


def most_similar_first(slots: Array, similarity: Array, pool: Array) -> tuple[Array, Array, Array]:
    """Slates in the order in which agents see them.

    Args:
        slots: [B, N, K] int32, in any order.
        similarity: [B, N, K] float64, >= 0.
        pool: [B, M] int64, catalogue ids of the slots; or [1, M] where all copies have the same.

    Returns:
        Slots [B, N, K] int32, their items int32 and similarities float64.
    """
    slots, similarity, keys = slots.copy(), similarity.copy(), np.empty(slots.shape, np.int64)
    _pack(slots, similarity, place_bits(slots.shape[2]), keys)
    return _in_order(keys, slots, similarity, pool)


def drawn_from_table(
    words: Array,
    nearest: Array,
    table: Array,
    rows: Array,
    columns: Array,
    pool: Array,
    slate_size: int,
    num_near: int,
) -> tuple[Array, Array, Array]:
    """`most_similar_first` of what is `drawn`, where a table holds the similarities.

    Args:
        words: as in `drawn`, like `nearest`, `slate_size` and `num_near`.
        nearest: different pool slots.
        table: as in `look_up`, like `rows` and `columns`.
        rows: of the agents.
        columns: of the slots.
        pool: as in `most_similar_first`.
        slate_size: K.
        num_near: from `nearest`.
    """
    shape = (*nearest.shape[:2], slate_size)
    slots, similarity, keys = np.empty(shape, np.int32), np.empty(shape), np.empty(shape, np.int64)
    room = _room(pool.shape[1], slate_size, num_near, nearest.shape[2])
    _draw_and_pack(
        words, nearest, num_near, *room, table, rows, columns,
        place_bits(slate_size), slots, similarity, keys,
    )  # fmt: skip
    return _in_order(keys, slots, similarity, pool)


def look_up(table: Array, rows: Array, columns: Array, slots: Array) -> Array:
    """Entries [B, N, K] of `table` for agents and the candidates at their `slots` [B, N, K].

    Args:
        table: [R, C].
        rows: [B, N] integers, the row of each agent.
        columns: [B, M] integers, the column of each slot; or [1, M], the same in all copies.
        slots: [B, N, K] int32.
    """
    found = np.empty(slots.shape, table.dtype)
    _look_up(table, rows, columns, slots, found)
    return found


def place_bits(slate_size: int) -> int:
    """Bits that hold a place in a slate; slot and place have to share 32."""
    return (slate_size - 1).bit_length()


def _in_order(
    keys: Array, slots: Array, similarity: Array, pool: Array
) -> tuple[Array, Array, Array]:
    """What the packed `keys` [B, N, K] hold, in their order; all but the pool are overwritten."""
    keys.sort(axis=-1)  # NumPy's is vectorised, and the fastest known for rows of this length
    items, row = np.empty(keys.shape, np.int32), np.empty(keys.shape[2])
    _unpack(keys, pool, place_bits(keys.shape[2]), row, slots, items, similarity)
    return slots, items, similarity


@functools.lru_cache(maxsize=8)
def _room(pool_size: int, slate_size: int, num_near: int, num_nearest: int) -> Room:
    """Room to draw in, which `_draw` leaves as it found it: order, where, near and place."""
    order = np.arange(pool_size, dtype=np.uint32)
    where, near = order[:num_near].copy(), np.empty(num_nearest, np.uint32)
    return order, where, near, np.empty(slate_size, np.uint64)


@compiled
def _below(words, j, n):
    """The integer below `n` of the half-word `j` of a row of words; lower halves come first."""
    half = (words[j >> uint64(1)] >> ((j & uint64(1)) << uint64(5))) & uint64(0xFFFFFFFF)
    return (half * n) >> uint64(32)


@compiled
def _draw(words, nearest, num_near, order, where, near, place, slots):
    """Fisher and Yates, after near items were moved to the front, where not all had been before.

    order[j], the identity on entry, is not looked at again once j is drawn, hence not written.
    `where` holds the places of the items that were first in front and made room, the only ones to
    be elsewhere. Indices are unsigned: a signed one is tested for being negative, which costs time.
    """
    num_copies, num_agents, slate_size = slots.shape
    num_front, num_nearest = uint64(num_near), uint64(near.size)
    for b in range(num_copies):
        for n in range(num_agents):
            for j in range(num_nearest):
                near[j] = nearest[b, n, j]
            for j in range(num_front):
                k = j + _below(words[b, n], j, num_nearest - j)
                slots[b, n, j], near[k] = near[k], near[j]
            if num_front == uint64(slate_size):
                continue
            for j in range(num_front):
                slot, made_room = uint32(slots[b, n, j]), order[j]
                r = uint64(where[slot] if slot < num_front else slot)
                order[r], where[made_room] = made_room, r
                place[j] = r
            for j in range(num_front, uint64(slate_size)):
                r = j + _below(words[b, n], j, uint64(order.size) - j)
                slots[b, n, j] = order[r]
                order[r] = order[j]
                place[j] = r
            for j in range(num_front):
                where[j] = j
            for j in range(slate_size):
                order[place[j]] = place[j]


@compiled
def _look_up(table, rows, columns, slots, out):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        of = uint64(b if columns.shape[0] > 1 else 0)
        for n in range(num_agents):
            row = uint64(rows[b, n])
            for k in range(slate_size):
                out[b, n, k] = table[row, uint64(columns[of, uint32(slots[b, n, k])])]


@compiled
def _pack(slots, similarity, place_bits, keys):
    """Similarity, slot and place of a candidate become one integer, to be sorted as such.

    Bits of floats >= 0 are ordered as the floats are; slot and place share the lower half.
    """
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                high = 0x7FFFFFFF - np.float32(similarity[b, n, k]).view(np.int32)
                low = (np.int64(slots[b, n, k]) << place_bits) | k
                keys[b, n, k] = (np.int64(high) << 32) | low


@compiled
def _draw_and_pack(
    words, nearest, num_near, order, where, near, place, table, rows, columns, place_bits,
    slots, similarity, keys,
):  # fmt: skip
    _draw(words, nearest, num_near, order, where, near, place, slots)
    _look_up(table, rows, columns, slots, similarity)
    _pack(slots, similarity, place_bits, keys)


@compiled
def _unpack(keys, pool, place_bits, row, slots, items, similarity):
    """`similarity` [B, N, K] is put in order, through room for a `row` [K] of it."""
    num_copies, num_agents, slate_size = keys.shape
    places = (uint64(1) << uint64(place_bits)) - uint64(1)
    for b in range(num_copies):
        of = uint64(b if pool.shape[0] > 1 else 0)
        for n in range(num_agents):
            for k in range(slate_size):
                row[k] = similarity[b, n, k]
            for k in range(slate_size):
                low = uint64(keys[b, n, k]) & uint64(0xFFFFFFFF)
                slot = low >> uint64(place_bits)
                slots[b, n, k] = slot
                items[b, n, k] = pool[of, slot]
                similarity[b, n, k] = row[low & places]
