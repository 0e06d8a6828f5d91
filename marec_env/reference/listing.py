"""The best plan of a small game, exactly: every plan of what is left of the episode is played."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..arrays import Array
from ..streams import Streams
from .simulation import play
from .solution import Solution

MAX_PLANS = 20_000  # that are played
WIDTH = 1_000  # at once: what they need in memory grows with the pool


def listed(
    scenario: Any, state: Any, streams: Streams, max_plans: int = MAX_PLANS
) -> Solution | None:
    """The best plan [T', N] of a single copy that `streams` made; None if there are too many."""
    first, num_agents = int(state.step[0]), scenario.num_agents
    num_steps, num_choices = scenario.horizon - first, scenario.slate_size + 1
    if num_choices ** (num_steps * num_agents) > max_plans:
        return None
    found = [
        _best_of(plans, scenario, state, streams, first)
        for plans in _every(num_choices, num_steps, num_agents)
    ]
    choice, welfare = max(found, key=lambda plan: plan[1])
    return Solution(choice, welfare, welfare, "exact")


def _best_of(
    plans: Array, scenario: Any, state: Any, streams: Streams, first: int
) -> tuple[Array, float]:
    """The first of the best of some plans [P, T', N] as it is played, and its welfare."""

    def follow(states: Any, t: int) -> Array:
        del states
        return plans[:, t - first]

    played = play(scenario, state, streams, follow, len(plans))
    p = int(played.welfare.argmax())
    return played.choice[p], float(played.welfare[p])


def _every(num_choices: int, num_steps: int, num_agents: int) -> Iterator[Array]:
    """All plans [P, T', N] int64, some at a time."""
    shape = (num_choices,) * (num_steps * num_agents)
    for start in range(0, num_choices ** len(shape), WIDTH):
        number = np.arange(start, min(start + WIDTH, num_choices ** len(shape)))
        yield np.stack(np.unravel_index(number, shape), axis=1).reshape(-1, num_steps, num_agents)
