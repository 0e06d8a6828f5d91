"""Philox4x64-10: random words by address instead of by sequence.

    (c0, c1, c2, c3) <- (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0))
    (k0, k1) <- (k0 + W0, k1 + W1)                                             ten times

A counter of four words gives four words, so that any draw of any copy, agent, step and episode can
be computed alone. The words equal those of `np.random.Philox(key=key, counter=counter)`, which adds
one to the counter before each block.

Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3".
"""

from typing import Any

import numpy as np
from numba import types, uint64
from numba.extending import intrinsic

from .arrays import Array
from .compiled import compiled

WORDS_PER_BLOCK = 4
_NO_WORDS, _NO_FLOATS = np.empty((0, 0, 0), np.uint64), np.empty((0, 0, 0))

_M0, _M1 = uint64(0xD2E7470EE14C6C93), uint64(0xCA5A826395121157)
_W0, _W1 = uint64(0x9E3779B97F4A7C15), uint64(0xBB67AE8584CAA73B)


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
    width = -(-row_size // WORDS_PER_BLOCK) * WORDS_PER_BLOCK
    out = np.empty((len(seed), rows, width), np.uint64)
    _fill(seed, int(purpose), t, episode, out, _NO_FLOATS)
    return out if width == row_size else out[:, :, :row_size]


def uniform(seed: Array, purpose: int, t: Array, episode: Array, rows: int, row_size: int) -> Array:
    """Floats in [0, 1), [B, rows, row_size] float64, of the words above, as NumPy makes them."""
    width = -(-row_size // WORDS_PER_BLOCK) * WORDS_PER_BLOCK
    out = np.empty((len(seed), rows, width))
    _fill(seed, int(purpose), t, episode, _NO_WORDS, out)
    return out if width == row_size else out[:, :, :row_size]


def whole_blocks(row_size: int) -> int:
    """How many words the blocks of a row hold."""
    return -(-row_size // WORDS_PER_BLOCK) * WORDS_PER_BLOCK


def _product(_typing, _a, _b):
    """The 128 bits of a product of two words, high and low: one instruction of the processor."""

    def generate(context, builder, signature, words):
        word, double = words[0].type, type(words[0].type)(128)  # LLVM's integers
        product = builder.mul(*(builder.zext(factor, double) for factor in words))
        halves = builder.lshr(product, double(64)), product
        pair = [builder.trunc(half, word) for half in halves]
        return context.make_tuple(builder, signature.return_type, pair)

    return types.UniTuple(uint64, 2)(uint64, uint64), generate


_multiply: Any = intrinsic(_product)


@compiled
def _block(c0, c1, c2, c3, k0, k1):
    for _ in range(10):
        high0, low0 = _multiply(_M0, c0)
        high1, low1 = _multiply(_M1, c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 += _W0
        k1 += _W1
    return c0, c1, c2, c3


@compiled
def _fill(seed, purpose, t, episode, words, floats):
    """The blocks of a copy, numbered from 1, into either array [B, rows, blocks * 4].

    The other one is empty. Each of the floats is what the upper 53 bits of a word are.
    """
    with_floats = floats.size > 0
    num_copies, num_rows, row_size = floats.shape if with_floats else words.shape
    for b in range(num_copies):
        at = uint64(0)
        for row in range(num_rows):
            for w in range(0, row_size, WORDS_PER_BLOCK):
                at += uint64(1)  # NumPy's first block
                block = _block(at, t[b], episode[b], uint64(0), seed[b], uint64(purpose))
                for i in range(4):
                    place = uint64(w) + uint64(i)
                    if with_floats:
                        floats[b, row, place] = (block[i] >> uint64(11)) * 2.0**-53
                    else:
                        words[b, row, place] = block[i]
