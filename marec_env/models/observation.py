"""Assembles `[K candidates x C columns, P columns of the agent]` in one pass over memory."""

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled
from ..layout import Layout

_NO_SLOT_QUANTITIES = np.zeros((0, 0))
_NO_COUNTS = np.zeros((0, 0), np.int32)
_NO_OWN_COUNTS = np.zeros((0, 0, 0), np.int32)
_NOTHING_PRIVATE = np.zeros((0, 0, 0))


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
    public: Array,
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
        public: [B, Q] float64, the last columns of an agent, the same for all.

    Returns:
        [B, N, K C + D + P + Q] float32, C the number of a candidate's columns.
    """
    num_shown = len(quantities) + len(slot_quantities) + len(counts) + len(own_counts)
    num_columns = num_shown + item_vectors.shape[1]
    private = _NOTHING_PRIVATE if private is None else private
    agent_size = user_vectors.shape[1] + private.shape[2] + public.shape[1]
    size = slots.shape[2] * num_columns + agent_size
    out = np.empty((*users.shape, size), np.float32)
    # a compiled function cannot take an empty tuple
    _assemble(
        slots, items, quantities, len(slot_quantities), slot_quantities or (_NO_SLOT_QUANTITIES,),
        len(counts), counts or (_NO_COUNTS,), len(own_counts), own_counts or (_NO_OWN_COUNTS,),
        _LOG, item_vectors, user_vectors, users, private, public, out,
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
    slots, items, quantities, num_slot_quantities, slot_quantities, num_counts, counts,
    num_own_counts, own_counts, log_table, item_vectors, user_vectors, users, private, public, out,
):  # fmt: skip
    """Indices are unsigned: a signed one is tested for being negative, which doubles the time."""
    num_copies, num_agents, slate_size = slots.shape
    num_quantities, item_size = len(quantities), item_vectors.shape[1]
    first_count = num_quantities + num_slot_quantities
    num_columns = first_count + num_counts + num_own_counts + item_size
    step, highest = uint64(num_columns), uint32(log_table.size - 1)
    for b in range(num_copies):
        for n in range(num_agents):
            for q in range(num_quantities):
                quantity, at = quantities[q], uint64(q)
                for k in range(slate_size):
                    out[b, n, at] = quantity[b, n, k]
                    at += step
            for q in range(num_slot_quantities):
                quantity, at = slot_quantities[q], uint64(num_quantities + q)
                for k in range(slate_size):
                    out[b, n, at] = quantity[b, uint32(slots[b, n, k])]
                    at += step
            for q in range(num_counts):
                count, at = counts[q], uint64(first_count + q)
                for k in range(slate_size):
                    entry = min(uint32(count[b, uint32(slots[b, n, k])]), highest)
                    out[b, n, at] = log_table[entry]
                    at += step
            for q in range(num_own_counts):
                count, at = own_counts[q], uint64(first_count + num_counts + q)
                for k in range(slate_size):
                    out[b, n, at] = log_table[min(uint32(count[b, n, k]), highest)]
                    at += step
            for k in range(slate_size if item_size > 0 else 0):
                item, at = uint32(items[b, n, k]), uint64((k + 1) * num_columns - item_size)
                for d in range(item_size):
                    out[b, n, at + uint64(d)] = item_vectors[item, d]
            user, at = uint64(users[b, n]), uint64(slate_size * num_columns)
            for d in range(user_vectors.shape[1]):
                out[b, n, at + uint64(d)] = user_vectors[user, d]
            at += uint64(user_vectors.shape[1])
            for q in range(private.shape[2]):
                out[b, n, at + uint64(q)] = private[b, n, q]
            at += uint64(private.shape[2])
            for q in range(public.shape[1]):
                out[b, n, at + uint64(q)] = public[b, q]
