"""Flights: when an ad is shown.

The round(long_share M) ads of smallest a_i run all episode; any other is shown from the first to
the last of the steps

    first_i = floor(begin_by T x_i),   last_i = floor((end_from + (end_by - end_from) y_i) T)   (1)

with a_i, x_i, y_i uniform in [0, 1), so that it ends in [end_from T, end_by T].
"""

import numpy as np

from ..arrays import Array


def flights(
    draws: Array, long_share: float, begin_by: float, end_from: float, end_by: float, horizon: int
) -> tuple[Array, Array, Array]:
    """Equation (1).

    Args:
        draws: a, x and y, [B, M, 3] float64 in [0, 1).
        long_share: share of the ads that run all episode, in [0, 1].
        begin_by: share of the episode, 0 <= begin_by <= end_from <= end_by <= 1.
        end_from: likewise.
        end_by: likewise.
        horizon: T.

    Returns:
        First and last step [B, M] int64, first <= last, and who runs all episode, [B, M] bool; the
        last step of these is T, which is never played.
    """
    a, x, y = np.moveaxis(draws, -1, 0)
    place = a.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    is_long = place < round(long_share * a.shape[1])
    first = np.floor(begin_by * horizon * x).astype(np.int64)
    last = np.floor((end_from + (end_by - end_from) * y) * horizon).astype(np.int64)
    return np.where(is_long, 0, first), np.where(is_long, horizon, last), is_long
