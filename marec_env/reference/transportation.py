"""Who gets what at which step: the assignment problem behind optimum and clairvoyant.

    maximise    sum over (t, u, i, k) of  w_k v_{u,i,t} x_{t,u,i,k}
    subject to  sum over i, k  of x <= 1        for every agent and step               (1)
                sum over u     of x <= 1        for every step, item and k             (2)
                sum over t, u, k of x <= B_i    for every item and restock window      (3)

x puts agent u in the k-th place of item i's crowd at step t; w_k are the falling marginal shares of
congestion.py. A planner never over-demands: of n_i > B_i pickers B_i are served, and had just the
best B_i of them picked, no more stock would be gone and at least as much be paid, whatever the
rationing. For beta = 0 (all w = 1) and beta >= 1 (w = 1, 0, 0, ...) the objective is the welfare
itself, in between it bounds the welfare from above (Chebyshev, congestion.py). The constraints are
those of a network flow, hence totally unimodular: a vertex of the linear program is a plan.

Sources: Hoffman and Kruskal (1956), "Integral boundary points of convex polyhedra".
"""

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..models.congestion import marginal_shares
from ..stages import StockStage


def is_exact(beta: float) -> bool:
    """Whether the objective above is the welfare itself and not only a bound of it."""
    return beta == 0 or beta >= 1


def assign(stage: StockStage) -> tuple[Array, float]:
    """One step, by the Hungarian method on the dense matrix of agents x places.

    Returns:
        Joint choice [N] int64 that never over-demands, and the optimal objective.
    """
    from scipy.optimize import linear_sum_assignment

    places, shares = _places(stage)
    num_agents, skip = stage.num_agents, stage.num_candidates
    value = np.zeros((num_agents, len(stage.stock)))
    candidate = np.full((num_agents, len(stage.stock)), skip)
    seat, k = np.nonzero(stage.legal)
    value[seat, stage.slot[seat, k]] = stage.value[seat, k]
    candidate[seat, stage.slot[seat, k]] = k

    weight = value[:, places] * shares  # [N, P]; 0 is as good as a skip
    row, column = linear_sum_assignment(weight, maximize=True)
    choice = np.full(num_agents, skip)
    is_worth_it = weight[row, column] > 0
    row, column = row[is_worth_it], column[is_worth_it]
    choice[row] = candidate[row, places[column]]
    return choice, float(weight[row, column].sum())


def plan(stages: Sequence[StockStage]) -> tuple[Array, float, Array]:
    """All steps at once, by a sparse linear program.

    Args:
        stages: the steps in order; `stock` of the first stage of each window is what that window
            has, `legal` of later stages is what the slate allows as long as stock lasts.

    Returns:
        Joint choices [T, N] int64 that never over-demand, the optimal objective, and the price of a
        unit of each item in each restock window, [W, M] float64: the multipliers of (3).

    Raises:
        RuntimeError: if the solver fails, which the problem gives no reason for.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    num_steps, num_agents, num_slots = len(stages), stages[0].num_agents, len(stages[0].stock)
    choice = np.full((num_steps, num_agents), stages[0].num_candidates)
    _, opening, window = np.unique(
        [stage.window for stage in stages], return_index=True, return_inverse=True
    )
    units = np.concatenate([stages[t].stock for t in opening])  # [W * M]
    prices = np.zeros(len(units))

    parts = [
        np.column_stack([np.full(len(x), t), x]) for t, x in enumerate(map(_variables, stages))
    ]
    t, seat, k, slot, place = np.concatenate(parts).T
    if len(t) == 0:
        return choice, 0.0, prices.reshape(-1, num_slots)
    value = np.stack([stage.value for stage in stages])[t, seat, k]
    weight = value * marginal_shares(int(place.max()) + 1, stages[0].beta)[place]

    _, by_turn = np.unique(t * num_agents + seat, return_inverse=True)
    crowd_place = (t * num_slots + slot) * (num_agents + 1) + place
    _, by_place = np.unique(crowd_place, return_inverse=True)
    scarce, by_window = np.unique(window[t] * num_slots + slot, return_inverse=True)
    num_turns = by_turn.max() + 1
    limits = [np.ones(num_turns), units[scarce]]
    rows = [by_turn, num_turns + by_window]
    if stages[0].beta > 0:  # else all places are alike, and (2) says nothing
        rows.append(num_turns + len(scarce) + by_place)
        limits.append(np.ones(by_place.max() + 1))
    row, column = np.concatenate(rows), np.tile(np.arange(len(t)), len(rows))
    constraints = csr_array((np.ones(len(row)), (row, column)))
    # the dual simplex ends at a vertex, an interior point method need not
    unit = weight.max()  # the solver's tolerances are absolute
    found = linprog(-weight / unit, constraints, np.concatenate(limits), method="highs-ds")
    if found.x is None or np.abs(found.x - found.x.round()).max() > 1e-6:
        raise RuntimeError(
            f"the transportation problem must have an integral optimum: {found.message}"
        )
    taken = found.x > 0.5
    choice[t[taken], seat[taken]] = k[taken]
    prices[scarce] = -unit * found.ineqlin.marginals[num_turns : num_turns + len(scarce)]
    return choice, float(weight[taken].sum()), prices.reshape(-1, num_slots)


def crowd_limit(stage: StockStage) -> Array:
    """How many places of each slot can be worth something, [M] int64."""
    wanted = np.bincount(stage.slot[stage.legal], minlength=len(stage.stock))
    return np.minimum(np.minimum(wanted, stage.stock), 1 if stage.beta >= 1 else stage.num_agents)


def _places(stage: StockStage) -> tuple[Array, Array]:
    """The slot behind each place [P] int64, and its marginal share [P] float64."""
    limit = crowd_limit(stage)
    slots = np.repeat(np.arange(len(limit)), limit)
    rank = np.arange(len(slots)) - np.repeat(np.cumsum(limit) - limit, limit)
    return slots, marginal_shares(stage.num_agents, stage.beta)[rank]


def _variables(stage: StockStage) -> Array:
    """(seat, candidate, slot, place) of every x that can be worth something, [X, 4] int64."""
    seat, k = np.nonzero(stage.legal & (stage.value > 0))
    slot = stage.slot[seat, k]
    limit = np.minimum(crowd_limit(stage), stage.num_agents if stage.beta > 0 else 1)[slot]
    place = np.arange(limit.sum()) - np.repeat(np.cumsum(limit) - limit, limit)
    return np.column_stack([np.repeat(x, limit) for x in (seat, k, slot)] + [place])
