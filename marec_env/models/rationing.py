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
        np.zeros(shape, np.bool_), np.empty(shape, np.int32), np.empty(shape, np.int32),
        np.zeros(stock.shape, stock.dtype), stock.copy(),
    )  # fmt: skip
    room = _room(shape[1], stock.shape[1])
    _serve(picks, stock, draw if affinity is None else affinity, draw, *room, *service)
    return service


@functools.lru_cache(maxsize=8)
def _room(num_agents: int, num_slots: int) -> tuple[Array, Array, Array]:
    """Room for the heaps, left as found: seats, where a slot's heap starts (-1: nowhere), size."""
    start, size = np.full(num_slots, -1, np.int32), np.zeros(num_slots, np.int32)
    return np.empty(num_agents, np.int32), start, size


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
    if first[a] != first[b]:
        return first[a] < first[b]
    if then[a] != then[b]:
        return then[a] < then[b]
    return a > b


@compiled
def _sift_down(heap, size, first, then):
    """Restores the heap [size] of seats after its top has changed; the last in order is on top."""
    at = 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and _goes_after(heap[child + 1], heap[child], first, then):
            child += 1
        if not _goes_after(heap[child], heap[at], first, then):
            break
        heap[at], heap[child] = heap[child], heap[at]
        at = child


@compiled
def _sift_up(heap, at, first, then):
    """Restores the heap after a seat was appended at position `at`."""
    while at > 0 and _goes_after(heap[at], heap[(at - 1) // 2], first, then):
        parent = (at - 1) // 2
        heap[at], heap[parent] = heap[parent], heap[at]
        at = parent


@compiled
def _serve(
    picks, stock, first, then, seats, start, size, served, pickers, crowd, demand, left
):  # fmt: skip
    """`served` and `demand` come in as zeros, `left` as the stock.

    The heaps of all over-demanded slots stand in `seats` [N] one after another; that of a slot
    begins at `start` [M] and holds `size` [M].
    """
    num_envs, num_agents = picks.shape
    for b in range(num_envs):
        for n in range(num_agents):
            if picks[b, n] >= 0:
                demand[b, picks[b, n]] += 1
        contested = False
        used = 0
        for n in range(num_agents):
            slot = picks[b, n]
            if slot < 0:
                pickers[b, n], crowd[b, n] = 0, 0
                continue
            units = stock[b, slot]
            pickers[b, n], crowd[b, n] = demand[b, slot], min(demand[b, slot], units)
            left[b, slot] = units - crowd[b, n]
            if demand[b, slot] <= units:
                served[b, n] = True
                continue
            contested = True
            if start[slot] < 0:
                start[slot] = used
                used += units
            heap = seats[start[slot] : start[slot] + units]
            if size[slot] < units:
                heap[size[slot]] = n
                _sift_up(heap, size[slot], first[b], then[b])
                size[slot] += 1
            elif units > 0 and _goes_after(heap[0], n, first[b], then[b]):
                heap[0] = n
                _sift_down(heap, units, first[b], then[b])
        for n in seats[:used]:
            served[b, n] = True
        if contested:  # only touched entries are cleared: a pass over M would outweigh the rest
            for n in range(num_agents):
                if picks[b, n] >= 0:
                    start[picks[b, n]] = -1
                    size[picks[b, n]] = 0
