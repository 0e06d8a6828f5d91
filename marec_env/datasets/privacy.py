"""Ratings that are perturbed by whoever gave them, before anybody else sees them.

A mechanism M gives local differential privacy of epsilon if whatever rating was given, what is seen
is nearly as likely:

    P(M(x) = y) <= e^epsilon P(M(x') = y)        for all ratings x, x' and all y                 (1)

    randomised response   y = x with p = e^epsilon / (e^epsilon + k - 1), else one of the k - 1
                          other steps of the scale, all alike                                    (2)
    Laplace               y = clip(x + Laplace((high - low) / epsilon))                          (3)

The unit is the value of one rating. A user with n ratings has n epsilon all told (composition), and
which items she rated stays visible.

Sources: Warner (1965), "Randomized response"; Kairouz, Bonawitz and Ramage (2016), "Discrete
distribution estimation under local privacy", for (2); Dwork, McSherry, Nissim and Smith (2006),
"Calibrating noise to sensitivity in private data analysis", for (3).
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ..arrays import Array
from .interactions import DataError, Interactions


class Mechanism(Protocol):
    """Perturbs ratings of a scale."""

    @property
    def epsilon(self) -> float:
        """Of (1)."""
        ...

    def __call__(self, interactions: Interactions, rng: np.random.Generator) -> Array:
        """Perturbed ratings [R] float64, on the scale."""
        ...


@dataclass(frozen=True)
class RandomisedResponse:
    """Equation (2)."""

    epsilon: float  # of (1), > 0
    step: float = 1.0  # between two ratings of the scale

    def __post_init__(self):
        _check(self.epsilon)
        if not self.step > 0:
            raise ValueError(f"step must be > 0, got {self.step}")

    def matrix(self, num_steps: int) -> Array:
        """P(M(x) = y), [k, k] float64, k = `num_steps`; rows are x."""
        others = 1 / (np.exp(self.epsilon) + num_steps - 1)
        return np.where(np.eye(num_steps, dtype=bool), np.exp(self.epsilon) * others, others)

    def __call__(self, interactions: Interactions, rng: np.random.Generator) -> Array:
        """Equation (2) of every rating.

        Raises:
            DataError: if a rating is none of the scale's steps.
        """
        low, high = interactions.scale
        num_steps = round((high - low) / self.step) + 1
        given = np.rint((interactions.ratings - low) / self.step).astype(np.int64)
        if num_steps < 2 or np.abs(low + given * self.step - interactions.ratings).max() > 1e-9:
            raise DataError(
                f"ratings of {interactions.name} must be steps of {self.step:g} from {low:g} to "
                f"{high:g} for randomised response, they are not"
            )
        keeps = rng.random(len(given)) < self.matrix(num_steps)[0, 0]
        other = (given + rng.integers(1, num_steps, len(given))) % num_steps
        return low + self.step * np.where(keeps, given, other)


@dataclass(frozen=True)
class Laplace:
    """Equation (3)."""

    epsilon: float  # of (1), > 0

    def __post_init__(self):
        _check(self.epsilon)

    def __call__(self, interactions: Interactions, rng: np.random.Generator) -> Array:
        """Equation (3) of every rating."""
        low, high = interactions.scale
        given = interactions.ratings.clip(low, high)  # a rating outside would be less private
        noise = rng.laplace(0, (high - low) / self.epsilon, len(given))
        return (given + noise).clip(low, high)


def perturbed(interactions: Interactions, mechanism: Mechanism, seed: int) -> Interactions:
    """The same with ratings as the mechanism lets them be seen."""
    ratings = mechanism(interactions, np.random.default_rng(seed))
    name = f"{interactions.name} ({type(mechanism).__name__}, epsilon {mechanism.epsilon:g})"
    return replace(interactions, ratings=ratings, name=name)


def _check(epsilon: float) -> None:
    if not 0 < epsilon < np.inf:
        raise ValueError(f"epsilon must be positive and finite, got {epsilon}")
