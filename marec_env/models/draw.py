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
    _distinct(words, order, place, out)
    return out


@compiled
def _below(words, j, n):
    """The integer below `n` of the half-word `j` of a row of words; lower halves come first."""
    half = (words[j >> uint64(1)] >> ((j & uint64(1)) << uint64(5))) & uint64(0xFFFFFFFF)
    return (half * n) >> uint64(32)


@compiled
def _distinct(words, order, place, out):
    """Fisher and Yates on `order`, the identity, which is restored after every copy."""
    num_copies, count = out.shape
    for b in range(num_copies):
        for j in range(uint64(count)):
            r = j + _below(words[b], j, uint64(order.size) - j)
            place[j] = r
            out[b, j] = order[r]
            order[r] = order[j]
        for j in range(count):
            order[place[j]] = place[j]
