"""The joint picks of highest welfare at one step of a market with budgets.

    maximise    sum over ads of w_i
    subject to  w_i <= left_i,   w_i <= sum over u, k of d_{u,k} x_{u,k}               (1)
                sum over k of x_{u,k} <= 1,   x integral                               (2)

is maximum budgeted allocation, which is NP-hard: where favourites do not already get their full
prices, small steps are solved as mixed-integer programs, large ones by a plan of one step
(budget_plan.py) beside its bound.

Sources: Chakrabarty and Goel (2010), "On the approximability of budgeted allocations and improved
lower bounds for submodular welfare maximization and GAP".
"""

import numpy as np

from ..arrays import Array
from ..stages import BudgetStage
from .budget_plan import TOLERANCE, plan_budgets
from .optimum import step_optimum
from .solution import Solution


@step_optimum.register
def step_optimum_of_budgets(stage: BudgetStage, *, exact_size: int = 400) -> Solution:
    """The best joint choice now.

    Args:
        stage: the game of this step.
        exact_size: most candidates of all agents together for the exact program.
    """
    favourite = stage.favourites
    worth = float(stage.welfare(favourite))
    most = float(np.where(stage.legal, stage.alone, 0.0).max(1).sum())  # all alone
    if worth >= most * (1 - TOLERANCE):
        return Solution(favourite, worth, worth, "exact")
    plan = plan_budgets([stage])
    choice = plan.choice[0]
    if plan.kind != "exact" and np.count_nonzero(stage.legal) <= exact_size:
        exact = best_allocation(stage)
        choice = max((choice, exact), key=lambda c: float(stage.welfare(c)))
        worth = float(stage.welfare(choice))
        return Solution(choice, worth, worth, "exact")
    return plan._replace(choice=choice)


def best_allocation(stage: BudgetStage) -> Array:
    """The optimum [N] int64 of equations (1) and (2).

    Raises:
        RuntimeError: if the solver fails, which the problem gives no reason for.
    """
    from scipy.optimize import milp
    from scipy.sparse import block_array, csr_array, eye_array

    seat, k = np.nonzero(stage.legal)
    slot, price = stage.slot[seat, k], stage.price[seat, k]
    num_x, num_ads, num_agents = len(seat), len(stage.left), stage.num_agents
    column = np.arange(num_x)
    charged = csr_array((price, (slot, column)), shape=(num_ads, num_x))
    turn = csr_array((np.ones(num_x), (seat, column)), shape=(num_agents, num_x))
    matrix = block_array([[-charged, eye_array(num_ads)], [turn, None]], format="csc")
    found = milp(
        -np.repeat([0.0, 1.0], [num_x, num_ads]),
        integrality=np.repeat([1, 0], [num_x, num_ads]),
        bounds=(0, np.append(np.ones(num_x), stage.left)),
        constraints=(matrix, -np.inf, np.repeat([0.0, 1.0], [num_ads, num_agents])),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise RuntimeError(f"the allocation must have an optimum: {found.message}")
    choice = np.full(num_agents, stage.num_candidates)
    is_taken = found.x[:num_x] > 0.5
    choice[seat[is_taken]] = k[is_taken]
    return choice
