"""References of games among friends: their steps, their mixed play, and plans for their episodes.

A step is solved exactly where its graph is narrow, else by climbing. Against independent others a
meeting has the probability that the other is there, so that what a candidate pays is linear in the
others' policies. A plan invests: ratings stay, similarities grow with what is consumed, and what
many have picked is easier to meet at. Where there are too many plans to play them all (listing.py),
a candidate counts for

    own_u(k)  +  (share of the episode that is left) (g r_u(k) (1 - s_u(k)) + h_i),  i its item  (1)

and each step is the best climb by that. Weights g and h are found by playing episodes with many of
them, and then with others near the best ones: an evolution strategy.

Source: Rechenberg (1973), "Evolutionsstrategie".
"""

import functools
from typing import Any

import numpy as np

from .. import nested
from ..arrays import Array
from ..stages import FriendsStage
from ..streams import Streams
from .exploitability import replies_to
from .friends_climbing import best_climb, climb
from .friends_elimination import best_choice
from .listing import listed
from .optimum import step_optimum
from .planning import plan_of
from .simulation import WIDTH, better, play, solution, together
from .solution import Solution

_ROUNDS = 6  # of weights
_LARGEST = 1.0  # g of the first round
_STRIDE = 0.1  # deviation of the changes of g and h


@step_optimum.register
def step_optimum_of_friends(stage: FriendsStage, *, max_entries: int = 1_000_000) -> Solution:
    """The best joint choice now.

    Args:
        stage: the game of this step.
        max_entries: of the largest table of the exact method; wider graphs are climbed.
    """
    choice = best_choice(stage, max_entries)
    if choice is None:
        choice = best_climb(stage)
        return Solution(choice, float(stage.welfare(choice)), np.inf, "best known")
    worth = float(stage.welfare(choice))
    return Solution(choice, worth, worth, "exact")


@replies_to.register
def _replies_of_friends(stage: FriendsStage, policy: Array) -> Array:
    """Linear in what the others do."""
    presence = np.zeros((stage.num_agents, int(stage.slot.max()) + 1))
    np.put_along_axis(presence, stage.slot, policy[:, :-1], axis=1)
    return np.pad(stage.value + stage.iota * stage.company(presence), ((0, 0), (0, 1)))


@plan_of.register
def _plan_of_friends(
    stage: FriendsStage, scenario: Any, state: Any, streams: Streams, b: int
) -> Solution:
    """The best of all where they are few; else at least as good as the best of every step."""
    del stage
    alone, streams = nested.only(state, b), streams.only([b])
    return listed(scenario, alone, streams) or searched(scenario, alone, streams)


def searched(scenario: Any, alone: Any, streams: Streams) -> Solution:
    """At least as good as the best of every step, for a single copy that `streams` made."""
    best, rng = together(scenario, alone, streams), np.random.default_rng(0)
    growth, spots = np.linspace(0.0, _LARGEST, WIDTH), np.zeros((WIDTH, scenario.pool_size))
    for _ in range(_ROUNDS):
        choose = functools.partial(_invest, scenario, growth, spots)
        found = play(scenario, alone, streams, choose, WIDTH)
        best = better(best, found)
        first = int(found.welfare.argmax())  # stays as it is, the others move around it
        changes = _STRIDE * rng.standard_normal((WIDTH, 1 + scenario.pool_size))
        changes[0] = 0.0
        growth, spots = growth[first] + changes[:, 0], spots[first] + changes[:, 1:]
    return solution(best)


def _invest(scenario: Any, growth: Array, spots: Array, states: Any, t: int) -> Array:
    """Climbs by equation (1) with g `growth` [P] and h `spots` [P, M] of each copy."""
    slate, left = states.slate, (scenario.horizon - 1 - t) / scenario.horizon
    _, rating = scenario.circle.ratings(states, slate.slots, slate.items)
    worth = slate.similarity * rating
    spot = np.take_along_axis(spots[:, None], slate.slots, axis=2)
    worth += left * (growth[:, None, None] * rating * (1.0 - slate.similarity) + spot)
    graph, best = scenario.circle.friends, worth.argmax(axis=2)
    return climb(worth, slate.slots, graph, scenario.iota, best)[0]
