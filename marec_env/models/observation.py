"""Assembles `[K candidates x C columns, P columns of the agent]` in one pass over memory."""

import numpy as np

from ..arrays import Array
from ..compiled import compiled


def assemble(
    quantities: tuple[Array, ...],
    item_vectors: Array,
    items: Array,
    user_vectors: Array,
    users: Array,
    public: Array,
) -> Array:
    """The observation of every agent.

    Args:
        quantities: one or more arrays [B, N, K] float64, a column of a candidate each.
        item_vectors: [I, E] float32, appended to a candidate's columns; E = 0 shows none.
        items: [B, N, K] int64.
        user_vectors: [U, D] float32, the first of the agent's columns.
        users: [B, N] int64.
        public: [B, Q] float64, the last of the agent's columns, the same for all.

    Returns:
        [B, N, K * (len(quantities) + E) + D + Q] float32.
    """
    num_copies, num_agents, slate_size = items.shape
    num_columns = len(quantities) + item_vectors.shape[1]
    size = slate_size * num_columns + user_vectors.shape[1] + public.shape[1]
    out = np.empty((num_copies, num_agents, size), np.float32)
    _assemble(quantities, item_vectors, items, user_vectors, users, public, out)
    return out


@compiled
def _assemble(quantities, item_vectors, items, user_vectors, users, public, out):
    num_copies, num_agents, slate_size = items.shape
    num_quantities, item_size = len(quantities), item_vectors.shape[1]
    num_columns = num_quantities + item_size
    for b in range(num_copies):
        for n in range(num_agents):
            row = out[b, n]
            for q in range(num_quantities):
                column = quantities[q][b, n]
                for k in range(slate_size):
                    row[k * num_columns + q] = column[k]
            if item_size > 0:
                for k in range(slate_size):
                    vector = item_vectors[items[b, n, k]]
                    start = k * num_columns + num_quantities
                    for d in range(item_size):
                        row[start + d] = vector[d]
            start = slate_size * num_columns
            vector = user_vectors[users[b, n]]
            for d in range(vector.size):
                row[start + d] = vector[d]
            start += vector.size
            for q in range(public.shape[1]):
                row[start + q] = public[b, q]
