"""How well an item's embedding fits a user's, selectable by name.

    cosine        s = e_u . e_i / (|e_u| |e_i|)                    (2) shifted: (1 + cos) / 2
    exponential   s = exp((cos(e_u, e_i) - offset) / tau)          (3)
    sigmoid_dot   s = 1 / (1 + exp(-e_u . e_i))                    (4) scaled: e_u . e_i / sqrt(D)

`centred` vectors have their side's mean subtracted and unit length. Raw cosines of sigmoid or text
embeddings hardly vary, which leaves the reward nearly blind to taste; that is why the default is
exponential, tau 1, offset 1 on centred vectors. Offset 0 and tau 1 on unit vectors give
exp(e_u . e_i) to the letter; offset 1 keeps s in (0, 1]. On unit vectors (4) is a constant for
large D unless scaled.

Scenarios need s >= 0: with a negative similarity crowding would be a *reward*.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import uint64

from .arrays import Array
from .compiled import compiled

Kind = Literal["cosine", "exponential", "sigmoid_dot"]
KINDS: tuple[Kind, ...] = ("cosine", "exponential", "sigmoid_dot")

_LARGEST_EXPONENT = 88  # exp(88) is the last that float32 holds, dimensionless


@dataclass(frozen=True)
class Similarity:
    """One of the three functions with its constants.

    Raises:
        ValueError: if a constant is out of range.
    """

    kind: Kind = "exponential"
    tau: float = 1.0  # temperature of "exponential", > 0, dimensionless
    offset: float = 1.0  # of "exponential", dimensionless
    shifted: bool = False  # "cosine" as (1 + cos) / 2, so that s >= 0
    scaled: bool = False  # "sigmoid_dot" of e_u . e_i / sqrt(D)

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"similarity must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if not (self.tau > 0 and math.isfinite(self.tau)):
            raise ValueError(f"tau must be positive and finite, got {self.tau}")
        if not math.isfinite(self.offset):
            raise ValueError(f"offset must be finite, got {self.offset}")
        highest = (1 - self.offset) / self.tau
        if self.kind == "exponential" and highest > _LARGEST_EXPONENT:
            raise ValueError(
                f"(1 - offset) / tau must be at most {_LARGEST_EXPONENT}, or s is infinite in "
                f"float32, got {highest:.3g}"
            )

    def table(self, user_vectors: Array, item_vectors: Array) -> Array:
        """Of every user and item, [U, I] float64, from vectors [U, D] and [I, D]."""
        out = np.zeros((len(user_vectors), len(item_vectors)))
        columns = np.ascontiguousarray(_as_rows(item_vectors).T, np.float64)  # [D, I]
        lengths = _lengths(user_vectors), _lengths(item_vectors)
        _all_pairs(out, _as_rows(user_vectors), columns, *lengths, *self._arguments())
        return out

    def pairs(self, user_vectors: Array, item_vectors: Array, users: Array, items: Array) -> Array:
        """Of broadcast user and item ids, float64 of their shape."""
        users, items = np.broadcast_arrays(users, items)
        out = np.empty(users.shape)
        vectors = _as_rows(user_vectors), _as_rows(item_vectors)
        _listed_pairs(out.reshape(-1), *vectors, users.ravel(), items.ravel(), *self._arguments())
        return out

    def closeness(self, vectors: Array, item_vectors: Array, pool: Array) -> Array:
        """What s grows with: the cosine, or for sigmoid_dot the dot product; cheaper than s.

        Args:
            vectors: of users that move, [B, N, D] float32.
            item_vectors: [I, D] float32.
            pool: [B, M] int64, item ids; or [1, M] where all copies have the same.

        Returns:
            Of every user and every item of its pool, [B, N, M] float64.
        """
        out = np.zeros((*vectors.shape[:2], pool.shape[1]))
        columns = np.empty((vectors.shape[2], pool.shape[1]))  # [D, M]
        lengths = np.empty(pool.shape[1])
        is_cosine = self.kind != "sigmoid_dot"
        _all_closeness(out, vectors, item_vectors, pool, columns, lengths, is_cosine)
        return out

    def of_closeness(self, closeness: Array, embedding_size: int) -> Array:
        """The similarities of any `closeness` [B, N, K]; D = `embedding_size`; float64."""
        out = np.empty(closeness.shape)
        _from_closeness(out.reshape(-1), closeness.reshape(-1), embedding_size, *self._arguments())
        return out

    def __call__(self, user_vector: Array, item_vector: Array) -> float:
        """Of two single vectors [D]."""
        return float(self.table(np.asarray(user_vector)[None], np.asarray(item_vector)[None])[0, 0])

    def _arguments(self) -> tuple:
        return KINDS.index(self.kind), self.tau, self.offset, self.shifted, self.scaled


def _as_rows(vectors: Array) -> Array:
    return np.ascontiguousarray(vectors, np.float64 if vectors.dtype != np.float32 else np.float32)


def _lengths(vectors: Array) -> Array:
    """|x| of every row, [R] float64, summed in the order of the axes."""
    squares = np.zeros(len(vectors))
    for column in np.asarray(vectors, np.float64).T:
        squares += column * column
    return np.sqrt(squares)


@compiled
def _of(dot, lengths, size, kind, tau, offset, shifted, scaled):
    """Similarity by a dot product of vectors with `size` axes and the product of their lengths."""
    closeness = dot if kind == 2 else _cosine(dot, lengths)
    return _at(closeness, size, kind, tau, offset, shifted, scaled)


@compiled
def _cosine(dot, lengths):
    return min(1.0, max(-1.0, dot / lengths)) if lengths > 0.0 else 0.0


@compiled
def _at(closeness, size, kind, tau, offset, shifted, scaled):
    """Similarity by the cosine or, where `kind` is 2, by the dot product."""
    if kind == 2:
        return 1.0 / (1.0 + math.exp(-(closeness / math.sqrt(size) if scaled else closeness)))
    if kind == 0:
        return 0.5 * (1.0 + closeness) if shifted else closeness
    return math.exp((closeness - offset) / tau)


@compiled
def _similarity(x, y, kind, tau, offset, shifted, scaled):
    """Sums run in order, in float64: the same bits wherever the pair is computed."""
    dot = xx = yy = 0.0
    for d in range(x.size):
        a, b = np.float64(x[d]), np.float64(y[d])
        dot += a * b
        xx += a * a
        yy += b * b
    return _of(dot, math.sqrt(xx) * math.sqrt(yy), x.size, kind, tau, offset, shifted, scaled)


@compiled
def _all_pairs(out, users, columns, user_lengths, item_lengths, kind, tau, offset, shifted, scaled):
    """Many items at a time, each sum in the order of `_similarity`: `out` comes in as zeros."""
    size, num_items = columns.shape
    for u in range(users.shape[0]):
        for d in range(size):
            a = np.float64(users[u, d])
            for i in range(num_items):
                out[u, i] += a * columns[d, i]
        for i in range(num_items):
            lengths = user_lengths[u] * item_lengths[i]
            out[u, i] = _of(out[u, i], lengths, size, kind, tau, offset, shifted, scaled)


@compiled
def _listed_pairs(
    out, user_vectors, item_vectors, users, items, kind, tau, offset, shifted, scaled
):
    for p in range(out.size):
        out[p] = _similarity(
            user_vectors[users[p]], item_vectors[items[p]], kind, tau, offset, shifted, scaled
        )


@compiled
def _all_closeness(out, vectors, item_vectors, pool, columns, lengths, is_cosine):
    """Many items at a time, each sum in the order of `_similarity`: `out` comes in as zeros.

    `columns` [D, M] and `lengths` [M] are room for the vectors of a pool. Four axes are added in
    one pass, one after the other, which spares three trips to memory.
    """
    by_four = columns.shape[0] // 4 * 4
    num_copies, num_agents, pool_size = out.shape
    for b in range(num_copies):
        if b < pool.shape[0]:
            for m in range(pool_size):
                item, squares = uint64(pool[b, m]), 0.0
                for d in range(columns.shape[0]):
                    x = np.float64(item_vectors[item, d])
                    columns[d, m] = x
                    squares += x * x
                lengths[m] = math.sqrt(squares)
        for n in range(num_agents):
            taste, squares = vectors[b, n], 0.0
            for d in range(columns.shape[0]):
                squares += np.float64(taste[d]) * np.float64(taste[d])
            for d in range(0, by_four, 4):
                w, x, y, z = taste[d], taste[d + 1], taste[d + 2], taste[d + 3]
                for m in range(pool_size):
                    dot = out[b, n, m] + w * columns[d, m] + x * columns[d + 1, m]
                    out[b, n, m] = dot + y * columns[d + 2, m] + z * columns[d + 3, m]
            for d in range(by_four, columns.shape[0]):
                for m in range(pool_size):
                    out[b, n, m] += np.float64(taste[d]) * columns[d, m]
            length = math.sqrt(squares)
            for m in range(pool_size if is_cosine else 0):
                out[b, n, m] = _cosine(out[b, n, m], length * lengths[m])


@compiled
def _from_closeness(out, closeness, size, kind, tau, offset, shifted, scaled):
    for p in range(out.size):
        out[p] = _at(closeness[p], size, kind, tau, offset, shifted, scaled)
