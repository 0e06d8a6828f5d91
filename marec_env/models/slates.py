"""Slates: some of an agent's nearest items, the rest from the whole pool, most similar first.

Both parts are drawn without replacement, by Fisher and Yates (draw.py); the order is that of the
similarity as far as agents see it, in float32, ties by slot.
"""

import functools

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled

FEW = 32  # candidates that are put in order fastest by comparing each with each
Room = tuple[Array, Array, Array, Array, Array, Array]


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
    room = _room(pool_size, slate_size, num_near, nearest.shape[2])[:4]
    _draw_all(words, nearest, num_near, *room, slots)
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
    slots, similarity, items = slots.copy(), similarity.copy(), np.empty(slots.shape, np.int32)
    slate_size = slots.shape[2]
    row = np.empty(slate_size)
    if slate_size <= FEW:
        _order_all(pool, row, np.empty(slate_size, np.int64), slots, items, similarity)
    else:
        keys = np.empty(slots.shape, np.int64)
        _pack(slots, similarity, keys)
        keys.sort(axis=-1)
        _unpack(keys, pool, row, np.empty(pool.shape[1], np.uint32), slots, items, similarity)
    return slots, items, similarity


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
    if slate_size > FEW:
        slots = drawn(words, nearest, pool.shape[1], slate_size, num_near)
        return most_similar_first(slots, look_up(table, rows, columns, slots), pool)
    shape = (*rows.shape, slate_size)
    out = np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty(shape)
    room = _room(pool.shape[1], slate_size, num_near, nearest.shape[2])
    _draw_and_order(words, nearest, num_near, table, rows, columns, pool, *room, *out)
    return out


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


@functools.lru_cache(maxsize=8)
def _room(pool_size: int, slate_size: int, num_near: int, num_nearest: int) -> Room:
    """Room to draw in, which `_draw` leaves as it found it: order, where, near and place.

    And to put in order: a row of similarities, and keys.
    """
    order = np.arange(pool_size, dtype=np.uint32)
    where, near = order[:num_near].copy(), np.empty(num_nearest, np.uint32)
    place, keys = np.empty(slate_size, np.uint64), np.empty(slate_size, np.int64)
    return order, where, near, place, np.empty(slate_size), keys


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
    num_front, num_nearest, slate_size = uint64(num_near), uint64(near.size), uint64(slots.size)
    for j in range(num_nearest):
        near[j] = nearest[j]
    for j in range(num_front):
        k = j + _below(words, j, num_nearest - j)
        slots[j], near[k] = near[k], near[j]
    if num_front == slate_size:
        return
    for j in range(num_front):
        slot, made_room = uint32(slots[j]), order[j]
        r = uint64(where[slot] if slot < num_front else slot)
        order[r], where[made_room] = made_room, r
        place[j] = r
    for j in range(num_front, slate_size):
        r = j + _below(words, j, uint64(order.size) - j)
        slots[j] = order[r]
        order[r] = order[j]
        place[j] = r
    for j in range(num_front):
        where[j] = j
    for j in range(slate_size):
        order[place[j]] = place[j]


@compiled
def _draw_all(words, nearest, num_near, order, where, near, place, slots):
    for b in range(slots.shape[0]):
        for n in range(slots.shape[1]):
            _draw(words[b, n], nearest[b, n], num_near, order, where, near, place, slots[b, n])


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
def _key(similarity, slot):
    """One integer of both, the smaller the earlier: floats >= 0 are ordered as their bits are."""
    high = 0x7FFFFFFF - np.float32(similarity).view(np.int32)
    return (np.int64(high) << 32) | np.int64(slot)


@compiled
def _order(pool, row, keys, slots, items, similarity):
    """Puts a candidate behind as many as come before it; `row` and `keys` [K] are room.

    Of few keys several are compared at a time, which no other way of sorting does so well.
    """
    for k in range(slots.size):
        row[k] = similarity[k]
        keys[k] = _key(row[k], slots[k])
    for k in range(row.size):
        key, place = keys[k], 0
        for other in range(keys.size):
            place += keys[other] < key
        slot = uint32(key & 0xFFFFFFFF)
        slots[place], items[place], similarity[place] = slot, pool[slot], row[k]


@compiled
def _order_all(pool, row, keys, slots, items, similarity):
    for b in range(slots.shape[0]):
        of = uint64(b if pool.shape[0] > 1 else 0)
        for n in range(slots.shape[1]):
            _order(pool[of], row, keys, slots[b, n], items[b, n], similarity[b, n])


@compiled
def _draw_and_order(
    words, nearest, num_near, table, rows, columns, pool, order, where, near, place, row, keys,
    slots, items, similarity,
):  # fmt: skip
    _draw_all(words, nearest, num_near, order, where, near, place, slots)
    _look_up(table, rows, columns, slots, similarity)
    _order_all(pool, row, keys, slots, items, similarity)


@compiled
def _pack(slots, similarity, keys):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                keys[b, n, k] = _key(similarity[b, n, k], slots[b, n, k])


@compiled
def _unpack(keys, pool, row, where, slots, items, similarity):
    """All but the pool [B, M] are put in the order of `keys`; `row` [K], `where` [M] are room."""
    num_copies, num_agents, slate_size = keys.shape
    for b in range(num_copies):
        of = uint64(b if pool.shape[0] > 1 else 0)
        for n in range(num_agents):
            for k in range(slate_size):
                where[uint32(slots[b, n, k])] = k
                row[k] = similarity[b, n, k]
            for k in range(slate_size):
                slot = uint32(keys[b, n, k] & 0xFFFFFFFF)
                slots[b, n, k], items[b, n, k] = slot, pool[of, slot]
                similarity[b, n, k] = row[where[slot]]
