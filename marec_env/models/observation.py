"""Assembles `[K candidates x C columns, P columns of the agent]` in one pass over memory."""

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled
from ..layout import Layout


def assemble(
    slots: Array,
    items: Array,
    quantities: tuple[Array, ...],
    slot_quantities: tuple[Array, ...],
    counts: tuple[Array, ...],
    own_counts: tuple[Array, ...],
    item_vectors: Array,
    user_vectors: Array,
    users: Array,
    private: Array | None,
    calendar: Array,
    step: Array,
    size: int,
) -> Array:
    """The observation of every agent.

    Args:
        slots: [B, N, K] int32, pool slots of the candidates.
        items: [B, N, K] int32, their catalogue ids.
        quantities: one or more [B, N, K] float64, each a column of a candidate.
        slot_quantities: any number of [B, M] float64; a column shows that of the slot.
        counts: any number of [B, M] >= 0, all int16 or all int32; a column shows log(1 + count) of
            the slot.
        own_counts: any number of [B, N, K] int32 >= 0, the same of the candidate itself.
        item_vectors: [I, E] float32, the last columns of a candidate; E = 0 shows none.
        user_vectors: [U, D] float32, the first columns of an agent.
        users: [B, N] int64.
        private: [B, N, P] float64, the next columns of an agent; None is none.
        calendar: [T + 1, Q] float64, the last columns of an agent, the same for all.
        step: [B] int64, the row of the calendar.
        size: S = K C + D + P + Q, C the number of a candidate's columns.

    Returns:
        [B, N, S] float32.
    """
    out = np.empty((*users.shape, size), np.float32)
    # a compiled function cannot take an empty tuple; what is None it is compiled without
    _assemble(
        slots, items, quantities, slot_quantities or None, counts or None, own_counts or None,
        _LOG, item_vectors, user_vectors, users, private, calendar, step, out,
    )  # fmt: skip
    return out


def without_items(observation: Array, layout: Layout, num_shown: int) -> Array:
    """Observations [B, N, S] that keep the first `num_shown` columns of a candidate only."""
    slate_size = layout.num_candidates * layout.candidate_size
    rows = observation.shape[:2]
    candidates = observation[..., :slate_size].reshape(*rows, layout.num_candidates, -1)
    shown = candidates[..., :num_shown].reshape(*rows, -1)
    return np.concatenate([shown, observation[..., slate_size:]], axis=-1)


def log_counts(counts: Array) -> Array:
    """log(1 + count), float32, of integers >= 0; counts above 4,095 are seen as 4,095."""
    return _LOG[np.minimum(counts, len(_LOG) - 1)]


_LOG = np.log1p(np.arange(4096)).astype(np.float32)  # a look-up is cheaper than a logarithm


@compiled
def _assemble(
    slots, items, quantities, slot_quantities, counts, own_counts, log_table, item_vectors,
    user_vectors, users, private, calendar, step, out,
):  # fmt: skip
    """Indices are unsigned: a signed one is tested for being negative, which doubles the time."""
    num_copies, num_agents, slate_size = slots.shape
    num_private = 0
    if private is not None:
        num_private = private.shape[2]
    agent_size = user_vectors.shape[1] + num_private + calendar.shape[1]
    num_columns = (out.shape[2] - agent_size) // slate_size
    width, highest = uint64(num_columns), uint32(log_table.size - 1)
    last = calendar.shape[0] - 1
    for b in range(num_copies):
        for n in range(num_agents):
            column = uint64(0)
            for q in range(len(quantities)):
                at = column
                for k in range(slate_size):
                    out[b, n, at] = quantities[q][b, n, k]
                    at += width
                column += uint64(1)
            if slot_quantities is not None:
                for q in range(len(slot_quantities)):
                    at = column
                    for k in range(slate_size):
                        out[b, n, at] = slot_quantities[q][b, uint32(slots[b, n, k])]
                        at += width
                    column += uint64(1)
            if counts is not None:
                for q in range(len(counts)):
                    at = column
                    for k in range(slate_size):
                        count = uint32(counts[q][b, uint32(slots[b, n, k])])
                        out[b, n, at] = log_table[min(count, highest)]
                        at += width
                    column += uint64(1)
            if own_counts is not None:
                for q in range(len(own_counts)):
                    at = column
                    for k in range(slate_size):
                        count = uint32(own_counts[q][b, n, k])
                        out[b, n, at] = log_table[min(count, highest)]
                        at += width
                    column += uint64(1)
            item_size = item_vectors.shape[1]
            for k in range(slate_size if item_size > 0 else 0):
                item, at = uint32(items[b, n, k]), uint64((k + 1) * num_columns - item_size)
                for d in range(item_size):
                    out[b, n, at + uint64(d)] = item_vectors[item, d]
            user, at = uint64(users[b, n]), uint64(slate_size * num_columns)
            for d in range(user_vectors.shape[1]):
                out[b, n, at + uint64(d)] = user_vectors[user, d]
            at += uint64(user_vectors.shape[1])
            if private is not None:
                for q in range(num_private):
                    out[b, n, at + uint64(q)] = private[b, n, q]
                at += uint64(num_private)
            for q in range(calendar.shape[1]):
                out[b, n, at + uint64(q)] = calendar[min(step[b], last), q]
