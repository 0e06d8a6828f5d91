"""Rationing: who is served when more agents pick an item than it has units.

    n_i  =  number of agents that pick i                                              (1)
    m_i  =  min(n_i, B_i) are served, and B_i - m_i units are left                    (2)
    P(u served)  =  min(1, max(0, (B_i - ahead_u) / tied_u))                          (3)

The m_i best-placed pickers of item i are served, in order of `affinity` (highest first); ties, and
everything where no affinity is given, go to the higher `draw`. So random rationing serves each of
n_i pickers with probability min(1, B_i / n_i), and (3) holds in expectation over the draws:
ahead_u pickers have a higher affinity than u, tied_u have the same, u itself included.

Every item keeps a heap of the pickers it would serve, the last in order on top: O(N log B_i) at
worst, and O(N) where nothing is over-demanded.
"""

import functools
from typing import NamedTuple

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled


class Service(NamedTuple):
    """What becomes of B batches of N simultaneous picks from M slots."""

    served: Array  # [B, N] bool
    pickers: Array  # n_i of the own pick, [B, N] int32; 0 without one
    crowd: Array  # m_i likewise
    demand: Array  # n_i [B, M] of the type of the stock
    left: Array  # B_i - m_i [B, M], likewise


def serve(picks: Array, stock: Array, draw: Array, affinity: Array | None = None) -> Service:
    """Equations (1) and (2).

    Args:
        picks: pool slot each agent picks, [B, N] integer; -1 is none.
        stock: B_i, units of each slot, [B, M] >= 0, of an integer type that counts to N as well.
        draw: one random number per agent, [B, N] float64; the higher one goes first.
        affinity: what goes before the draw, [B, N] float64; None is random rationing.
    """
    shape = picks.shape
    service = Service(
        np.empty(shape, np.bool_), np.empty(shape, np.int32), np.empty(shape, np.int32),
        np.zeros(stock.shape, stock.dtype), stock.copy(),
    )  # fmt: skip
    room = _room(shape[1], stock.shape[1])
    _serve(picks, stock, draw if affinity is None else affinity, draw, *room, *service)
    return service


@functools.lru_cache(maxsize=8)
def _room(num_agents: int, num_slots: int) -> tuple[Array, Array, Array]:
    """Room for the heaps: seats, where the heap of a slot starts, and its size, left as found."""
    start, size = np.empty(num_slots, np.uint32), np.zeros(num_slots, np.uint32)
    return np.empty(num_agents, np.uint32), start, size


def chance_of_service(picks: Array, precedence: Array, stock: Array) -> tuple[Array, Array]:
    """Equation (3): the law of `serve` over its draws, for any number of joint picks.

    Args:
        picks: [..., N] integer; -1 is none.
        precedence: the affinity of each pick, [..., N] float64; constant under random rationing.
        stock: [M] integer.

    Returns:
        The probability of being served, [..., N] float64, 0 without a pick; and n_i of the own
        pick, [..., N] int64, 0 without one.
    """
    num_slots = len(stock)
    rows = np.arange(picks.size) // picks.shape[-1]
    group = rows * (num_slots + 1) + picks.ravel() % (num_slots + 1)  # one per joint pick and slot
    order = np.lexsort((-precedence.ravel(), group))
    opens_group = np.diff(group[order], prepend=-1) != 0
    opens_tie = opens_group | (np.diff(precedence.ravel()[order], prepend=np.nan) != 0)
    group_start, group_size = _runs(opens_group)
    tie_start, tie_size = _runs(opens_tie)

    probability, demand = np.empty(picks.size), np.empty(picks.size, np.int64)
    units = np.append(stock, 0)[picks.ravel()[order]]
    probability[order] = np.clip((units - (tie_start - group_start)) / tie_size, 0.0, 1.0)
    demand[order] = group_size
    has_pick = picks >= 0
    return probability.reshape(picks.shape) * has_pick, demand.reshape(picks.shape) * has_pick


def _runs(opens: Array) -> tuple[Array, Array]:
    """Start and length of the run that each position belongs to; `opens` marks first positions."""
    starts = np.flatnonzero(opens)
    run = np.cumsum(opens) - 1
    return starts[run], np.diff(starts, append=len(opens))[run]


@compiled
def _goes_after(a, b, first, then):
    """Whether seat `a` comes later than seat `b`; a total order, so nothing depends on the heap."""
    if first[a] == first[b]:
        return a > b if then[a] == then[b] else then[a] < then[b]
    return first[a] < first[b]


@compiled
def _sift_down(heap, at, first, then):
    """Makes a heap of seats with the last in order on top, where only the one at `at` is amiss."""
    one, size = uint64(1), uint64(heap.size)
    child = at + at + one
    while child < size:
        if child + one < size and _goes_after(heap[child + one], heap[child], first, then):
            child += one
        if not _goes_after(heap[child], heap[at], first, then):
            break
        heap[at], heap[child] = heap[child], heap[at]
        at = child
        child = at + at + one


@compiled
def _serve(
    picks, stock, first, then, seats, start, size, served, pickers, crowd, demand, left
):  # fmt: skip
    """`demand` comes in as zeros, `left` as the stock.

    The heaps of all over-demanded slots stand in `seats` [N] one after another; that of a slot
    begins at `start` [M] and holds `size` [M], 0 on entry and on return.
    """
    num_envs, num_agents = picks.shape
    one = uint64(1)
    for b in range(num_envs):
        for n in range(num_agents):
            if picks[b, n] >= 0:
                demand[b, uint32(picks[b, n])] += 1
        used = uint64(0)
        for n in range(uint64(num_agents)):
            if picks[b, n] < 0:
                served[b, n], pickers[b, n], crowd[b, n] = False, 0, 0
                continue
            slot = uint32(picks[b, n])
            wanted, units = demand[b, slot], stock[b, slot]
            received = min(wanted, units)
            served[b, n], pickers[b, n], crowd[b, n] = wanted <= units, wanted, received
            left[b, slot] = units - received
            if wanted <= units or units == 0:
                continue
            room, held = uint64(units), uint64(size[slot])
            if held == 0:
                start[slot] = used
                used += room
            heap = seats[start[slot] : start[slot] + room]
            amiss = uint64(0)  # entries in front that may be
            if held < room:
                heap[held] = n
                size[slot] += 1
                if held + one == room:  # a heap only now that it is full
                    amiss = room >> one
            elif _goes_after(heap[0], n, first[b], then[b]):
                heap[0] = n
                amiss = one
            while amiss > 0:
                amiss -= one
                _sift_down(heap, amiss, first[b], then[b])
        if used > 0:  # only touched entries are cleared: a pass over M would outweigh the rest
            for i in range(used):
                served[b, seats[i]] = True
            for n in range(num_agents):
                if picks[b, n] >= 0:
                    size[uint32(picks[b, n])] = 0
