"""How tastes move: towards those of friends, back to where they began, and by what is consumed.

    e_u(t+1) = unit( (1 - lam - rho) e_u(t) + rho e_u(0) + lam sum_v W_uv e_v(t)
                     + alpha <e_u(t), x_i> x_i )                                                 (1)

with i what u picked, of direction x_i; nothing without a pick. lam is the pull of friends, rho that
of the own beginning; the inner product is raw, so that what a user dislikes pushes it away.
Without the first term nothing would accumulate: a user would always be near rho e_u(0) + lam ...
A sum shorter than 1e-6 has no direction, and e_u(t) stays.

Sources: Friedkin and Johnsen (1990), "Social influence and opinions"; Dean and Morgenstern (2022),
"Preference dynamics under personalized recommendations".
"""

import math

import numpy as np
from numba import uint64

from ..arrays import Array
from ..compiled import compiled
from .graph import Friends

_SHORTEST = 1e-6


def directions(vectors: Array) -> Array:
    """Unit vectors [n, D] float32 of vectors [n, D]; zero where they are shorter than 1e-6."""
    out = np.zeros(vectors.shape, np.float32)
    _directions(vectors, out)
    return out


def next_taste(
    taste: Array,
    beginning: Array,
    users: Array,
    item_directions: Array,
    item: Array,
    friends: Friends,
    lam: float,
    rho: float,
    alpha: float,
) -> Array:
    """Equation (1).

    Args:
        taste: e(t), [B, N, D] float32.
        beginning: rows of e(0), [U, D] float32.
        users: the row of each agent, [B, N] int64.
        item_directions: x, [I, D] float32.
        item: what each agent picked, [B, N] integer; -1 is nothing.
        friends: of the N agents.
        lam: pull of friends, >= 0.
        rho: pull of the beginning, >= 0; lam + rho <= 1.
        alpha: pull of what was consumed.

    Returns:
        e(t+1), [B, N, D] float32.
    """
    out, total = np.empty(taste.shape, np.float32), np.empty(taste.shape[2])
    _next_taste(
        taste, beginning, users, item_directions, item, friends.start, friends.friend,
        lam, rho, alpha, total, out,
    )  # fmt: skip
    return out


@compiled
def _directions(vectors, out):
    for row in range(vectors.shape[0]):
        squares = 0.0
        for d in range(vectors.shape[1]):
            squares += np.float64(vectors[row, d]) ** 2
        length = math.sqrt(squares)
        for d in range(vectors.shape[1] if length >= _SHORTEST else 0):
            out[row, d] = vectors[row, d] / length


@compiled
def _next_taste(
    taste, beginning, users, item_directions, item, start, friend, lam, rho, alpha, total, out
):
    num_copies, num_agents, size = taste.shape
    for b in range(num_copies):
        for n in range(num_agents):
            own, user = 1.0 - lam - rho, uint64(users[b, n])
            if start[n] == start[n + 1]:  # without friends W_uu = 1
                own += lam
            for d in range(size):
                total[d] = own * taste[b, n, d] + rho * beginning[user, d]
            for e in range(uint64(start[n]), uint64(start[n + 1])):
                v, weight = uint64(friend[e]), lam / (start[n + 1] - start[n])
                for d in range(size):
                    total[d] += weight * taste[b, v, d]
            if item[b, n] >= 0:
                i, fit = uint64(item[b, n]), 0.0
                for d in range(size):
                    fit += np.float64(taste[b, n, d]) * item_directions[i, d]
                for d in range(size):
                    total[d] += alpha * fit * item_directions[i, d]
            squares = 0.0
            for d in range(size):
                squares += total[d] * total[d]
            length = math.sqrt(squares)
            for d in range(size):
                out[b, n, d] = total[d] / length if length >= _SHORTEST else taste[b, n, d]
