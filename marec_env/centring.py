"""Directions around the mean: the vectors that the similarities are made of.

    centred_u = unit(x_u - mean over users of x)
    centred_i = unit(x_i - mean over items of x)                                               (1)

Encoders put all texts, or all sigmoids, into one narrow cone where every cosine is nearly the
same; around its mean a side is spread in all directions. Each side has a mean of its own: users
and items often sit in two cones, and the difference between the cones says nothing about taste.

A side of one row has no mean to differ from and is not shifted. A row that equals the mean has no
direction and becomes the zero vector, whose cosine with everything is 0.
"""

import numpy as np

from .arrays import Array

_SHORTEST = 1e-6  # of the mean length; below it a difference is rounding, not a direction


def centred(vectors: Array) -> Array:
    """Equation (1) for one side [n, D]; float32 unit or zero vectors [n, D]."""
    if len(vectors) == 1:
        shifted = vectors.astype(np.float64)
    else:
        shifted = vectors - vectors.mean(0, dtype=np.float64)
    lengths = _lengths(shifted)
    smallest = _SHORTEST * _lengths(vectors).mean()
    lengths[lengths <= smallest] = np.inf
    shifted /= lengths[:, None]
    return shifted.astype(np.float32)


def _lengths(vectors: Array) -> Array:
    """Summed column by column, so that the last bit does not depend on the processor."""
    squares = np.zeros(len(vectors))
    for column in vectors.T:
        squares += column.astype(np.float64) ** 2
    return np.sqrt(squares)
