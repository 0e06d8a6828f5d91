"""Arrivals: new items come at random times into a pool whose slots are fixed; the oldest make room.

    n  =  min { k : u < P(Poisson(rate) <= k) },   at most `most`                      (1)

The number of arrivals inverts the distribution function at one uniform draw u, and every item that
could arrive has a word of its own, so that how much is drawn never depends on what was drawn. It is
drawn from all items that are not in the pool: the r-th of them, r uniform, is found by

    x <- r + number of items of the pool <= x,    from x = r on, until it stays        (2)

A first pool of M items holds the ages, in any order,

    a_m  =  floor( m min(1 / rate, span / M) ),    m = 0, 1, ... M - 1                 (3)

those of items that came evenly at that rate; or, where fewer come than keep M slots filled, of
items spread evenly over the `span` of steps for which they are offered.
"""

import math

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled

_NEVER = 2.0**-40  # a chance that is taken for none


def distribution(rate: float, most: int) -> Array:
    """P(Poisson(rate) <= k) for k = 0, 1, ... [most + 1] float64, cut where the rest is no chance.

    The last entry is 1: that many at most arrive in a step.
    """
    terms = [math.exp(-rate)]
    while len(terms) <= most and (len(terms) <= rate or terms[-1] > _NEVER):
        terms.append(terms[-1] * rate / len(terms))
    chance = np.minimum(np.cumsum(terms), 1.0)
    chance[-1] = 1.0
    return chance


def first_ages(rate: float, pool_size: int, span: int) -> Array:
    """Equation (3), ascending: [M] int32, all below `span`; all 0 where none ever comes."""
    slots = np.arange(pool_size)
    return np.minimum(slots / rate if rate > 0 else 0, slots * span / pool_size).astype(np.int32)


def arrive(
    pool: Array, age: Array, words: Array, chance: Array, num_items: int
) -> tuple[Array, Array, Array]:
    """Puts what arrives into the slots of the oldest; ties go to the first slot.

    Args:
        pool: [B, M] int64, different ids below I.
        age: [B, M] int32, > 0.
        words: [B, W] uint64, one more than can arrive: the first makes u.
        chance: as `distribution` makes it, [W].
        num_items: I > M.

    Returns:
        Pool [B, M] int64 and ages [B, M] int32 with the new ones in, which have age 0, and where
        they are, [B, M] bool.
    """
    pool, age, is_new = pool.copy(), age.copy(), np.zeros(pool.shape, np.bool_)
    _arrive(pool, age, np.ascontiguousarray(words), chance, num_items, is_new)
    return pool, age, is_new


@compiled
def _absent(pool, r):
    """The r-th of the ids that are not in `pool`: equation (2)."""
    x = r
    while True:
        num_before = uint64(0)
        for item in pool:
            num_before += uint64(uint64(item) <= x)
        if r + num_before == x:
            return x
        x = r + num_before


@compiled
def _arrive(pool, age, words, chance, num_items, is_new):
    num_copies, pool_size = pool.shape
    num_others = uint64(num_items - pool_size)
    for b in range(num_copies):
        u = (words[b, 0] >> uint64(11)) * 2.0**-53
        j = 0
        while u >= chance[j]:
            j += 1
            r = ((words[b, j] >> uint64(32)) * num_others) >> uint64(32)
            slot = uint32(0)
            for m in range(pool_size):
                if age[b, m] > age[b, slot]:
                    slot = uint32(m)
            pool[b, slot] = _absent(pool[b], r)
            age[b, slot], is_new[b, slot] = 0, True
