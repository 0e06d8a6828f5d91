"""The mean of a few independent numbers, and how sure it is by Student's t."""

from typing import NamedTuple

import numpy as np
from scipy import stats


class Mean(NamedTuple):
    """Of some seeds."""

    value: float
    margin: float  # half of the 95 % interval; NaN where there is one seed only

    @classmethod
    def of(cls, values: np.ndarray) -> "Mean":
        """Of values [R] of as many seeds."""
        count = len(values)
        if count < 2:
            return cls(float(values.mean()), np.nan)
        quantile = float(stats.t.ppf(0.975, count - 1))
        return cls(float(values.mean()), quantile * float(values.std(ddof=1)) / count**0.5)
