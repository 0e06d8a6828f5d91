"""Philox4x64-10: random words by address instead of by sequence.

    (c0, c1, c2, c3) <- (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0))
    (k0, k1) <- (k0 + W0, k1 + W1)                                             ten times

A counter of four words gives four words, so that any draw of any copy, agent, step and episode can
be computed alone. The words equal those of `np.random.Philox(key=key, counter=counter)`, which adds
one to the counter before each block.

Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3".
"""

import numpy as np
from numba import uint64

from .arrays import Array
from .compiled import compiled

WORDS_PER_BLOCK = 4

_M0, _M1 = uint64(0xD2E7470EE14C6C93), uint64(0xCA5A826395121157)
_W0, _W1 = uint64(0x9E3779B97F4A7C15), uint64(0xBB67AE8584CAA73B)
_LOW, _32 = uint64(0xFFFFFFFF), uint64(32)


def words(seed: Array, purpose: int, t: Array, episode: Array, rows: int, row_size: int) -> Array:
    """Words [B, rows, row_size] uint64 of `row_size` words for each of `rows` agents or items.

    Args:
        seed: [B] uint64, one per copy.
        purpose: what the words are for; with the seed it is the key.
        t: [B] uint64, the draw's place in the episode.
        episode: [B] uint64.
        rows: how many draws a copy makes, e.g. one per agent.
        row_size: words per draw; a row starts at a block of its own.
    """
    return _whole_blocks(seed, purpose, t, episode, rows, row_size)[:, :, :row_size]


def uniform(seed: Array, purpose: int, t: Array, episode: Array, rows: int, row_size: int) -> Array:
    """Floats in [0, 1), [B, rows, row_size] float64, of the words above, as NumPy makes them."""
    drawn = _whole_blocks(seed, purpose, t, episode, rows, row_size)
    out = np.empty(drawn.shape)
    _as_floats(drawn, out)
    return out[:, :, :row_size]


def _whole_blocks(
    seed: Array, purpose: int, t: Array, episode: Array, rows: int, row_size: int
) -> Array:
    """As `words`, with the rest of each row's last block."""
    blocks = -(-row_size // WORDS_PER_BLOCK)
    out = np.empty((len(seed), rows, blocks * WORDS_PER_BLOCK), np.uint64)
    _fill(seed, np.uint64(purpose), t, episode, out)
    return out


@compiled
def _multiply_high(a, b):
    """High 64 bits of the 128-bit product of two words, from four 32-bit products."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _32, b & _LOW, b >> _32
    middle = a_high * b_low + ((a_low * b_low) >> _32)
    carry = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _32) + (carry >> _32)


@compiled
def _block(c0, c1, c2, c3, k0, k1):
    for _ in range(10):
        high0, low0 = _multiply_high(_M0, c0), _M0 * c0
        high1, low1 = _multiply_high(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 += _W0
        k1 += _W1
    return c0, c1, c2, c3


@compiled
def _fill(seed, purpose, t, episode, out):
    num_copies, rows, row_size = out.shape
    for b in range(num_copies):
        number = uint64(1)  # NumPy's first block
        for n in range(rows):
            for w in range(0, row_size, 4):
                x0, x1, x2, x3 = _block(number, t[b], episode[b], uint64(0), seed[b], purpose)
                out[b, n, w] = x0
                out[b, n, w + 1] = x1
                out[b, n, w + 2] = x2
                out[b, n, w + 3] = x3
                number += uint64(1)


@compiled
def _as_floats(words, out):
    num_copies, rows, row_size = out.shape
    for b in range(num_copies):
        for n in range(rows):
            for w in range(row_size):
                out[b, n, w] = (words[b, n, w] >> uint64(11)) * 2.0**-53
