"""How much there is of each item.

    share_i = exp(sigma z_i) / sum_j exp(sigma z_j),  z_i standard normal                       (1)
    B_i     = share_i * total, rounded by largest remainder, so that sum_i B_i = total           (2)

Source of (2): Hamilton's method of apportionment (Balinski and Young, 1982, "Fair representation").
"""

import numpy as np

from ..arrays import Array


def lognormal_shares(z: Array, sigma: float) -> Array:
    """Equation (1) of standard normals [..., M]; shares [..., M] float64 that sum to one."""
    weights = np.exp(sigma * z)
    return weights / weights.sum(axis=-1, keepdims=True)


def largest_remainder(shares: Array, total: int) -> Array:
    """Equation (2) of shares [..., M]: int32 [..., M], sum `total`; ties go to smaller indices."""
    quota = shares * total
    units = np.floor(quota)
    missing = total - units.sum(axis=-1, keepdims=True)
    order = np.argsort(units - quota, axis=-1, kind="stable")  # largest remainder first
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(order.shape[-1]), order.shape), -1)
    return (units + (place < missing)).astype(np.int32)
