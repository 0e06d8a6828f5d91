"""What several runs on several tasks say together, and how sure that is.

Scores are x_rm of run r = 1..R on task m = 1..M, every task with as many runs:

    mean              =  mean over m of mean over r of x_rm                                      (1)
    median            =  median over m of mean over r of x_rm                                    (2)
    iqm               =  mean of the middle half of all x_rm                                     (3)
    optimality gap    =  gamma - mean over r, m of min(x_rm, gamma)                              (4)
    profile(tau)      =  share of all x_rm that lie above tau                                    (5)
    P(X > Y)          =  mean over m, r, q of [x_rm > y_qm] + [x_rm = y_qm] / 2                  (6)

(3) drops floor(R M / 4) scores at either end; a bad run sways it less than (1), and it wastes fewer
scores than (2). Intervals are percentiles of a stratified bootstrap: R runs are drawn with
replacement within each task, for each task anew. A resample is kept as weights, how often it holds
each run, so that one definition serves the scores and all of their resamples.

The definitions, and with the same draws the figures, are those of the library rliable.

Sources: Agarwal et al. (2021), "Deep reinforcement learning at the edge of the statistical
precipice"; Mann and Whitney (1947), "On a test of whether one of two random variables is
stochastically larger than the other", for (6); Efron (1979), "Bootstrap methods".
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from marec_env.arrays import Array

RESAMPLES = 10_000
CHUNK = 2**22  # weights that are held at a time


class Estimate(NamedTuple):
    """A statistic of the scores with its interval; each a number, or an array [K]."""

    value: Array
    low: Array
    high: Array


def mean(scores: Array, weights: Array | None = None) -> Array:
    """Equation (1).

    Args:
        scores: [R, M] float64.
        weights: how often each run counts, [..., R, M], R in all for each task; None: once.

    Returns:
        [...] float64, here and in the functions below.
    """
    return _over_runs(scores, weights).mean(-1)


def median(scores: Array, weights: Array | None = None) -> Array:
    """Equation (2)."""
    return np.median(_over_runs(scores, weights), axis=-1)


def iqm(scores: Array, weights: Array | None = None) -> Array:
    """Equation (3), the interquartile mean."""
    flat, count = scores.ravel(), scores.size
    order = np.argsort(flat)
    drop = count // 4
    each = _weights(scores, weights)
    each = each.reshape(*each.shape[:-2], count)[..., order]
    before = np.clip(each.cumsum(-1), drop, count - drop)  # scores up to here, in the middle half
    kept = np.diff(before, axis=-1, prepend=drop)
    return kept @ flat[order] / (count - 2 * drop)


def optimality_gap(scores: Array, weights: Array | None = None, *, gamma: float = 1.0) -> Array:
    """Equation (4): how far the scores fall short of gamma, on average."""
    return gamma - mean(np.minimum(scores, gamma), weights)


def performance_profile(scores: Array, taus: Array, weights: Array | None = None) -> Array:
    """Equation (5) at each of taus [K]: [..., K]."""
    each = _weights(scores, weights)
    above = scores.reshape(-1, 1) > np.asarray(taus)  # [RM, K]
    return each.reshape(*each.shape[:-2], scores.size) @ above / scores.size


def probability_of_improvement(
    x: Array, y: Array, weights_x: Array | None = None, weights_y: Array | None = None
) -> Array:
    """Equation (6), for x [R, M] and y [Q, M] of two algorithms on the same tasks."""
    wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)  # [R, Q, M]
    drawn_x, drawn_y = _weights(x, weights_x), _weights(y, weights_y)
    by_task = [
        ((drawn_x[..., m] @ wins[..., m]) * drawn_y[..., m]).sum(-1) for m in range(x.shape[1])
    ]
    return np.mean(by_task, axis=0) / (len(x) * len(y))


def estimate(
    statistic: Callable[..., Array],
    *samples: Array,
    num_resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """A statistic with its stratified-bootstrap interval.

    Args:
        statistic: of the samples, and then of the weights of each of them.
        samples: scores [R, M], or curves [R, M, E]; each is resampled by itself, a run as a whole.
        num_resamples: draws of R runs for each task.
        level: coverage of the interval.
        seed: of the draws, so that a table can be made again.

    Raises:
        ValueError: if a sample is not finite, or its tasks differ in their number of runs.
    """
    arrays = [checked(sample) for sample in samples]
    streams = np.random.default_rng(seed).spawn(len(arrays))
    size = max(1, CHUNK // max(array.shape[0] * array.shape[1] for array in arrays))
    found = []
    for begin in range(0, num_resamples, size):
        count = min(size, num_resamples - begin)
        drawn = [resample(a, count, stream) for a, stream in zip(arrays, streams, strict=True)]
        found.append(statistic(*arrays, *drawn))
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(np.concatenate(found), ends, axis=0)
    return Estimate(statistic(*arrays, *[None] * len(arrays)), low, high)


def sample_efficiency(curves: Array, weights: Array | None = None) -> Array:
    """Equation (3) at each evaluation of curves [R, M, E]: [..., E]."""
    return np.stack([iqm(curves[..., e], weights) for e in range(curves.shape[-1])], axis=-1)


def resample(scores: Array, count: int, stream: np.random.Generator) -> Array:
    """Weights of `count` resamples of scores [R, M, ...]: [count, R, M] int64."""
    runs, tasks = scores.shape[:2]
    drawn = stream.integers(runs, size=(count, runs, tasks))
    # Each number stands for one run of one task in one resample.
    cells = (np.arange(count)[:, None, None] * runs + drawn) * tasks + np.arange(tasks)
    return np.bincount(cells.ravel(), minlength=drawn.size).reshape(drawn.shape)


def checked(scores: Array) -> Array:
    """The scores as [R, M, ...] float64.

    Raises:
        ValueError: if they are no such array, or not finite.
    """
    try:
        array = np.asarray(scores, np.float64)
    except ValueError:
        counts = sorted({len(row) for row in scores})
        raise ValueError(
            f"every run must have a score on every task, got runs with {counts} scores"
        ) from None
    if array.ndim < 2 or array.size == 0:
        raise ValueError(f"scores must have shape [runs, tasks], got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"scores must be finite, got {array[~np.isfinite(array)][0]}")
    return array


def _weights(scores: Array, weights: Array | None) -> Array:
    return np.ones(scores.shape[:2], np.int64) if weights is None else weights


def _over_runs(scores: Array, weights: Array | None) -> Array:
    """Mean over the runs of each task, [..., M]."""
    return (_weights(scores, weights) * scores).sum(-2) / len(scores)
