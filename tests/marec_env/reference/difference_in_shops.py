"""Difference rewards of a shop in closed form, for which a simulation is to be measured against.

    D_u  =  W(a)  -  W(a with u skipping), the draws of the step unchanged             (1)

For u served of item i, with S the sum of the values served, m their number, and w the picker who
would have been next,

    D_u  =  g(m) S - g(m - 1)(S - v_u)      if there was enough for all pickers        (2)
    D_u  =  g(m) (v_u - v_w)                if w goes without because of u             (3)

and D_u = 0 for who is not served. Three identical pickers of one item have 3^(1-beta) - 2^(1-beta).

Sources: Wolpert and Tumer (2002), "Optimal payoff functions for members of collectives".
"""

import numpy as np

from marec_env.arrays import Array
from marec_env.models.congestion import crowd_factor
from marec_env.models.rationing import serve


def closed_form(
    picks: Array,
    value: Array,
    stock: Array,
    draw: Array,
    *,
    beta: float,
    affinity: Array | None = None,
) -> Array:
    """Equation (1) for the realised picks of a step.

    Args:
        picks: pool slot each agent picked, [B, N] integer; -1 is none.
        value: base value of each agent's pick, [B, N] float64.
        stock: units before the picks, [B, M] integer.
        draw: the rationing draws of the step, [B, N] float64, as in `serve`.
        beta: congestion exponent.
        affinity: as in `serve`; None is random rationing.

    Returns:
        D, [B, N] float64.
    """
    served, _, _, demand, _ = serve(picks, stock, draw, affinity)
    served_of_more = serve(picks, stock + 1, draw, affinity).served
    copies = np.arange(len(picks))[:, None]

    def per_slot(amount: Array) -> Array:
        """Sums `amount` [B, N] over the pickers of each agent's own pick."""
        total = np.zeros(stock.shape)
        np.add.at(total, (np.broadcast_to(copies, picks.shape), picks), amount * (picks >= 0))
        return total[copies, picks]

    units = np.minimum(demand, stock)[copies, picks]
    total = per_slot(value * served)
    value_of_next = per_slot(value * (served_of_more & ~served))
    has_next = demand[copies, picks] > units
    with_own = crowd_factor(units, beta)
    without = crowd_factor(units - 1, beta)
    share = with_own * total - without * (total - value)
    return np.where(served, np.where(has_next, with_own * (value - value_of_next), share), 0.0)
