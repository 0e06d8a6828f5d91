"""What competition an agent can expect for its candidates, before anybody has picked.

Two numbers stand for it: of how many agents an item is the best candidate, and how many have it in
their slate. Best is the most similar legal one, the first of equals. Whoever has left does not
count.
"""

import numpy as np
from numba import uint32

from ..arrays import Array
from ..compiled import compiled


def demand(
    slots: Array, similarity: Array, stock: Array, present: Array | None
) -> tuple[Array, Array]:
    """How many agents might pick each item now.

    Args:
        slots: [B, N, K] int32, the slates.
        similarity: [B, N, K] float64, >= 0.
        stock: [B, M] integer; a candidate is legal where some is left.
        present: [B, N] bool; None: all.

    Returns:
        Agents whose best candidate it is, and agents that have it in their slate, [B, M] int32; or
        int16, where the stock is, which must then count to N.
    """
    counter = np.int16 if stock.dtype == np.int16 else np.int32
    best, shown = np.zeros(stock.shape, counter), np.zeros(stock.shape, counter)
    _demand(slots, similarity, stock, _ALL if present is None else present, best, shown)
    return best, shown


def demand_nearby(
    slots: Array, similarity: Array, stock: Array, present: Array | None, neighbours: Array
) -> tuple[Array, Array]:
    """The same, counting an agent's neighbours only, for each of its candidates.

    Args:
        slots: as above.
        similarity: as above.
        stock: as above.
        present: as above.
        neighbours: [B, N, J] int32, seats; -1 is nobody.

    Returns:
        Neighbours whose best candidate it is, and neighbours that have it in their slate,
        [B, N, K] int32.
    """
    best, shown = np.zeros(slots.shape, np.int32), np.zeros(slots.shape, np.int32)
    favourite = np.empty(slots.shape[1], np.int32)
    tally = np.zeros((2, stock.shape[1]), np.int32)
    present = _ALL if present is None else present
    _demand_nearby(
        slots, similarity, stock, present, neighbours, favourite, tally[0], tally[1], best, shown
    )
    return best, shown


_ALL = np.zeros((0, 0), np.bool_)  # an array of nobody spares one of everybody


@compiled
def _demand(slots, similarity, stock, present, best, shown):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            if present.size > 0 and not present[b, n]:
                continue
            favourite, highest = uint32(0), -1.0
            for k in range(slate_size):
                slot = uint32(slots[b, n, k])
                shown[b, slot] += 1
                if stock[b, slot] > 0 and similarity[b, n, k] > highest:
                    favourite, highest = slot, similarity[b, n, k]
            if highest >= 0:
                best[b, favourite] += 1


@compiled
def _demand_nearby(
    slots, similarity, stock, present, neighbours, favourite, wishes, offers, best, shown
):
    """`wishes` and `offers` [M] are 0 whenever the next agent begins to count."""
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            favourite[n], highest = -1, -1.0
            for k in range(slate_size):
                slot = uint32(slots[b, n, k])
                if stock[b, slot] > 0 and similarity[b, n, k] > highest:
                    favourite[n], highest = slot, similarity[b, n, k]
        for n in range(num_agents):
            for j in range(neighbours.shape[2]):
                v = neighbours[b, n, j]
                if v < 0 or (present.size > 0 and not present[b, v]):
                    continue
                if favourite[v] >= 0:
                    wishes[favourite[v]] += 1
                for k in range(slate_size):
                    offers[uint32(slots[b, v, k])] += 1
            for k in range(slate_size):
                slot = uint32(slots[b, n, k])
                best[b, n, k], shown[b, n, k] = wishes[slot], offers[slot]
            for j in range(neighbours.shape[2]):
                v = neighbours[b, n, j]
                if v < 0 or (present.size > 0 and not present[b, v]):
                    continue
                if favourite[v] >= 0:
                    wishes[favourite[v]] = 0
                for k in range(slate_size):
                    offers[uint32(slots[b, v, k])] = 0
