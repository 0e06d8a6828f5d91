"""LinUCB with disjoint linear models: an upper confidence bound for every arm.

    score_a(x) = theta_a . x + alpha sqrt(x . A_a^-1 x)                                          (1)

with theta and A of linear_bandit.py; the legal action of the highest score is played.

Source: Li et al. (2010), "A contextual-bandit approach to personalized news article
recommendation", algorithm 1.
"""

from dataclasses import dataclass

import numpy as np

from .checks import check_finite, check_not_negative
from .linear_bandit import LinearBandit


@dataclass(eq=False)
class LinUCB(LinearBandit):
    """Disjoint LinUCB: optimistic about what it does not know."""

    alpha: float = 0.2  # width of the confidence bound, >= 0, in units of the reward

    def __post_init__(self):
        super().__post_init__()
        check_not_negative(alpha=self.alpha)
        check_finite(alpha=self.alpha)

    def _optimism(
        self, row: int, towards: np.ndarray, seen: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        return self.alpha * np.sqrt((towards * seen).sum(-1))
