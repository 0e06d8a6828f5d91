"""Assembles `[K candidates x C columns, P columns of the agent]` in one pass over memory."""

import numpy as np

from ..arrays import Array
from ..compiled import compiled

_COUNTS = np.zeros((0, 0), np.int32)


def assemble(
    slots: Array,
    items: Array,
    quantities: tuple[Array, ...],
    counts: tuple[Array, ...],
    item_vectors: Array,
    user_vectors: Array,
    users: Array,
    public: Array,
) -> Array:
    """The observation of every agent.

    Args:
        slots: [B, N, K] int32, pool slots of the candidates.
        items: [B, N, K] int32, their catalogue ids.
        quantities: one or more [B, N, K] float64, each a column of a candidate.
        counts: any number of [B, M] int32 >= 0, each a column that shows log(1 + count) of the slot.
        item_vectors: [I, E] float32, the last columns of a candidate; E = 0 shows none.
        user_vectors: [U, D] float32, the first columns of an agent.
        users: [B, N] int64.
        public: [B, Q] float64, the last columns of an agent, the same for all.

    Returns:
        [B, N, K * (len(quantities) + len(counts) + E) + D + Q] float32.
    """
    num_columns = len(quantities) + len(counts) + item_vectors.shape[1]
    size = slots.shape[2] * num_columns + user_vectors.shape[1] + public.shape[1]
    out = np.empty((*users.shape, size), np.float32)
    given = counts or (_COUNTS,)  # a compiled function cannot take an empty tuple
    _assemble(
        slots, items, quantities, len(counts), given, _LOG, item_vectors,
        user_vectors, users, public, out,
    )  # fmt: skip
    return out


def log_counts(counts: Array) -> Array:
    """log(1 + count), float32, of integers >= 0."""
    return np.log1p(counts).astype(np.float32)


_LOG = log_counts(np.arange(256))  # larger counts are rare and computed when they occur


@compiled
def _assemble(
    slots, items, quantities, num_counts, counts, log_table, item_vectors,
    user_vectors, users, public, out,
):  # fmt: skip
    num_copies, num_agents, slate_size = slots.shape
    num_quantities, item_size = len(quantities), item_vectors.shape[1]
    num_columns = num_quantities + num_counts + item_size
    for b in range(num_copies):
        for n in range(num_agents):
            row = out[b, n]
            for q in range(num_quantities):
                column = quantities[q][b, n]
                for k in range(slate_size):
                    row[k * num_columns + q] = column[k]
            for q in range(num_counts):
                per_slot = counts[q][b]
                for k in range(slate_size):
                    count = per_slot[slots[b, n, k]]
                    seen = log_table[count] if count < log_table.size else np.log1p(count)
                    row[k * num_columns + num_quantities + q] = seen
            if item_size > 0:
                for k in range(slate_size):
                    vector = item_vectors[items[b, n, k]]
                    start = (k + 1) * num_columns - item_size
                    for d in range(item_size):
                        row[start + d] = vector[d]
            start = slate_size * num_columns
            vector = user_vectors[users[b, n]]
            for d in range(vector.size):
                row[start + d] = vector[d]
            start += vector.size
            for q in range(public.shape[1]):
                row[start + q] = public[b, q]
