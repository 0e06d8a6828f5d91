"""The exact optimum of one step for any beta, as a mixed-integer program over crowd sizes.

With y_{i,c} = 1 if exactly c agents get item i, and z_{u,i,c} = 1 if u is one of them,

    maximise    sum of  v_{u,i} c^-beta z_{u,i,c}
    subject to  sum over u of z_{u,i,c}  =  c y_{i,c}                                  (1)
                z_{u,i,c}  <=  y_{i,c}                                                 (2)
                sum over c of y_{i,c}  <=  1                                           (3)
                sum over i, c of z_{u,i,c}  <=  1                                      (4)

Only y need be integral: with the crowd sizes fixed, the rest is an assignment problem.
"""

from dataclasses import replace

import numpy as np

from ..arrays import Array
from ..models.congestion import crowd_factor
from ..stages import StockStage
from .transportation import assign, crowd_limit


def num_variables(stage: StockStage) -> int:
    """How many z the program has; its time grows steeply with them."""
    return int(crowd_limit(stage)[stage.slot[stage.legal]].sum())


def best_choice(stage: StockStage) -> Array:
    """The joint choice [N] int64 of highest welfare.

    Raises:
        RuntimeError: if the solver fails, which the problem gives no reason for.
    """
    from scipy.optimize import milp
    from scipy.sparse import block_array, diags_array

    limit = crowd_limit(stage)
    slot_of_y = np.repeat(np.arange(len(limit)), limit)
    first_y = np.cumsum(limit) - limit
    size = np.arange(len(slot_of_y)) - first_y[slot_of_y] + 1  # c of each y
    seat, k = np.nonzero(stage.legal)
    slot = stage.slot[seat, k]
    y_of_z = np.concatenate([first_y[i] + np.arange(int(limit[i])) for i in slot])
    seat_of_z, k_of_z = np.repeat(seat, limit[slot]), np.repeat(k, limit[slot])
    num_y, num_z = len(slot_of_y), len(y_of_z)

    members = _incidence(y_of_z, num_y)
    matrix = block_array(
        [
            [members, -diags_array(size.astype(float))],  # (1)
            [diags_array(np.ones(num_z)), -members.T],  # (2)
            [None, _incidence(slot_of_y, len(limit))],  # (3)
            [_incidence(seat_of_z, stage.num_agents), None],  # (4)
        ],
        format="csc",
    )
    upper = np.repeat([0.0, 0.0, 1.0, 1.0], [num_y, num_z, len(limit), stage.num_agents])
    lower = np.where(np.arange(len(upper)) < num_y, 0.0, -np.inf)
    worth = stage.value[seat_of_z, k_of_z] * crowd_factor(size, stage.beta)[y_of_z]
    found = milp(
        np.concatenate([-worth / worth.max(), np.zeros(num_y)]),  # tolerances are absolute
        integrality=np.repeat([0, 1], [num_z, num_y]),
        bounds=(0, 1),
        constraints=(matrix, lower, upper),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise RuntimeError(f"the count program must have an optimum: {found.message}")

    count = np.bincount(slot_of_y, size * found.x[num_z:].round(), len(limit)).astype(np.int64)
    share = crowd_factor(count, stage.beta)[stage.slot]
    return assign(replace(stage, value=stage.value * share, stock=count, beta=0.0))[0]


def _incidence(group: Array, num_groups: int):
    """Sparse 0/1 matrix [num_groups, len(group)] of who belongs to which group."""
    from scipy.sparse import csr_array

    entries = (np.ones(len(group)), (group, np.arange(len(group))))
    return csr_array(entries, shape=(num_groups, len(group)))
