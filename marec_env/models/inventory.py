"""Stock from step to step.

B_i <- capacity_i at a restock, else what the sales have left                                  (1)
"""

import functools

import numpy as np

from ..arrays import Array
from ..flags import are_all, is_any


@functools.cache
def restocks(horizon: int, every: int) -> Array:
    """Whether step t = 0, 1, ... T finds everything restocked, [T + 1] bool."""
    return np.arange(horizon + 1) % every == 0


def after_restock(left: Array, capacity: Array, is_restocked: Array) -> Array:
    """Equation (1): units at the next step, [B, M]; not to be written to, as it may be either one.

    Args:
        left: units after the sales, [B, M] integer.
        capacity: [B, M] integer.
        is_restocked: copies whose next step finds everything restocked, [B] bool.
    """
    if not is_any(is_restocked):  # nearly always it is all or none
        return left
    if are_all(is_restocked):
        return capacity
    return np.where(is_restocked[:, None], capacity, left)
