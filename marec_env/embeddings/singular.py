"""The largest singular values of a sparse matrix, with vectors whose signs are settled."""

from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array


class Singular(NamedTuple):
    """left diag(values) right^T."""

    left: Array  # [M, F] float64
    values: Array  # [F], descending
    right: Array  # [N, F]


def largest(matrix: Any, rank: int) -> Singular:
    """The `rank` largest of a scipy matrix [M, N], the same bits for the same matrix.

    Singular vectors have no sign of their own: the largest entry of each column of `right` is made
    positive.
    """
    from scipy.sparse.linalg import svds

    # a fixed start, not a random one, makes it repeatable
    left, values, right = map(np.asarray, svds(matrix, rank, v0=np.ones(min(matrix.shape))))
    order = np.argsort(-values, kind="stable")
    left, values, right = left[:, order], values[order], right[order].T
    signs = np.sign(right[np.abs(right).argmax(0), np.arange(rank)])
    return Singular(left * signs, values, right * signs)
