"""B independent random streams whose draws are addressed, not consumed.

    key = (seed of the copy, purpose)        counter = (block, t, episode, 0)

t is 0 for the draws of `reset`, step + 1 for those of a step. A draw depends on its address only:
on no other copy, no earlier draw and no pick. So a copy of a batch is, bit for bit, the single
environment with its seed; two policies meet the same slates; switching a mechanism off changes
nothing else; and the draws of the future can be looked at (reference/).
"""

import enum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import philox
from .arrays import Array

_ONE = np.ones(1, np.uint64)  # an array is added twice as fast as a number


class Purpose(enum.IntEnum):
    """What a draw is for. Numbers are part of every result: add, never renumber."""

    USERS = 1
    POOL = 2
    CAPACITY = 3
    SLATES = 4
    RATIONING = 5
    NOISE = 6
    HELD_OUT = 7
    FLIGHTS = 8
    ARRIVALS = 9
    CASCADE = 10
    DRIFT = 11
    AGES = 12


class Streams(NamedTuple):
    """The addresses of B copies at one moment."""

    seed: Array  # [B] uint64
    episode: Array  # [B] uint64
    t: Array  # [B] uint64

    def at(self, t: ArrayLike) -> "Streams":
        """The same copies and episodes at another moment, `t` [B] integers >= 0."""
        return Streams(self.seed, self.episode, np.asarray(t, np.int64).view(np.uint64))

    def later(self) -> "Streams":
        """The same copies and episodes one step later."""
        return Streams(self.seed, self.episode, self.t + _ONE)

    def only(self, copies: ArrayLike) -> "Streams":
        """Those of `copies`, a mask [B] or indices."""
        copies = np.asarray(copies)
        return Streams(self.seed[copies], self.episode[copies], self.t[copies])

    def words(self, purpose: Purpose, rows: int, row_size: int = 1) -> Array:
        """Random words [B, rows, row_size] uint64."""
        return philox.words(self.seed, purpose, self.t, self.episode, rows, row_size)

    def uniform(self, purpose: Purpose, rows: int, row_size: int = 1) -> Array:
        """Uniform in [0, 1), [B, rows, row_size] float64, made as by `np.random.Generator`."""
        return philox.uniform(self.seed, purpose, self.t, self.episode, rows, row_size)

    def normal(self, purpose: Purpose, rows: int) -> Array:
        """Standard normal [B, rows] float64 by Box and Muller (1958): no rejection."""
        u = self.uniform(purpose, rows, 2)
        return np.sqrt(-2.0 * np.log1p(-u[..., 0])) * np.cos(2.0 * np.pi * u[..., 1])


def single(seed: int) -> Streams:
    """One copy at the start of its first episode, for what a world draws once and for all."""
    return Streams(np.array([seed], np.uint64), np.zeros(1, np.uint64), np.zeros(1, np.uint64))
