"""How good a policy is, between random play and a reference.

    score       =  (mean W - mean W_random) / (mean W_reference - mean W_random)       (1)
    efficiency  =  W / W_reference                                                     (2)
    regret      =  W_reference - W                                                     (3)

W is noise-free payoff per agent and step, over all N seats, whatever the objective. (1) is a ratio
of means over the same seeds, not a mean of ratios, so that no seed with a small denominator decides
it; its interval resamples seeds, each with all three of its welfares.

Sources: Efron and Tibshirani (1993), "An introduction to the bootstrap".
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array


class Score(NamedTuple):
    """Equation (1) with its bootstrap interval; NaN where the denominator says nothing."""

    value: float
    low: float
    high: float


def normalised_score(
    welfare: Array,
    random: Array,
    reference: Array,
    *,
    level: float = 0.95,
    num_resamples: int = 2_000,
    seed: int = 0,
) -> Score:
    """Equation (1).

    Args:
        welfare: W of the policy, [S] float64, one per seed.
        random: W_random, [S], or [S, P] with several play-outs a seed, which are averaged.
        reference: W_reference, [S].
        level: coverage of the interval.
        num_resamples: bootstrap samples of S seeds.
        seed: of the bootstrap, so that a table can be made again.

    Returns:
        The score and its percentile interval; NaN for all three if the denominator is below
        1e-9 + 1e-6 |mean W_reference|.

    Raises:
        ValueError: if the three do not have the same seeds, or there are none.
    """
    random = np.asarray(random, np.float64)
    random = random.mean(1) if random.ndim == 2 else random
    triple = [np.asarray(w, np.float64) for w in (welfare, random, reference)]
    if triple[0].ndim != 1 or len(triple[0]) == 0 or len({w.shape for w in triple}) > 1:
        shapes = ", ".join(str(w.shape) for w in triple)
        raise ValueError(f"the three welfares must be [S] over the same seeds, got {shapes}")
    value = float(_ratio(*(w.mean() for w in triple)))
    if np.isnan(value):
        return Score(np.nan, np.nan, np.nan)
    seeds = np.random.default_rng(seed).integers(
        len(triple[0]), size=(num_resamples, len(triple[0]))
    )
    resampled = _ratio(*(w[seeds].mean(1) for w in triple))
    resampled = resampled[~np.isnan(resampled)]
    if len(resampled) == 0:
        return Score(value, np.nan, np.nan)
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return Score(value, float(low), float(high))


def efficiency(welfare: Array, reference: Array) -> Array:
    """Equation (2), elementwise; NaN where the reference is not positive."""
    reference = np.asarray(reference, np.float64)
    is_positive = reference > 0
    return np.where(is_positive, welfare / np.where(is_positive, reference, 1.0), np.nan)


def regret(welfare: Array, reference: Array) -> Array:
    """Equation (3), elementwise, in payoff per agent and step."""
    return np.asarray(reference, np.float64) - welfare


def _ratio(welfare: Array, random: Array, reference: Array) -> Array:
    span = reference - random
    is_usable = span >= 1e-9 + 1e-6 * np.abs(reference)
    return np.where(is_usable, (welfare - random) / np.where(is_usable, span, 1.0), np.nan)
