"""Satiation: topics tire whoever has just read of them, and recover while left alone.

    appetite_u,i  =  max(0, 1 - kappa sat_u,topic(i))                                  (1)
    sat_u,c      <-  gamma_s (sat_u,c + [topic picked = c])                            (2)

(1) is what satiation leaves of an item's value: kappa = 0 is none. A reader who comes back to a
topic every C steps meets the satiation gamma_s^C / (1 - gamma_s^C) there.

Sources: Leqi, Kilinc-Karzan, Lipton and Montgomery (2021), "Rebounding bandits for modeling
satiation effects".
"""

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled


def appetite(satiation: Array, kappa: float) -> Array:
    """Equation (1), elementwise: in [0, 1], and exactly 1 where kappa = 0."""
    return np.maximum(0.0, 1.0 - kappa * satiation)


def after_picks(satiation: Array, topics: Array, items: Array, gamma: float) -> Array:
    """Equation (2).

    Args:
        satiation: [B, N, C] float64, >= 0.
        topics: [I] int64 below C.
        items: [B, N] int32, what each agent picked, -1 for a skip.
        gamma: gamma_s, what is left of it a step later, in [0, 1].

    Returns:
        The satiation of the next step, [B, N, C] float64.
    """
    out = np.empty_like(satiation)
    _after_picks(satiation, topics, items, gamma, out)
    return out


def of_candidates(satiation: Array, topics: Array, items: Array) -> Array:
    """The own satiation [B, N, C] of the topics [I] of candidates [B, N, K], float64 of theirs."""
    out = np.empty(items.shape)
    _of_candidates(satiation, topics, items, out)
    return out


def of_picks(satiation: Array, topics: Array, items: Array) -> Array:
    """The own satiation [B, N, C] of the topic of each pick [B, N], float64; 0 for a skip."""
    out = np.empty(items.shape)
    _of_picks(satiation, topics, items, out)
    return out


@compiled
def _after_picks(satiation, topics, items, gamma, out):
    num_copies, num_agents, num_topics = satiation.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for c in range(num_topics):
                out[b, n, c] = gamma * satiation[b, n, c]
            if items[b, n] >= 0:
                c = uint64(topics[uint32(items[b, n])])
                out[b, n, c] = gamma * (satiation[b, n, c] + 1.0)


@compiled
def _of_candidates(satiation, topics, items, out):
    num_copies, num_agents, slate_size = items.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                out[b, n, k] = satiation[b, n, uint64(topics[uint32(items[b, n, k])])]


@compiled
def _of_picks(satiation, topics, items, out):
    num_copies, num_agents = items.shape
    for b in range(num_copies):
        for n in range(num_agents):
            is_pick = items[b, n] >= 0
            out[b, n] = satiation[b, n, topics[items[b, n]]] if is_pick else 0.0
