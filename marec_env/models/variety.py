"""Variety: how unlike one another a user's picks are, and how little known.

    diversity_u  =  mean over pairs of u's picks of 1 - <e_i, e_j>                     (1)
                 =  1 - (|sum of e|^2 - sum of |e|^2) / (L (L - 1)),  L picks          (2)
    novelty      =  mean over picks of -log2 q_i,         q_i add-one share of counts  (3)

(2) costs O(L D) instead of O(L^2 D). These need the catalogue's vectors and counts, so they are
computed on request and not at every end of an episode.

Sources: Ziegler et al. (2005), "Improving recommendation lists through topic diversification";
Zhou et al. (2010), "Solving the apparent diversity-accuracy dilemma of recommender systems".
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def diversity(items: Array, item_vectors: Array) -> Array:
    """Equation (1) for each agent.

    Args:
        items: what was picked, [B, T, N] integer; -1 for a skip.
        item_vectors: [I, D] floating, of unit length.

    Returns:
        [B, N] float64 in [0, 2]; repeats count as pairs of distance 0; NaN below two picks.
    """
    out = np.empty((items.shape[0], items.shape[2]))
    _diversity(items, item_vectors, np.empty(item_vectors.shape[1]), out)
    return out


def self_information(counts: Array) -> Array:
    """-log2 q_i of equation (3), in bits [I], from how often each item was rated or picked [I]."""
    smoothed = np.asarray(counts, np.float64) + 1.0
    return -np.log2(smoothed / smoothed.sum())


def novelty(items: Array, information: Array) -> Array:
    """Equation (3) for each episode, in bits.

    Args:
        items: what was picked, [B, T, N] integer; -1 for a skip.
        information: `self_information`, [I] float64.

    Returns:
        [B] float64; NaN without a pick.
    """
    is_pick = items >= 0
    demand = is_pick.sum(axis=(1, 2))
    bits = np.where(is_pick, information[items], 0.0).sum(axis=(1, 2))
    return np.where(demand > 0, bits / np.maximum(demand, 1), np.nan)


@compiled
def _diversity(items, item_vectors, total, out):
    """`total` is room for a sum of vectors, [D]."""
    num_envs, num_steps, num_agents = items.shape
    size = total.size
    for b in range(num_envs):
        for n in range(num_agents):
            total[:] = 0.0
            own, length = 0.0, 0  # sum of <e_i, e_i>
            for t in range(num_steps):
                item = items[b, t, n]
                if item < 0:
                    continue
                length += 1
                for d in range(size):
                    x = np.float64(item_vectors[item, d])
                    total[d] += x
                    own += x * x
            square = 0.0
            for d in range(size):
                square += total[d] * total[d]
            pairs = length * (length - 1)
            out[b, n] = 1.0 - (square - own) / pairs if pairs > 0 else np.nan
