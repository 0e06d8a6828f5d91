"""Flights: when an ad is shown.

The round(long_share M) ads of smallest a_i run all episode; any other is shown from the first to
the last of the steps

    first_i = floor(begin_by T x_i),   last_i = floor((end_from + (end_by - end_from) y_i) T)   (1)

with a_i, x_i, y_i uniform in [0, 1), so that it ends in [end_from T, end_by T].
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..compiled import compiled


class Campaign(NamedTuple):
    """What advertisers have settled before an episode."""

    bid: Array  # b_i [B, M] float64
    budget: Array  # B_i [B, M] float64
    first: Array  # first step of the flight [B, M] int64
    last: Array  # last step of the flight [B, M] int64; T where it runs all episode


class Flights(NamedTuple):
    """When ads are shown; first <= last."""

    first: Array  # first step [B, M] int64
    last: Array  # last step [B, M] int64; T, which is never played, of those that run all episode
    is_long: Array  # [B, M] bool: who bids as one that runs all episode


def check_spans(begin_by: float, end_from: float, end_by: float) -> None:
    """Raises ValueError if they are not shares of an episode that follow one another."""
    if not 0 <= begin_by <= end_from <= end_by <= 1:
        raise ValueError(
            f"need 0 <= begin_by <= end_from <= end_by <= 1, got {begin_by}, {end_from}, {end_by}"
        )


def drawn(
    draws: Array,
    long_share: float,
    begin_by: float,
    end_from: float,
    end_by: float,
    horizon: int,
    are_flown: bool = True,
) -> Flights:
    """Equation (1).

    Args:
        draws: a, x and y, [B, M, 3] float64 in [0, 1).
        long_share: share of the ads that run all episode, in [0, 1].
        begin_by: share of the episode, 0 <= begin_by <= end_from <= end_by <= 1.
        end_from: likewise.
        end_by: likewise.
        horizon: T.
        are_flown: off, all ads run all episode, whoever else would have.
    """
    a, x, y = np.moveaxis(draws, -1, 0)
    place = a.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    is_long = place < round(long_share * a.shape[1])
    first = np.floor(begin_by * horizon * x).astype(np.int64)
    last = np.floor((end_from + (end_by - end_from) * y) * horizon).astype(np.int64)
    runs_on = is_long if are_flown else np.ones_like(is_long)
    return Flights(np.where(runs_on, 0, first), np.where(runs_on, horizon, last), is_long)


def time_left(last: Array, step: Array, horizon: int) -> Array:
    """Steps until each flight ends, with that of now, / T: [B, M] float64 in [0, 1].

    Args:
        last: last step of the flight, [B, M] int64.
        step: [B] int64.
        horizon: T.
    """
    out = np.empty(last.shape)
    _time_left(last, step, horizon, out)
    return out


@compiled
def _time_left(last, step, horizon, out):
    num_copies, num_ads = last.shape
    for b in range(num_copies):
        for m in range(num_ads):
            out[b, m] = max(min(last[b, m] + 1, horizon) - step[b], 0) / horizon
