"""References of games among friends: their steps, their mixed play, and plans for their episodes.

A step is solved exactly where it is small, else by climbing. Against independent others a meeting
has the probability that the other is there, so that what a candidate pays is linear in the others'
policies. A plan tries, besides what is best at each step, to invest: ratings stay and similarities
grow with what is consumed, so that a candidate counts for

    own_u(k)  +  g (share of the episode that is left) r_u(k) (1 - s_u(k))                       (1)

for some weights g, and the best of these plays is improved by simulation (simulation.py).
"""

import functools
from typing import Any

import numpy as np

from ..arrays import Array
from ..stages import FriendsStage
from ..streams import Streams
from . import exploitability, planning
from .friends_climbing import best_climb, climb
from .friends_program import best_choice, meetings
from .optimum import step_optimum
from .simulation import WIDTH, improved
from .solution import Solution

_INVESTMENTS = np.linspace(0.0, 0.9, WIDTH)[:, None, None]  # g


@step_optimum.register
def step_optimum_of_friends(stage: FriendsStage, *, exact_size: int = 2_000) -> Solution:
    """The best joint choice now.

    Args:
        stage: the game of this step.
        exact_size: most candidates and possible meetings, for the exact program.
    """
    if np.count_nonzero(stage.legal) + len(meetings(stage).worth) > exact_size:
        choice = best_climb(stage)
        return Solution(choice, float(stage.welfare(choice)), np.inf, "best known")
    choice = best_choice(stage)
    worth = float(stage.welfare(choice))
    return Solution(choice, worth, worth, "exact")


@exploitability._replies.register
def _replies_of_friends(stage: FriendsStage, policy: Array) -> Array:
    """Linear in what the others do."""
    presence = np.zeros((stage.num_agents, int(stage.slot.max()) + 1))
    np.put_along_axis(presence, stage.slot, policy[:, :-1], axis=1)
    return np.pad(stage.value + stage.iota * stage.company(presence), ((0, 0), (0, 1)))


@planning._plan.register
def _plan_of_friends(
    stage: FriendsStage, scenario: Any, state: Any, streams: Streams, b: int
) -> Solution:
    del stage
    return improved(scenario, state, streams, b, functools.partial(_invest, scenario))


def _invest(scenario: Any, states: Any, t: int) -> Array:
    """Equation (1), with another g in each copy, by climbing from everybody's favourite."""
    slate = states.slate
    rating, left = scenario.ratings(states, slate), (scenario.horizon - 1 - t) / scenario.horizon
    own = slate.similarity * rating
    own += _INVESTMENTS * left * rating * (1.0 - slate.similarity)
    start = own.argmax(axis=2)
    return climb(own, slate.slots, scenario.friends, scenario.iota, start)[0]
