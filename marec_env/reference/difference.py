"""Difference rewards: what each agent's pick was worth to everybody together.

    D_u  =  W(a)  -  W(a with u skipping),    W the sum of what the step pays                    (1)

The step is played again without each agent in turn, with the same draws; what is only felt later,
in tastes or in stock, does not count. Whoever skips has 0.

Sources: Wolpert and Tumer (2002), "Optimal payoff functions for members of collectives".
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import Array
from ..streams import Streams


def difference_rewards(
    scenario: Any, state: Any, actions: Array, streams: Streams, agents: Sequence[int] | None = None
) -> Array:
    """Equation (1) of the step that `scenario.step` makes of the same arguments.

    Returns:
        Of `agents`, or else of all: [B, len(agents)] float64.
    """

    def welfare(actions: Array) -> Array:
        return scenario.step(state, actions, streams)[1].payoff.sum(axis=1)

    now, found = welfare(actions), []
    for n in range(scenario.num_agents) if agents is None else agents:
        without = actions.copy()
        without[:, n] = scenario.slate_size
        found.append(now - welfare(without))
    return np.stack(found, axis=1)
