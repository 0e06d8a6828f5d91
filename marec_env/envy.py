"""Whether agents would rather have had what others received, by their own taste.

    V_uv = sum over t of v_{u, pick of v} payoff_v / v_{v, pick of v}                            (1)

The quotient keeps v's own service and crowd factors. u envies v if V_uv exceeds its own return by
more than 1e-6 of it.

Source: Foley (1967), "Resource allocation and the public sector".
"""

from typing import NamedTuple

import numpy as np

from .arrays import Array
from .metrics import History


class Envy(NamedTuple):
    """How many envy, and how much."""

    share: float  # of ordered pairs (u, v) of different seats, in which u envies v
    amount: float  # mean over u of the most it misses, in payoff per step; 0 if nobody envies


def envy(
    history: History, value: Array, own_value: Array, *, max_agents: int = 1_000, seed: int = 0
) -> Envy:
    """Equation (1) for every pair; O(N (N + T) M), so above `max_agents` for a sample of seats.

    Args:
        history: of a single episode, B = 1.
        value: v_ui of every seat and slot, [N, M] float64.
        own_value: v of each pick, [T, N] float64; any number where the seat skipped. What
            pays without having a value is nothing to be envied for.
        max_agents: most seats that are compared.
        seed: draws the sample.
    """
    slots, payoff = history.slots[0], history.payoff[0]
    num_steps, num_agents = slots.shape
    seats = np.arange(num_agents)
    if num_agents > max_agents:
        seats = np.sort(np.random.default_rng(seed).choice(num_agents, max_agents, replace=False))
    slots, payoff, own_value = slots[:, seats], payoff[:, seats], own_value[:, seats]
    is_paid = (payoff > 0) & (own_value > 0)
    factor = np.where(is_paid, payoff / np.where(is_paid, own_value, 1), 0.0)
    received = np.zeros((len(seats), value.shape[1] + 1))  # the last column takes the skips
    np.add.at(received, (np.broadcast_to(np.arange(len(seats)), slots.shape), slots), factor)
    worth = value[seats] @ received[:, :-1].T  # [u, v]
    own = payoff.sum(axis=0)[:, None]
    more = np.where(worth > own * (1 + 1e-6), worth - own, 0.0)
    np.fill_diagonal(more, 0.0)
    num_pairs = max(1, len(seats) * (len(seats) - 1))
    return Envy(float((more > 0).sum() / num_pairs), float(more.max(axis=1).mean() / num_steps))
