"""What selfishness costs: the price of anarchy of one step, by looking at every joint choice.

    price  =  best welfare of any choice / worst welfare of any pure equilibrium       (1)

It is unbounded in general: with v = (1, 0) for one agent and (eps, eps / N^beta) for N - 1 others
without scarcity, everybody on the first item is an equilibrium, and (1) tends to N^beta.

Sources: Koutsoupias and Papadimitriou (1999), "Worst-case equilibria".
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..stages import Stage
from .climbing import joint_choices, num_joint_choices
from .equilibrium import TOLERANCE


class Anarchy(NamedTuple):
    """Optimum and pure equilibria of one step, all exact."""

    price: float  # >= 1; inf if some equilibrium is worth nothing, NaN if there is none
    optimum: float  # sum of payoffs
    worst: float  # of the equilibrium of lowest welfare; NaN if there is none
    best: float  # of the equilibrium of highest welfare; NaN if there is none
    equilibria: Array  # [E, N] int64: every pure equilibrium


def price_of_anarchy(stage: Stage, *, max_choices: int = 1_000_000) -> Anarchy:
    """Equation (1), exactly.

    Raises:
        ValueError: if there are more than `max_choices` joint choices.
    """
    shape = tuple((stage.legal.sum(1) + 1).tolist())
    num_choices = int(num_joint_choices(stage))
    if num_choices > max_choices:
        raise ValueError(f"at most {max_choices} joint choices can be listed, got {num_choices}")
    choices = joint_choices(stage)
    payoffs = stage.payoffs(choices)
    is_nash = np.ones(num_choices, bool)
    for seat in range(stage.num_agents):
        own = payoffs[:, seat].reshape(shape)  # one axis per agent's options
        best = np.broadcast_to(own.max(axis=seat, keepdims=True), shape)
        is_nash &= payoffs[:, seat] >= best.ravel() - TOLERANCE * stage.alone.max(initial=0.0)
    total = payoffs.sum(1)
    optimum, equilibria = float(total.max()), choices[is_nash]
    if not is_nash.any():
        return Anarchy(np.nan, optimum, np.nan, np.nan, equilibria)
    worst, best = float(total[is_nash].min()), float(total[is_nash].max())
    price = optimum / worst if worst > 0 else (np.inf if optimum > 0 else 1.0)
    return Anarchy(price, optimum, worst, best, equilibria)
