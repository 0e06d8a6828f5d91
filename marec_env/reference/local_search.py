"""Better plans by moving one agent at one step, for problems too hard to solve exactly.

With S the sum of values of the n agents on an item at a step, moving agent u from i to j changes
the welfare by

    g(n_i - 1)(S_i - v_ui) - g(n_i) S_i  +  g(n_j + 1)(S_j + v_uj) - g(n_j) S_j        (1)

The move that gains most is made until none gains: a plan that no single move improves. Moves never
over-demand, within a step or within a restock window.
"""

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..models.congestion import crowd_factor
from ..stages import StockStage


def improve(stages: Sequence[StockStage], choice: Array) -> Array:
    """A plan [T, N] int64 that no single move improves, starting at one that never over-demands."""
    beta, num_slots, skip = stages[0].beta, len(stages[0].stock), stages[0].num_candidates
    num_steps, num_agents = choice.shape
    value = np.concatenate([stage.value for stage in stages])  # [T N, K]
    legal = np.concatenate([stage.legal for stage in stages])
    slot = np.concatenate([stage.slot for stage in stages])
    step = np.repeat(np.arange(num_steps), num_agents)
    cell = step[:, None] * num_slots + slot  # [T N, K]: the item at its step
    _, opening, window = np.unique(
        [stage.window for stage in stages], return_index=True, return_inverse=True
    )
    store = window[step][:, None] * num_slots + slot  # [T N, K]: the item in its window
    left = np.concatenate([stages[t].stock for t in opening])
    crowd, worth = np.zeros(num_steps * num_slots, int), np.zeros(num_steps * num_slots)
    now = choice.flatten()

    def put(turn: int, k: int, sign: int) -> None:
        if k != skip:
            crowd[cell[turn, k]] += sign
            worth[cell[turn, k]] += sign * value[turn, k]
            left[store[turn, k]] -= sign

    for turn, k in enumerate(now.tolist()):
        put(turn, k, +1)
    turns = np.arange(len(now))
    while True:
        total = crowd_factor(crowd, beta) * worth
        joined = crowd_factor(crowd + 1, beta)[cell] * (worth[cell] + value) - total[cell]
        gain = np.where(legal & (left[store] > 0), joined, -np.inf)
        gain = np.pad(gain, ((0, 0), (0, 1)))  # a skip joins nobody
        own = np.append(cell, np.full((len(now), 1), -1), 1)[turns, now]
        own_value = np.pad(value, ((0, 0), (0, 1)))[turns, now]
        rest = crowd_factor(crowd[own] - 1, beta) * (worth[own] - own_value)
        gain += np.where(now == skip, 0.0, rest - total[own])[:, None]
        gain[turns, now] = 0.0
        turn, k = np.unravel_index(gain.argmax(), gain.shape)
        if gain[turn, k] <= 1e-12 * float(total.sum()):
            return now.reshape(choice.shape)
        put(int(turn), int(now[turn]), -1)
        put(int(turn), int(k), +1)
        now[turn] = k
