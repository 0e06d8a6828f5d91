"""Pure Nash equilibria of one step: choices that nobody gains by changing alone.

Random rationing makes a singleton congestion game with player-specific values. With
g_i(k) = min(1, B_i / k) min(k, B_i)^-beta, every agent's payoff is v_{u,a} g_a(n_a), and

    Phi  =  sum_u log v_{u,a_u}  +  sum_i sum_{k <= n_i} log g_i(k)                    (1)

changes by exactly the logarithm of the ratio by which a deviating agent's payoff changes: best
response cannot cycle and ends at an equilibrium. Affinity rationing makes a matching market: with
beta = 0, deferred acceptance with the agents proposing ends at a stable matching, which is an
equilibrium, although best response may cycle. Whatever found it, a choice is called exact only if
no agent gains by deviating.

Sources: Milchtaich (1996), "Congestion games with player-specific payoff functions"; Monderer and
Shapley (1996), "Potential games"; Gale and Shapley (1962), "College admissions and the stability of
marriage".
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..models.congestion import crowd_factor
from ..stages import Stage, StockStage
from .solution import Kind

TOLERANCE = 1e-12  # relative to the largest value: what floating point may make of no gain


class Equilibrium(NamedTuple):
    """A joint choice and the most that any agent could gain by leaving it."""

    choice: Array  # [N] int64; K skips
    gain: float  # >= 0
    kind: Kind  # "exact" if nobody gains, else "best known"


def equilibrium(stage: Stage) -> Equilibrium:
    """A pure equilibrium, or where none was found the steadiest choice seen."""
    if isinstance(stage, StockStage) and stage.rationing == "affinity":
        return best_response(stage, deferred_acceptance(stage))
    return best_response(stage, stage.favourites)


def best_response(stage: Stage, choice: Array, *, max_moves: int | None = None) -> Equilibrium:
    """From `choice` [N], lets the agent that gains most move to its best reply, until nobody gains.

    Args:
        stage: the game of this step.
        choice: where to start.
        max_moves: where to stop if choices cycle, default 50 N; the steadiest choice is returned.
    """
    enough = TOLERANCE * float(stage.alone.max(initial=0.0))
    steadiest = Equilibrium(choice, np.inf, "best known")
    now = np.array(choice)
    seats = np.arange(stage.num_agents)
    for _ in range(max_moves or 50 * stage.num_agents):
        replies = stage.replies(now)
        gain = replies.max(1) - replies[seats, now]
        mover = int(gain.argmax())
        if gain[mover] <= enough:
            return Equilibrium(now, float(gain[mover]), "exact")
        if gain[mover] < steadiest.gain:
            steadiest = Equilibrium(now.copy(), float(gain[mover]), "best known")
        now[mover] = replies[mover].argmax()
    return steadiest


def potential(stage: StockStage, choice: Array) -> float:
    """Equation (1) for a joint choice [N] under random rationing; -inf if somebody's value is 0."""
    picks = stage.picks(choice)
    value = np.where(picks >= 0, stage.chosen(stage.value, choice), 1.0)
    slots, demand = np.unique(picks[picks >= 0], return_counts=True)
    crowd = np.concatenate([np.arange(1, n + 1) for n in demand.tolist()] or [np.array([1])])
    stock = np.repeat(stage.stock[slots], demand) if len(slots) else np.array([1])
    share = np.minimum(1.0, stock / crowd) * crowd_factor(np.minimum(crowd, stock), stage.beta)
    with np.errstate(divide="ignore"):
        return float(np.log(value).sum() + np.log(share).sum())


def deferred_acceptance(stage: StockStage) -> Array:
    """The stable matching that is best for the agents, [N] int64; K where an agent stays without.

    Agents propose in the order of their values; a slot keeps the B_i proposers of highest
    precedence, ties going to the lower seat.
    """
    precedence, skip = stage.precedence, stage.num_candidates
    order = np.argsort(-np.where(stage.legal, stage.value, -np.inf), axis=1, kind="stable")
    num_options = stage.legal.sum(1)
    kept: list[list[tuple[float, int]]] = [[] for _ in stage.stock]  # (precedence, -seat)
    choice, proposals = np.full(stage.num_agents, skip), np.zeros(stage.num_agents, np.int64)
    waiting = list(range(stage.num_agents))
    while waiting:
        seat = waiting.pop()
        if proposals[seat] == num_options[seat]:
            choice[seat] = skip
            continue
        choice[seat] = k = order[seat, proposals[seat]]
        proposals[seat] += 1
        slot = stage.slot[seat, k]
        kept[slot].append((float(precedence[seat, k]), -seat))
        if len(kept[slot]) > stage.stock[slot]:
            refused = min(kept[slot])
            kept[slot].remove(refused)
            waiting.append(-refused[1])
    return choice
