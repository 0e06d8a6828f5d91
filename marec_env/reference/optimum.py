"""The joint picks of highest welfare: at one step, and over an episode whose slates are known.

Both are assignment problems (transportation.py), solved exactly for beta = 0 and beta >= 1. For
beta in between, that problem bounds the welfare; a step is then solved exactly by counts where it
is small (count_program.py), and all else gets the bound and the best plan of a local search.
"""

import functools
from collections.abc import Sequence

from ..arrays import Array
from ..stages import Stage, StockStage
from . import count_program
from .climbing import best_joint_choice
from .local_search import improve
from .solution import Solution
from .transportation import assign, crowd_limit, is_exact, plan


@functools.singledispatch
def step_optimum(stage: Stage) -> Solution:
    """The best joint choice now, [N] int64; stages with a structure have methods of their own."""
    return best_joint_choice(stage)


@step_optimum.register
def step_optimum_of_stock(
    stage: StockStage, *, exact_size: int = 3_000, dense_size: int = 4_000_000
) -> Solution:
    """The best joint choice now, by assignment.

    Args:
        stage: the game of this step.
        exact_size: most variables of the exact program for 0 < beta < 1; larger games are searched.
        dense_size: most entries of a dense assignment matrix; beyond it, a sparse linear program.
    """
    favourite = stage.favourites
    if _is_everybody_content(stage, favourite):
        worth = float(stage.welfare(favourite))
        return Solution(favourite, worth, worth, "exact")
    if stage.num_agents * int(crowd_limit(stage).sum()) <= dense_size:
        choice, bound = assign(stage)
    else:
        plans, bound, _ = plan([stage])
        choice = plans[0]
    solution = _judge([stage], choice[None], bound)
    if solution.kind != "exact" and count_program.num_variables(stage) <= exact_size:
        choice = count_program.best_choice(stage)
        worth = float(stage.welfare(choice))
        return Solution(choice, worth, worth, "exact")
    return solution._replace(choice=solution.choice[0])


def clairvoyant(stages: Sequence[StockStage]) -> Solution:
    """The best plan [T, N] for `stages`, the steps that are left, with every slate known."""
    choice, bound, _ = plan(stages)
    return _judge(stages, choice, bound)


def _judge(stages: Sequence[StockStage], choice: Array, bound: float) -> Solution:
    """The plan [T, N] or a better one, with what is known about it."""

    def worth_of(plan: Array) -> float:
        return float(sum(s.welfare(c) for s, c in zip(stages, plan, strict=True)))

    worth = worth_of(choice)
    if is_exact(stages[0].beta) or worth >= bound * (1 - 1e-12):
        return Solution(choice, worth, worth, "exact")
    choice = improve(stages, choice)
    return Solution(choice, worth_of(choice), bound, "best known")


def _is_everybody_content(stage: StockStage, favourite: Array) -> bool:
    """Whether all get the full value of their favourites, which nothing can exceed."""
    value = stage.chosen(stage.value, favourite)
    return bool((stage.payoffs(favourite) == value).all())
