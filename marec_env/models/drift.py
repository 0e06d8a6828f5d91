"""Tastes that turn by themselves, whatever anybody picks: a world that is not stationary.

    e_u(t) = cos(w t) e_u + sin(w t) z_u          w radians a step                              (1)
    z_u    = |e_u| unit(g - <g, e_u> e_u / |e_u|^2),   g standard normal, drawn per episode     (2)

z_u is orthogonal to e_u and as long, so that (1) keeps the length and cos(e_u, e_u(t)) = cos(w t).
"""

import math

import numpy as np

from ..arrays import Array
from ..compiled import compiled

_SHORTEST = 1e-6  # what is shorter has no direction


def perpendicular(vectors: Array, normals: Array) -> Array:
    """Equation (2): z of vectors [B, N, D] and normals [B, N, D], float32.

    It is zero where the vector is, or where D = 1 leaves no direction: such a taste stays.
    """
    out = np.zeros(vectors.shape, np.float32)
    _perpendicular(vectors, normals, np.empty(vectors.shape[2]), out)
    return out


def drifted(vectors: Array, users: Array, z: Array, angle: Array) -> Array:
    """Equation (1) after turning by `angle`.

    Args:
        vectors: e of the catalogue, [U, D] float32.
        users: [B, N] int64.
        z: [B, N, D] float32, as `perpendicular` gives it.
        angle: w t, [B] float64, radians.

    Returns:
        [B, N, D] float32.
    """
    out = np.empty(z.shape, np.float32)
    _drifted(vectors, users, z, np.cos(angle), np.sin(angle), out)
    return out


def turned(taste: Array, vectors: Array, users: Array, z: Array, angle: float) -> Array:
    """Any `taste` [B, N, D] float32 turned by `angle` in the plane of e_u and z_u, float32."""
    out = np.empty(taste.shape, np.float32)
    _turned(taste, vectors, users, z, math.cos(angle), math.sin(angle), out)
    return out


@compiled
def _perpendicular(vectors, normals, rest, out):
    num_copies, num_agents, size = vectors.shape
    for b in range(num_copies):
        for n in range(num_agents):
            squares = along = 0.0
            for d in range(size):
                squares += np.float64(vectors[b, n, d]) ** 2
                along += normals[b, n, d] * vectors[b, n, d]
            length = math.sqrt(squares)
            if length < _SHORTEST:
                continue
            rest_squares = 0.0
            for d in range(size):
                rest[d] = normals[b, n, d] - along / squares * vectors[b, n, d]
                rest_squares += rest[d] ** 2
            if math.sqrt(rest_squares) < _SHORTEST:
                continue
            for d in range(size):
                out[b, n, d] = rest[d] * (length / math.sqrt(rest_squares))


@compiled
def _drifted(vectors, users, z, cosine, sine, out):
    num_copies, num_agents, size = out.shape
    for b in range(num_copies):
        for n in range(num_agents):
            user = users[b, n]
            for d in range(size):
                out[b, n, d] = cosine[b] * vectors[user, d] + sine[b] * z[b, n, d]


@compiled
def _turned(taste, vectors, users, z, cosine, sine, out):
    """What is orthogonal to the plane stays; in it, (p, q) are coordinates along e_u and z_u."""
    num_copies, num_agents, size = out.shape
    for b in range(num_copies):
        for n in range(num_agents):
            user = users[b, n]
            squares = along = across = 0.0
            for d in range(size):
                squares += np.float64(vectors[user, d]) ** 2
                along += np.float64(taste[b, n, d]) * vectors[user, d]
                across += np.float64(taste[b, n, d]) * z[b, n, d]
            p = along / squares if squares > 0.0 else 0.0
            q = across / squares if squares > 0.0 else 0.0
            to_p, to_q = (cosine - 1.0) * p - sine * q, sine * p + (cosine - 1.0) * q
            for d in range(size):
                out[b, n, d] = taste[b, n, d] + to_p * vectors[user, d] + to_q * z[b, n, d]
