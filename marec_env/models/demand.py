"""What competition an agent can expect for its candidates, before anybody has picked."""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def demand(slots: Array, similarity: Array, legal: Array, pool_size: int) -> tuple[Array, Array]:
    """How many agents might pick each item now.

    Args:
        slots: [B, N, K] int64, the slates.
        similarity: [B, N, K] float64; an agent's best candidate is its most similar legal one.
        legal: [B, N, K] bool.
        pool_size: M.

    Returns:
        Agents whose best candidate it is, and agents that have it in their slate, [B, M] int64.
    """
    best = np.zeros((len(slots), pool_size), np.int64)
    shown = np.zeros((len(slots), pool_size), np.int64)
    _demand(slots, similarity, legal, best, shown)
    return best, shown


@compiled
def _demand(slots, similarity, legal, best, shown):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            favourite, highest = -1, -1.0
            for k in range(slate_size):
                slot = slots[b, n, k]
                shown[b, slot] += 1
                if legal[b, n, k] and similarity[b, n, k] > highest:
                    favourite, highest = slot, similarity[b, n, k]
            if favourite >= 0:
                best[b, favourite] += 1
