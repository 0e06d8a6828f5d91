"""Congestion: what a crowd leaves of an item's value.

    g(m)  =  max(m, 1)^(-beta)                                                        (1)
    w_k   =  k^(1 - beta) - (k - 1)^(1 - beta),   0 if negative                       (2)

(1) each of m served agents keeps the share g(m) of its base value: beta = 0 is no crowding, and
beta = 1 shares one value equally. (2) what the k-th agent adds to a crowd of equal values; for
beta <= 1 the first k shares sum to k g(k), and w_k falls with k. For v_1 >= ... >= v_m, Chebyshev's
sum inequality gives g(m) sum_k v_k <= sum_k w_k v_k: the bound that reference solutions rest on.

Sources: Rosenthal (1973), "A class of games possessing pure-strategy Nash equilibria"; Milchtaich
(1996), "Congestion games with player-specific payoff functions".
"""

import functools

import numpy as np

from ..arrays import Array
from ..compiled import compiled
from .pick import Picks


def crowd_factor(served: Array, beta: float) -> Array:
    """Equation (1), elementwise.

    Args:
        served: m, how many agents receive the item, any shape, >= 0.
        beta: congestion exponent, >= 0, dimensionless.

    Returns:
        g in (0, 1], the shape of `served`, float64; exactly 1 where beta = 0 or m <= 1.

    Raises:
        ValueError: if `beta` is negative: company would then raise the value.
    """
    if not beta >= 0:
        raise ValueError(f"beta must be >= 0, got {beta}")
    if beta == 0:
        return np.ones(np.shape(served))
    return np.maximum(served, 1).astype(np.float64) ** -beta


@functools.cache
def crowd_factors(num_agents: int, beta: float) -> Array:
    """Equation (1) for m = 0, 1, ... N, [N + 1] float64: a look-up is cheaper than a power."""
    return crowd_factor(np.arange(num_agents + 1), beta)


def sales(picked: Picks, served: Array, crowd: Array, beta: float) -> tuple[Array, Array]:
    """What picks pay: their base value, if served, times what the crowd leaves of it.

    Args:
        picked: by each agent, [B, N].
        served: [B, N] bool.
        crowd: m, how many receive the item, [B, N] int32.
        beta: as above.

    Returns:
        The payoff, and equation (1), [B, N] float64 each.
    """
    payoff, factor = np.empty(served.shape), np.empty(served.shape)
    factors = crowd_factors(served.shape[1], beta)
    _sales(picked.similarity, picked.rating, served, crowd, factors, payoff, factor)
    return payoff, factor


def received(value: Array, service: Array, factor: Array) -> Array:
    """What a pick pays: its base value, if served, less what the crowd takes.

    Args:
        value: v_ui >= 0, any shape.
        service: whether, or with which probability, the pick is served; in [0, 1].
        factor: the `crowd_factor` of how many are served of its item.
    """
    return value * service * factor


def marginal_shares(count: int, beta: float) -> Array:
    """Equation (2): w_1, ..., w_count, float64; w_1 = 1 and no share exceeds the one before."""
    if not beta >= 0:
        raise ValueError(f"beta must be >= 0, got {beta}")
    if beta >= 1:  # a second agent never adds to the best one
        return (np.arange(count) == 0).astype(np.float64)
    return np.diff(np.arange(count + 1.0) ** (1 - beta))


@compiled
def _sales(similarity, rating, served, crowd, factors, payoff, factor):
    num_copies, num_agents = served.shape
    for b in range(num_copies):
        for n in range(num_agents):
            factor[b, n] = factors[crowd[b, n]]
            payoff[b, n] = similarity[b, n] * rating[b, n] * served[b, n] * factor[b, n]
