"""Temper: a reader whom little pleases loses it, and leaves when it has none left.

    temper_u  <-  min(start, temper_u - clip(threshold - payoff_u, -recovery, 2))      (1)

A reader leaves at a temper of 0 or less, and never comes back. recovery = 0 is the rule of KuaiSim:
what pleases more than the threshold makes good for nothing. threshold = 0 switches it off, since
payoffs are never negative.

Sources: Zhao et al. (2023), "KuaiSim: a comprehensive simulator for recommender systems".
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled

_WORST = 2.0  # what a single step can cost


def after_payoffs(
    temper: Array, payoff: Array, start: float, threshold: float, recovery: float
) -> Array:
    """Equation (1), elementwise; exactly 0 for whoever has left.

    Args:
        temper: in [0, start], float64; 0 has left.
        payoff: what the step paid, the shape of `temper`, >= 0.
        start: temper at first, > 0.
        threshold: payoff that leaves the temper as it is, >= 0.
        recovery: what a single step can make good, >= 0.
    """
    out = np.empty(temper.shape)
    constants = float(start), float(threshold), float(recovery)
    _after_payoffs(temper.ravel(), payoff.ravel(), *constants, out.ravel())
    return out


@compiled
def _after_payoffs(temper, payoff, start, threshold, recovery, out):
    for i in range(temper.size):
        if temper[i] > 0.0:
            loss = min(max(threshold - payoff[i], -recovery), _WORST)
            out[i] = min(max(temper[i] - loss, 0.0), start)
        else:
            out[i] = 0.0
