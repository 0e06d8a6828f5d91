"""Stock from step to step.

B_i <- capacity_i at a restock, else B_i - min(n_i, B_i)                                      (1)
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def after_sales(stock: Array, demand: Array, capacity: Array, is_restocked: Array) -> Array:
    """Equation (1): units at the next step, [B, M] int32 >= 0.

    Args:
        stock: B_i, [B, M] int32 >= 0.
        demand: n_i, agents that picked the item, [B, M] int32 >= 0.
        capacity: [B, M] int32 >= 0.
        is_restocked: copies whose next step finds everything restocked, [B] bool.
    """
    out = np.empty_like(stock)
    _after_sales(stock, demand, capacity, is_restocked, out)
    return out


@compiled
def _after_sales(stock, demand, capacity, is_restocked, out):
    num_copies, pool_size = stock.shape
    for b in range(num_copies):
        for m in range(pool_size):
            if is_restocked[b]:
                out[b, m] = capacity[b, m]
            else:
                out[b, m] = stock[b, m] - min(demand[b, m], stock[b, m])
