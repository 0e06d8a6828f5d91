"""Rationing: who is served when more agents pick an item than it has units.

    n_i  =  number of agents that pick i                                              (1)
    m_i  =  min(n_i, B_i)                                                             (2)
    P(u served)  =  min(1, max(0, (B_i - ahead_u) / tied_u))                          (3)

The m_i best-placed pickers of item i are served, in order of `affinity` (highest first); ties, and
everything where no affinity is given, go to the higher `draw`. So random rationing serves each of
n_i pickers with probability min(1, B_i / n_i), and (3) holds in expectation over the draws:
ahead_u pickers have a higher affinity than u, tied_u have the same, u itself included.

Every item keeps a heap of the pickers it would serve, the last in order on top: O(N log B_i) at
worst, and O(N) where nothing is over-demanded.
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def serve(
    picks: Array, stock: Array, draw: Array, affinity: Array | None = None
) -> tuple[Array, Array]:
    """Serves B batches of N simultaneous picks.

    Args:
        picks: pool slot each agent picks, [B, N] integer; -1 is none.
        stock: units of each slot, [B, M] integer, >= 0.
        draw: one random number per agent, [B, N] float64; the higher one goes first.
        affinity: what goes before the draw, [B, N] float64; None is random rationing.

    Returns:
        served [B, N] bool and demand n_i [B, M] int32; the served of a slot number min(n_i, B_i).
    """
    served = np.zeros(picks.shape, dtype=np.bool_)
    demand = np.zeros(stock.shape, dtype=np.int32)
    # room to work in, made here: compiling an allocation takes a fifth of a second
    seats = np.empty(picks.shape[1], np.int32)
    start, size = np.empty(stock.shape[1], np.int32), np.empty(stock.shape[1], np.int32)
    first = draw if affinity is None else affinity
    _serve(picks, stock, first, draw, seats, start, size, served, demand)
    return served, demand


def company(picks: Array, demand: Array, stock: Array) -> tuple[Array, Array]:
    """n_i and m_i of each agent's own pick, [B, N] int32; 0 without one."""
    pickers, crowd = np.empty(picks.shape, np.int32), np.empty(picks.shape, np.int32)
    _company(picks, demand, stock, pickers, crowd)
    return pickers, crowd


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
def _serve(picks, stock, first, then, seats, start, size, served, demand):
    """Fills `served` [B, N] and `demand` [B, M], both zero on entry.

    The heaps of all over-demanded slots stand in `seats` [N] one after another; that of a slot
    begins at `start` [M], or nowhere at -1, and holds `size` [M].
    """
    num_envs, num_agents = picks.shape
    for slot in range(start.size):
        start[slot], size[slot] = -1, 0
    for b in range(num_envs):
        for n in range(num_agents):
            if picks[b, n] >= 0:
                demand[b, picks[b, n]] += 1
        contested = False
        used = 0
        for n in range(num_agents):
            slot = picks[b, n]
            if slot < 0:
                continue
            units = stock[b, slot]
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


@compiled
def _company(picks, demand, stock, pickers, crowd):
    num_envs, num_agents = picks.shape
    for b in range(num_envs):
        for n in range(num_agents):
            slot = picks[b, n]
            pickers[b, n] = demand[b, slot] if slot >= 0 else 0
            crowd[b, n] = min(demand[b, slot], stock[b, slot]) if slot >= 0 else 0
