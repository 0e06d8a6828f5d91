"""How much there is of each item.

    share_i = exp(sigma z_i) / sum_j exp(sigma z_j),  z_i standard normal                       (1)
    B_i     = share_i * total, rounded by largest remainder, so that sum_i B_i = total           (2)

Source of (2): Hamilton's method of apportionment (Balinski and Young, 1982, "Fair representation").
"""

import math

import numpy as np

from ..arrays import Array

SIGMA = 0.5  # of the lognormal shares
_MOST_UNITS = 2**31 - 1  # that int32 counts
_MOST_IN_HALF = 2**15 - 1  # that int16 counts


def total_units(stock_share: float, num_picks: int) -> int:
    """Of all items together, where there is a `stock_share` per pick; inf: of each, one per pick.

    Raises:
        ValueError: if there are none, or more than int32 counts.
    """
    units = stock_share * num_picks
    if units == math.inf:
        return num_picks
    if not 1 <= round(units) <= _MOST_UNITS:
        raise ValueError(f"stock_share must leave 1 ... 2^31 - 1 units, or be inf, got {units:.3g}")
    return round(units)


def capacities(z: Array, stock_share: float, num_agents: int, num_steps: int) -> Array:
    """Units of each item for the picks of some agents and steps: (1) and (2), or no limit.

    Args:
        z: standard normals, [B, M].
        stock_share: units per pick over all items, > 0; inf: of each as many as all could pick.
        num_agents: N.
        num_steps: between two restocks.

    Returns:
        [B, M] int16, or int32 where there is more to count, N included.
    """
    units = total_units(stock_share, num_agents * num_steps)
    is_little = max(units, num_agents) <= _MOST_IN_HALF  # twice as much fits into a cache
    counter = np.int16 if is_little else np.int32
    if stock_share == math.inf:
        return np.full(z.shape, units, counter)
    return largest_remainder(lognormal_shares(z, SIGMA), units).astype(counter)


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
