"""Linear Thompson sampling: plays what would be best if a draw from what it believes were true.

    theta~_a ~ N(theta_a, scale^2 A_a^-1),   score_a(x) = theta~_a . x                           (1)

with theta and A of linear_bandit.py; one draw for every arm at every step, of which all that are
unknown yet share one, and the legal action of the highest score is played.

Source: Agrawal and Goyal (2013), "Thompson sampling for contextual bandits with linear payoffs".
"""

from dataclasses import dataclass

import numpy as np

from .checks import check_finite, check_not_negative
from .linear_bandit import LinearBandit


@dataclass(eq=False)
class Thompson(LinearBandit):
    """Linear Thompson sampling: tries an arm as often as it may be the best."""

    scale: float = 0.2  # deviation of a draw, >= 0, in units of the reward

    def __post_init__(self):
        super().__post_init__()
        check_not_negative(scale=self.scale)
        check_finite(scale=self.scale)

    def _optimism(
        self, row: int, towards: np.ndarray, seen: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """A = L L', so that L'^-1 z has the covariance A^-1 of independent normal z."""
        z = rng.standard_normal(self._num_features)
        lower = np.linalg.cholesky(self._gram[row])
        return self.scale * (seen @ np.linalg.solve(lower.T, z))
