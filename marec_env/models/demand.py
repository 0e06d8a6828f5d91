"""What competition an agent can expect for its candidates, before anybody has picked."""

import numpy as np
from numba import uint32

from ..arrays import Array
from ..compiled import compiled


def demand(slots: Array, similarity: Array, stock: Array) -> tuple[Array, Array]:
    """How many agents might pick each item now.

    Args:
        slots: [B, N, K] int32, the slates.
        similarity: [B, N, K] float64; an agent's best candidate is its most similar legal one.
        stock: [B, M] int32; a candidate is legal where some is left.

    Returns:
        Agents whose best candidate it is, and agents that have it in their slate, [B, M] int32.
    """
    best, shown = np.zeros(stock.shape, np.int32), np.zeros(stock.shape, np.int32)
    _demand(slots, similarity, stock, best, shown)
    return best, shown


@compiled
def _demand(slots, similarity, stock, best, shown):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            favourite, highest = uint32(0), -1.0
            for k in range(slate_size):
                slot = uint32(slots[b, n, k])
                shown[b, slot] += 1
                if stock[b, slot] > 0 and similarity[b, n, k] > highest:
                    favourite, highest = slot, similarity[b, n, k]
            if highest >= 0:
                best[b, favourite] += 1
