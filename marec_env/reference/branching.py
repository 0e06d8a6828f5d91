"""Branch and bound for budgets: every joint choice that prices do not rule out.

For any prices in [0, 1] and any charges D_i = F_i + R_i, the F_i of agents that have chosen and the
R_i of those still to choose,

    sum of min(D_i, left_i)  <=  sum of h_i(F_i)  +  sum over those still to choose of
                                 max over k of d_{u,k} (1 - price_i), or 0             (1)
    h_i(F)  =  min(F, left_i) + price_i max(left_i - F, 0)                             (2)

With the multipliers of the linear program (budget_program.py) as prices, (1) is its bound where
nobody has chosen, and a choice that a good plan is known to exceed is left out with all that would
follow it. Agents choose one after the other, and their best choice after prices comes first.

Sources: Land and Doig (1960), "An automatic method of solving discrete programming problems".
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled
from .budget_program import Turns


def best_choice(
    these: Turns, prices: Array, known: Array, *, max_nodes: int = 2_000_000
) -> tuple[Array, bool]:
    """The choices of highest worth for turns that all come at once.

    Args:
        these: [N, K] candidates of N agents.
        prices: [M] float64 in [0, 1].
        known: choices [N] int64 that are good already; K skips.
        max_nodes: where to stop.

    Returns:
        Choices [N] int64, and whether nothing has been left unexplored.
    """
    num_agents = len(these.price)
    after = these.price * (1 - prices[these.slot])
    after = np.pad(np.where(these.legal, after, -1.0), ((0, 0), (0, 1)))  # [N, K + 1]
    seats = np.argsort(np.sort(after, 1)[:, -2] - after.max(1), kind="stable")  # most decided first
    order = np.argsort(-after[seats], axis=1, kind="stable")
    rest = np.append(np.cumsum(after[seats].max(1)[::-1])[::-1], 0.0)
    price = np.pad(these.price, ((0, 0), (0, 1)))[seats]
    slot = np.pad(these.slot, ((0, 0), (0, 1)))[seats]
    legal = np.pad(these.legal, ((0, 0), (0, 1)), constant_values=True)[seats]
    found = known[seats]
    place, demand = np.zeros(num_agents, np.int64), np.zeros((num_agents + 1, len(these.left)))
    is_done = _search(
        price, slot, legal, order, rest, prices, these.left, max_nodes, place, demand, found
    )
    choice = np.empty(num_agents, np.int64)
    choice[seats] = found
    return choice, is_done


@compiled
def _search(price, slot, legal, order, rest, prices, left, max_nodes, place, demand, found):
    """Depth first; `demand[n]` is that of the agents before n, `place[n]` what n tries next."""
    num_agents, num_choices = price.shape
    best = 0.0
    for n in range(num_agents):
        demand[0, slot[n, found[n]]] += price[n, found[n]]
    for m in range(left.size):
        best += min(demand[0, m], left[m])
        demand[0, m] = 0.0
    n, nodes = 0, 0
    while n >= 0:
        if place[n] == num_choices:
            n -= 1
            continue
        k = order[n, place[n]]
        place[n] += 1
        if not legal[n, k]:
            continue
        nodes += 1
        if nodes > max_nodes:
            return False
        bound, paid = rest[n + 1], 0.0
        for m in range(left.size):
            demand[n + 1, m] = demand[n, m]
        demand[n + 1, slot[n, k]] += price[n, k]
        for m in range(left.size):
            served = min(demand[n + 1, m], left[m])
            paid += served
            bound += served + prices[m] * (left[m] - served) if prices[m] > 0.0 else served
        if bound <= best + 1e-12 * best:
            continue
        if n + 1 < num_agents:
            n += 1
            place[n] = 0
        elif paid > best:
            best = paid
            for i in range(num_agents):
                found[i] = order[i, place[i] - 1]
    return True
