"""Draws without replacement from addressed words; no rejection, so their number is known.

One half-word h gives an integer below n as floor(h n / 2^32); its bias is at most n / 2^32.
"""

import numpy as np
from numba import uint64

from ..arrays import Array
from ..compiled import compiled

_WORD, _HALF_WORD = np.dtype("<u8"), np.dtype("<u4")


def words_needed(count: int) -> int:
    """Words that hold `count` half-words."""
    return -(-count // 2)


def distinct(words: Array, population: int, count: int) -> Array:
    """`count` different integers below `population` for each copy, in the order drawn.

    Args:
        words: [B, W] uint64 with W >= words_needed(count).
        population: >= count.
        count: how many to draw.

    Returns:
        [B, count] int64; every ordered selection has the same probability up to the bias above.
    """
    out = np.empty((len(words), count), np.int64)
    order, place = np.arange(population), np.empty(count, np.uint64)
    _distinct(_halves(words), order, place, out)
    return out


def slates(words: Array, nearest: Array, pool_size: int, slate_size: int, num_near: int) -> Array:
    """Slots of a slate for each agent: some of its nearest items, the rest from the whole pool.

    Args:
        words: [B, N, W] uint64 with W >= words_needed(K).
        nearest: [B, N, L] int32, different pool slots of the items nearest to each agent.
        pool_size: M.
        slate_size: K <= M.
        num_near: how many of the K come from `nearest`; at most min(K, L).

    Returns:
        [B, N, K] int32, different slots in each slate, in the order drawn.
    """
    out = np.empty((*nearest.shape[:2], slate_size), np.int32)
    order = np.arange(pool_size, dtype=np.uint32)
    near, place = np.empty(nearest.shape[2], np.uint32), np.empty(slate_size, np.uint64)
    _slates(_halves(words), nearest, num_near, order, order[:num_near].copy(), near, place, out)
    return out


def _halves(words: Array) -> Array:
    """Half-words [..., 2 W] uint32 of words [..., W], the lower one first."""
    return np.ascontiguousarray(words, _WORD).view(_HALF_WORD).astype(np.uint32, copy=False)


@compiled
def _below(half, n):
    """The integer below `n` of a half-word."""
    return (uint64(half) * n) >> uint64(32)


@compiled
def _distinct(halves, order, place, out):
    """Fisher and Yates on `order`, the identity, which is restored after every copy."""
    num_copies, count = out.shape
    for b in range(num_copies):
        for j in range(uint64(count)):
            r = j + _below(halves[b, j], uint64(order.size) - j)
            place[j] = r
            out[b, j] = order[r]
            order[r] = order[j]
        for j in range(count):
            order[place[j]] = place[j]


@compiled
def _slates(halves, nearest, num_near, order, where, near, place, out):
    """The same after near items were moved to the front, where they had not all been before.

    order[j] is not looked at again once j is drawn, hence not written. `where` holds the places of
    the items that were first in front and made room, the only ones to be elsewhere. Indices are
    unsigned: a signed one is tested for being negative, which costs time.
    """
    num_copies, num_agents, slate_size = out.shape
    num_front, num_nearest = uint64(num_near), uint64(near.size)
    for b in range(num_copies):
        for n in range(num_agents):
            for j in range(num_nearest):
                near[j] = nearest[b, n, j]
            for j in range(num_front):
                k = j + _below(halves[b, n, j], num_nearest - j)
                drawn, near[k] = near[k], near[j]
                made_room = order[j]
                r = uint64(where[drawn] if drawn < num_front else drawn)
                order[r], where[made_room] = made_room, r
                place[j] = r
                out[b, n, j] = drawn
            for j in range(num_front, uint64(slate_size)):
                r = j + _below(halves[b, n, j], uint64(order.size) - j)
                out[b, n, j] = order[r]
                order[r] = order[j]
                place[j] = r
            for j in range(num_front):
                where[j] = j
            for j in range(slate_size):
                order[place[j]] = place[j]
