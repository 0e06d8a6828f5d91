"""Draws without replacement from addressed words; no rejection, so their number is known.

One half-word h gives an integer below n as floor(h n / 2^32); its bias is at most n / 2^32.
"""

import numpy as np
from numba import uint64

from ..arrays import Array
from ..compiled import compiled


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
    _distinct(np.ascontiguousarray(words), order, place, out)
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
    _slates(np.ascontiguousarray(words), nearest, num_near, pool_size, out)
    return out


@compiled
def _below(word, j, n):
    """The integer below `n` of half-word `j` of `word`."""
    half = (word >> uint64(32 * (j & 1))) & uint64(0xFFFFFFFF)
    return (half * uint64(n)) >> uint64(32)


@compiled
def _distinct(words, order, place, out):
    """Fisher and Yates on `order`, the identity, which is restored after every copy."""
    num_copies, count = out.shape
    population = order.size
    for b in range(num_copies):
        for j in range(count):
            r = uint64(j) + _below(words[b, j >> 1], j, population - j)
            place[j] = r
            order[j], order[r] = order[r], order[j]
            out[b, j] = order[j]
        for j in range(count):
            order[j] = j
            order[place[j]] = place[j]


@compiled
def _slates(words, nearest, num_near, pool_size, out):
    """As above, with order[where[m]] == m; near items are first moved to the front.

    `order` is restored after every slate, for less than a new one would cost.
    Indices are unsigned: a signed one is tested for being negative, which costs time.
    """
    num_copies, num_agents, slate_size = out.shape
    num_nearest = nearest.shape[2]
    order, where = np.empty(pool_size, np.uint32), np.empty(pool_size, np.uint32)
    near, place = np.empty(num_nearest, np.uint32), np.empty(slate_size, np.uint32)
    for m in range(pool_size):
        order[m], where[m] = m, m
    for b in range(num_copies):
        for n in range(num_agents):
            for j in range(num_nearest):
                near[j] = nearest[b, n, j]
            for j in range(slate_size):
                word = words[b, n, j >> 1]
                if j < num_near:
                    k = uint64(j) + _below(word, j, num_nearest - j)
                    near[j], near[k] = near[k], near[j]
                    r = uint64(where[near[j]])
                else:
                    r = uint64(j) + _below(word, j, pool_size - j)
                front, drawn = order[j], order[r]
                order[j], order[r] = drawn, front
                where[drawn], where[front] = j, r
                place[j] = r
                out[b, n, j] = drawn
            for j in range(slate_size):
                r = place[j]
                order[j], where[j] = j, j
                order[r], where[r] = r, r
