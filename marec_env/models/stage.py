"""The one-shot game of a single copy at a single step: what everybody's picks pay, in expectation.

    payoff_u  =  v_{u,a_u} P(u served) g(m_i),   i = the item behind candidate a_u     (1)

where P and m_i = min(n_i, B_i) come from rationing.py and g comes from congestion.py. Under
random rationing (1) is v min(1, B_i / n_i) m_i^-beta; without shared stock or crowds it is v. The
expectation is over the rationing draws only, and exact: m_i does not depend on them.

Reference solutions, explanation and tests all read payoffs here and nowhere else.
"""

from typing import Literal, NamedTuple

import numpy as np

from ..arrays import Array
from .congestion import crowd_factor, received
from .rationing import chance_of_service

Rationing = Literal["random", "affinity"]


class Stage(NamedTuple):
    """A game of N agents with K candidates each; choice k < K picks candidate k, choice K skips."""

    value: Array  # [N, K] float64: v_ui >= 0, the base value of each candidate
    similarity: Array  # [N, K] float64: s(e_u, e_i)
    slot: Array  # [N, K] int64: the pool slot behind each candidate, distinct within a row
    legal: Array  # [N, K] bool
    stock: Array  # [M] int64: units now; N where an item cannot run out
    load: Array  # [M] int64: how many picked the slot at the step before, as everybody has seen
    beta: float = 0.0  # congestion exponent, >= 0
    rationing: Rationing = "random"
    window: int = 0  # steps between two restocks share a number; it grows by one at each restock

    @property
    def num_agents(self) -> int:
        """N."""
        return self.value.shape[0]

    @property
    def num_candidates(self) -> int:
        """K, which is also the choice that skips."""
        return self.value.shape[1]

    @property
    def precedence(self) -> Array:
        """What rationing goes by before it draws, [N, K] float64; constant where it only draws."""
        return self.similarity if self.rationing == "affinity" else np.zeros_like(self.similarity)


def picks_of(stage: Stage, choice: Array) -> Array:
    """The pool slots behind joint choices [..., N] of 0 ... K, int64; -1 for a skip.

    Raises:
        ValueError: if a choice is illegal; solutions must not rest on a pick that would not count.
    """
    choice = np.asarray(choice)
    padded = np.pad(np.where(stage.legal, stage.slot, -2), ((0, 0), (0, 1)), constant_values=-1)
    picks = padded[np.arange(stage.num_agents), choice]
    if (picks == -2).any():
        seat = int(np.argwhere(picks == -2)[0, -1])
        raise ValueError(f"every choice must be legal, but agent {seat} chose a masked candidate")
    return picks


def expected_payoffs(stage: Stage, choice: Array) -> Array:
    """Equation (1) for joint choices [..., N]: payoffs [..., N] float64, 0 for a skip."""
    picks = picks_of(stage, choice)
    seats = np.arange(stage.num_agents)
    value = np.pad(stage.value, ((0, 0), (0, 1)))[seats, choice]
    precedence = np.pad(stage.precedence, ((0, 0), (0, 1)))[seats, choice]
    served, demand = chance_of_service(picks, precedence, stage.stock)
    units = np.append(stage.stock, 0)[picks]
    return received(value, served, crowd_factor(np.minimum(demand, units), stage.beta))


def welfare(stage: Stage, choice: Array) -> Array:
    """Sum of the expected payoffs of joint choices [..., N], float64 [...]."""
    return expected_payoffs(stage, choice).sum(-1)
