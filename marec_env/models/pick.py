"""From actions to picks: which slot of the pool, which item, how similar; and what is illegal."""

from typing import NamedTuple

import numpy as np
from numba import uint32

from ..arrays import Array
from ..compiled import compiled


class Picks(NamedTuple):
    """What each agent takes now."""

    slot: Array  # [B, N] int32: pool slot, -1 for a skip
    item: Array  # [B, N] int32: catalogue id, -1 for a skip
    similarity: Array  # [B, N] float64: s(e_u, e_i), 0 for a skip


def picks(slots: Array, similarity: Array, pool: Array, actions: Array) -> Picks:
    """Looks actions [B, N] up in slates [B, N, K] over a pool [B, M]; action K is the skip."""
    shape = actions.shape
    out = Picks(np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty(shape))
    _picks(slots, similarity, pool, actions, *out)
    return out


def legalise(actions: Array, action_mask: Array, alive: Array) -> tuple[Array, Array]:
    """Actions with every illegal one replaced by the skip, the last action.

    Args:
        actions: [B, N] int64, any values.
        action_mask: [B, N, A] bool.
        alive: [B, N] bool; the actions of the others are ignored, hence never illegal.

    Returns:
        Legal actions [B, N] int64, and where a living agent's action was illegal, [B, N] bool.
    """
    out, is_illegal = np.empty(actions.shape, np.int64), np.empty(actions.shape, np.bool_)
    _legalise(actions, action_mask, alive, out, is_illegal)
    return out, is_illegal


def at_slots(per_slot: Array, slots: Array) -> Array:
    """What the pool [B, M] holds at the slot of each candidate [B, N, K], e.g. its catalogue id."""
    out = np.empty(slots.shape, per_slot.dtype)
    _at_slots(per_slot, slots, out)
    return out


def in_stock(stock: Array, slots: Array) -> Array:
    """The mask [B, N, K + 1] of candidates of which `stock` [B, M] has some, and of the skip."""
    num_copies, num_agents, slate_size = slots.shape
    out = np.empty((num_copies, num_agents, slate_size + 1), np.bool_)
    _in_stock(stock, slots, out)
    return out


def entries(table: Array, users: Array, items: Array) -> Array:
    """Entries [B, N] float64 of a table [U, I] for users and items [B, N]; 0 for item -1."""
    out = np.empty(users.shape)
    _entries(table, users, items, out)
    return out


def at_picks(per_slot: Array, slot: Array) -> Array:
    """A quantity of the pool [B, M] at the slot that each agent picks [B, N]; 0 for a skip."""
    out = np.empty(slot.shape, per_slot.dtype)
    _at_picks(per_slot, slot, out)
    return out


@compiled
def _picks(slots, similarity, pool, actions, slot, item, picked_similarity):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            k = actions[b, n]
            if 0 <= k < slate_size:
                slot[b, n] = slots[b, n, k]
                item[b, n] = pool[b, slots[b, n, k]]
                picked_similarity[b, n] = similarity[b, n, k]
            else:
                slot[b, n], item[b, n], picked_similarity[b, n] = -1, -1, 0.0


@compiled
def _legalise(actions, action_mask, alive, out, is_illegal):
    num_copies, num_agents, num_actions = action_mask.shape
    for b in range(num_copies):
        for n in range(num_agents):
            a = actions[b, n]
            is_legal = 0 <= a < num_actions and action_mask[b, n, a]
            out[b, n] = a if is_legal and alive[b, n] else num_actions - 1
            is_illegal[b, n] = alive[b, n] and not is_legal


@compiled
def _at_slots(per_slot, slots, out):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                out[b, n, k] = per_slot[b, uint32(slots[b, n, k])]


@compiled
def _in_stock(stock, slots, out):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                out[b, n, k] = stock[b, uint32(slots[b, n, k])] > 0
            out[b, n, slate_size] = True


@compiled
def _entries(table, users, items, out):
    num_copies, num_agents = users.shape
    for b in range(num_copies):
        for n in range(num_agents):
            out[b, n] = table[users[b, n], items[b, n]] if items[b, n] >= 0 else 0.0


@compiled
def _at_picks(per_slot, slot, out):
    num_copies, num_agents = slot.shape
    for b in range(num_copies):
        for n in range(num_agents):
            out[b, n] = per_slot[b, slot[b, n]] if slot[b, n] >= 0 else 0
