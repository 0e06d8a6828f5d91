"""From actions to picks: which slot of the pool, which item, how similar; and what is illegal."""

from typing import NamedTuple

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled


class Picks(NamedTuple):
    """What each agent takes now."""

    slot: Array  # [B, N] int32: pool slot, -1 for a skip
    item: Array  # [B, N] int32: catalogue id, -1 for a skip
    similarity: Array  # [B, N] float64: s(e_u, e_i), 0 for a skip
    rating: Array  # [B, N] float64: r_ui, 0 for a skip

    def factors(self) -> dict[str, Array]:
        """Those of the base value of a pick, in their order."""
        return {"similarity": self.similarity, "rating": self.rating}


def picks(
    slots: Array,
    similarity: Array,
    pool: Array,
    users: Array,
    ratings: Array | None,
    actions: Array,
) -> Picks:
    """Looks actions up in slates; action K is the skip.

    Args:
        slots: [B, N, K] int32, the slates.
        similarity: [B, N, K] float64.
        pool: [B, M] int64, the catalogue ids of the slots.
        users: [B, N] int64.
        ratings: [U, I] float32; None if there are too many for a table: then only the
            0 of a skip is written, and what picks are worth is left to the caller.
        actions: [B, N] int64.
    """
    shape = actions.shape
    out = Picks(
        np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty(shape), np.empty(shape)
    )
    _picks(slots, similarity, pool, users, ratings, actions, *out)
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


def at_picks(per_slot: Array, slot: Array) -> Array:
    """A quantity of the pool [B, M] at the slot that each agent picks [B, N]; 0 for a skip."""
    out = np.empty(slot.shape, per_slot.dtype)
    _at_picks(per_slot, slot, out)
    return out


@compiled
def _picks(slots, similarity, pool, users, ratings, actions, slot, item, own_similarity, rating):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            k = actions[b, n]
            if 0 <= k < slate_size:
                place = uint32(slots[b, n, uint32(k)])
                taken, own_similarity[b, n] = uint64(pool[b, place]), similarity[b, n, uint32(k)]
                slot[b, n], item[b, n] = place, taken
                if ratings is not None:
                    rating[b, n] = ratings[uint64(users[b, n]), taken]
            else:
                slot[b, n], item[b, n], own_similarity[b, n], rating[b, n] = -1, -1, 0.0, 0.0


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
def _at_picks(per_slot, slot, out):
    num_copies, num_agents = slot.shape
    for b in range(num_copies):
        for n in range(num_agents):
            out[b, n] = per_slot[b, slot[b, n]] if slot[b, n] >= 0 else 0
