"""The plane in which users and items are drawn: principal components, and room for every mark.

    x -> ((x - m) A - l) / (h - l)                                                              (1)

A [D, 2] are the two directions in which the vectors of users and items spread most, m is their
mean, l and h are the ends of what is shown. Near in the plane is mostly similar, never exactly so.

Sources: Pearson (1901), "On lines and planes of closest fit to systems of points in space".
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array

ROUNDS = 200  # of pushing; a crowd that has no room stays crowded
TOLERANCE = 0.01  # of the distance, by which marks may miss it


class Plane(NamedTuple):
    """Equation (1)."""

    mean: Array  # m [D] float64
    axes: Array  # A [D, 2] float64
    low: Array  # l [2] float64
    high: Array  # h [2] float64

    @classmethod
    def of(cls, vectors: Array) -> "Plane":
        """The plane in which `vectors` [n, D] spread most; the same for the same vectors."""
        vectors = vectors.astype(np.float64)
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        _, axes = np.linalg.eigh(centred.T @ centred)  # by size, ascending
        axes = np.pad(axes[:, :-3:-1], ((0, 0), (0, max(0, 2 - axes.shape[1]))))
        largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
        axes = axes * np.where(largest < 0, -1, 1)  # a direction and its opposite are one to eigh
        shown = centred @ axes
        low, high = shown.min(axis=0), shown.max(axis=0)
        is_flat = high - low < 1e-9
        return cls(mean, axes, np.where(is_flat, low - 1, low), np.where(is_flat, high + 1, high))

    def places(self, vectors: Array) -> Array:
        """Where `vectors` [n, D] are, [n, 2] float64 in [0, 1]; what lies outside is at the rim."""
        shown = (vectors.astype(np.float64) - self.mean) @ self.axes
        return np.clip((shown - self.low) / (self.high - self.low), 0, 1)


def pushed_apart(places: Array, distance: float, box: Array) -> Array:
    """`places` [n, 2], moved as little as it takes to be `distance` apart from one another.

    Args:
        places: in the box.
        distance: in the units of the box.
        box: its width and height [2]; it begins at 0.
    """
    turns = np.arange(len(places)) * 2.4  # radians: equal places part in different directions
    places = places + 1e-6 * np.column_stack([np.cos(turns), np.sin(turns)])
    for _ in range(ROUNDS):
        apart = places[:, None] - places[None]  # [n, n, 2]
        length = np.sqrt((apart**2).sum(axis=-1))
        np.fill_diagonal(length, np.inf)
        overlap = np.maximum(distance - length, 0)
        if overlap.max() < TOLERANCE * distance:
            break
        push = (apart * (overlap / (2 * length))[..., None]).sum(axis=1)
        places = np.clip(places + push, 0, box)
    return places
