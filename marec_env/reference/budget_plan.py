"""Plans that share budgets well: the rounded optimum of the linear program, made better.

A vertex of the program (budget_program.py) splits few turns; each takes the candidate of which it
has most. Then, with D_i the sum of what all turns charge to ad i, moving one of price d from i to j
changes the sum of min(D, left) by

    min(D_j + d_j, left_j) - min(D_j, left_j)  -  min(D_i, left_i) + min(D_i - d_i, left_i)     (1)

and the move that gains most is made until none gains. A plan that charges an ad after the step that
drains it loses nothing by skipping there, and has to, since drained ads are masked; the turns that
become free may gain elsewhere, and so on until nothing gains.

Sources: Chakrabarty and Goel (2010), "On the approximability of budgeted allocations and improved
lower bounds for submodular welfare maximization and GAP", for what rounding can lose.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import Array
from ..stages import BudgetStage
from ..streams import Streams
from .budget_program import Turns, relax, turns
from .planning import plan_of
from .solution import Solution

TOLERANCE = 1e-12  # relative to all that is paid


@plan_of.register
def plan_of_budgets(
    stage: BudgetStage, scenario: Any, state: Any, streams: Streams, b: int
) -> Solution:
    """The best plan known for the steps that copy `b` has left."""
    del stage
    return plan_budgets(scenario.stages(state, streams, b))


def plan_budgets(stages: Sequence[BudgetStage]) -> Solution:
    """The best plan [T, N] known for `stages`, beside the bound of the linear program."""
    these, num_agents = turns(stages), stages[0].num_agents
    share, bound, _ = relax(these)
    skip, worth = share.shape[1], -1.0
    now = np.where(share.max(1, initial=0.0) > 0, share.argmax(1), skip)
    while True:
        now = improve(these, now)
        now = np.where(is_late(these, now, num_agents), skip, now)
        before, worth = worth, float(np.minimum(charges(these, now), these.left).sum())
        if worth <= before * (1 + TOLERANCE):
            break
    kind = "exact" if worth >= bound * (1 - TOLERANCE) else "best known"
    return Solution(now.reshape(-1, num_agents), worth, max(worth, bound), kind)


def improve(these: Turns, choice: Array) -> Array:
    """Choices [T N] that no single move improves, from `choice` on."""
    left, num_turns = these.left, len(choice)
    rows, skip = np.arange(num_turns), these.price.shape[1]
    price = np.pad(these.price, ((0, 0), (0, 1)))
    slot = np.pad(these.slot, ((0, 0), (0, 1)), constant_values=len(left))
    now, demand = choice.copy(), charges(these, choice)
    while True:
        paid = np.minimum(demand, left)
        joined = np.minimum(demand[these.slot] + these.price, left[these.slot]) - paid[these.slot]
        gain = np.pad(np.where(these.legal, joined, -np.inf), ((0, 0), (0, 1)))
        own, own_price = slot[rows, now], price[rows, now]
        rest = np.minimum(np.append(demand, 0.0)[own] - own_price, np.append(left, 0.0)[own])
        gain -= (np.append(paid, 0.0)[own] - rest)[:, None]
        gain[rows, now] = 0.0
        turn, k = np.unravel_index(gain.argmax(), gain.shape)
        if gain[turn, k] <= TOLERANCE * float(paid.sum()):
            return now
        for chosen, sign in ((now[turn], -1.0), (k, 1.0)):
            if chosen != skip:
                demand[slot[turn, chosen]] += sign * price[turn, chosen]
        now[turn] = k


def charges(these: Turns, choice: Array) -> Array:
    """D_i of choices [T N], [M] float64."""
    turn = np.flatnonzero(choice < these.price.shape[1])
    k = choice[turn]
    return np.bincount(these.slot[turn, k], these.price[turn, k], len(these.left))


def is_late(these: Turns, choice: Array, num_agents: int) -> Array:
    """Whether each turn of choices [T N] picks an ad that an earlier step has drained, bool."""
    late, left = np.zeros(len(choice), bool), these.left
    for start in range(0, len(choice), num_agents):
        part = these.only(slice(start, start + num_agents))
        chosen = choice[start : start + num_agents]
        turn = np.flatnonzero(chosen < these.price.shape[1])
        late[start + turn] = left[part.slot[turn, chosen[turn]]] <= 0
        demand = charges(part, chosen)
        left = np.where(demand < left, left - demand, 0.0)
    return late
