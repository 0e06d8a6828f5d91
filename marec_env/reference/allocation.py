"""The joint picks of highest welfare at one step of a market with budgets.

    maximise    sum over ads of min(left_i, sum of d_{u,k} over the agents that pick i)

is maximum budgeted allocation, which is NP-hard. Where not all favourites get their full prices, a
plan of one step (budget_plan.py) is the start of an exact search (branching.py): among some dozen
agents it ends soon, and where it does not, the bound of the linear program remains.

Sources: Chakrabarty and Goel (2010), "On the approximability of budgeted allocations and improved
lower bounds for submodular welfare maximization and GAP".
"""

import numpy as np

from ..stages import BudgetStage
from .branching import best_choice
from .budget_plan import TOLERANCE, plan_budgets
from .budget_program import relax, turns
from .optimum import step_optimum
from .solution import Solution


@step_optimum.register
def step_optimum_of_budgets(stage: BudgetStage, *, max_nodes: int = 2_000_000) -> Solution:
    """The best joint choice now, exact unless the search sees more than `max_nodes` choices."""
    favourite = stage.favourites
    worth = float(stage.welfare(favourite))
    most = float(np.where(stage.legal, stage.alone, 0.0).max(1).sum())  # as if alone
    if worth >= most * (1 - TOLERANCE):
        return Solution(favourite, worth, worth, "exact")
    these = turns([stage])
    known = plan_budgets([stage])
    choice, is_done = best_choice(these, relax(these).prices, known.choice[0], max_nodes=max_nodes)
    worth = float(stage.welfare(choice))
    if is_done:
        return Solution(choice, worth, worth, "exact")
    return Solution(choice, worth, known.bound, known.kind)
