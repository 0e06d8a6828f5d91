"""The joint picks of highest welfare of any one-shot game, by listing all of them or by climbing.

A climb starts where every agent picks what is best for it alone, and at an equilibrium; it lets the
agent move whose move adds most to the welfare, until none adds anything. Nothing is known about the
game but what it pays: stages with a structure are solved by their own methods.
"""

import itertools

import numpy as np

from ..arrays import Array
from ..stages import Stage
from .equilibrium import TOLERANCE, equilibrium
from .solution import Solution


def joint_choices(stage: Stage) -> Array:
    """Every legal joint choice, [J, N] int64."""
    skip = stage.num_candidates
    options = [[*np.flatnonzero(legal).tolist(), skip] for legal in stage.legal]
    return np.array(list(itertools.product(*options)))


def num_joint_choices(stage: Stage) -> float:
    """J, without listing them."""
    return float(np.prod(stage.legal.sum(1) + 1.0))


def best_joint_choice(stage: Stage, *, max_choices: int = 2_000) -> Solution:
    """Exact up to `max_choices` joint choices; beyond, the best of two climbs without a bound."""
    if num_joint_choices(stage) <= max_choices:
        choices = joint_choices(stage)
        worth = stage.welfare(choices)
        best = int(worth.argmax())
        return Solution(choices[best], float(worth[best]), float(worth[best]), "exact")
    starts = stage.favourites, equilibrium(stage).choice
    choice = max((climb(stage, start) for start in starts), key=lambda c: float(stage.welfare(c)))
    return Solution(choice, float(stage.welfare(choice)), np.inf, "best known")


def climb(stage: Stage, choice: Array) -> Array:
    """A joint choice [N] that no agent can improve for all by moving alone, from `choice` on."""
    seat, k = np.nonzero(np.pad(stage.legal, ((0, 0), (0, 1)), constant_values=True))
    rows = np.arange(len(seat))
    now, worth = np.array(choice), float(stage.welfare(choice))
    while True:
        moves = np.repeat(now[None], len(seat), axis=0)
        moves[rows, seat] = k
        found = stage.welfare(moves)
        best = int(found.argmax())
        if found[best] <= worth + TOLERANCE * abs(worth):
            return now
        now, worth = moves[best], float(found[best])
