"""Attention: readers of one item at the same time share it; the first ones may have a scoop.

    h(n)  =  n^(-beta) (1 + scoop / n)     where nobody had read the item before       (1)
    h(n)  =  n^(-beta)                     elsewhere

n counts the agents that pick the item now. beta = .5 is what a crowd leaves to each of its members;
scoop is a bonus that those who are first split. Both 0: attention is not shared at all.
"""

import functools
from typing import NamedTuple

import numpy as np
from numba import uint32

from ..arrays import Array
from ..compiled import compiled
from .congestion import crowd_factor


@functools.cache
def shares(num_agents: int, beta: float, scoop: float) -> Array:
    """Equation (1) for n = 0 ... N, [2, N + 1] float64: of what was read, and of what was not."""
    n = np.arange(num_agents + 1)
    return crowd_factor(n, beta) * (1.0 + np.outer([0.0, scoop], 1.0 / np.maximum(n, 1)))


class Crowds(NamedTuple):
    """Who reads with whom."""

    load: Array  # n_i of each slot [B, M] int32
    company: Array  # n_i of each pick [B, N] int32; 0 for a skip
    share: Array  # h of each pick [B, N] float64; that of n = 0 for a skip


def divided(slots: Array, reads: Array, beta: float, scoop: float) -> Crowds:
    """What those who pick the same slot make of its attention.

    Args:
        slots: [B, N] int32, -1 for a skip.
        reads: picks of each slot before, [B, M] integer.
        beta: >= 0.
        scoop: >= 0.
    """
    load = np.zeros(reads.shape, np.int32)
    company, share = np.empty(slots.shape, np.int32), np.empty(slots.shape)
    _divided(slots, reads, shares(slots.shape[1], beta, scoop), load, company, share)
    return Crowds(load, company, share)


@compiled
def _divided(slots, reads, shares, load, company, share):
    num_copies, num_agents = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            if slots[b, n] >= 0:
                load[b, uint32(slots[b, n])] += 1
        for n in range(num_agents):
            company[b, n], share[b, n] = 0, shares[1, 0]
            if slots[b, n] >= 0:
                slot = uint32(slots[b, n])
                crowd = uint32(load[b, slot])
                company[b, n], share[b, n] = crowd, shares[uint32(reads[b, slot] == 0), crowd]
