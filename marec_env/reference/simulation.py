"""The best plan known of any game, by playing it with the known draws.

Where a pick changes what is offered, paid or liked later, an episode does not fall apart into
steps that could be solved together. But it can be played, many times at once. A plan says which
slot each agent wants at each step; an agent that does not find it in its slate takes what is worth
most to it. The best of some plans is changed at random places, the better ones are kept, and so on.
What comes out is at least as good as what went in, the picks of `step_optimum` among it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .. import nested
from ..arrays import Array
from ..models.pick import legalise
from ..streams import Streams
from .optimum import step_optimum
from .solution import Solution

WIDTH = 32  # plans that are played at once
ROUNDS = 4  # of changes
LONGEST = 4  # steps that a change may last

Choose = Callable[[Any, int], Array]  # of P states and the step: choices [P, N]


class Play(NamedTuple):
    """P play-outs of the T' steps that are left."""

    choice: Array  # [P, T', N] int64; K skips
    slot: Array  # [P, T', N] int32: what was picked, -1 for a skip
    welfare: Array  # [P] float64: sum of all payoffs


def play(scenario: Any, state: Any, streams: Streams, choose: Choose, count: int) -> Play:
    """Plays `count` copies of a single one, from `state` on, to their horizon."""
    states = nested.repeat(state, count)
    streams = Streams(*(np.repeat(part, count) for part in streams))
    alive = np.ones((count, scenario.num_agents), np.bool_)
    choices, slots, welfare = [], [], np.zeros(count)
    for t in range(int(state.step[0]), scenario.horizon):
        choice, _ = legalise(choose(states, t), scenario.action_mask(states), alive)
        states, outcome = scenario.step(states, choice, streams.at(states.step + 1))
        alive &= ~outcome.terminated
        welfare += outcome.payoff.sum(axis=1)
        choices.append(choice)
        slots.append(outcome.picks.slot)
    return Play(np.stack(choices, axis=1), np.stack(slots, axis=1), welfare)


def offered(scenario: Any, state: Any, streams: Streams, choice: Array) -> Array:
    """The slots of the slates that a single copy meets if it plays `choice` [T', N]: [T', N, K]."""
    found = []
    for now in choice:
        found.append(state.slate.slots[0])
        state, _ = scenario.step(state, now[None], streams.at(state.step + 1))
    return np.stack(found)


def together(scenario: Any, state: Any, streams: Streams) -> Play:
    """What `step_optimum` makes of a single copy, P = 1."""

    def choose(states: Any, t: int) -> Array:
        del t
        return step_optimum(scenario.stage(states, 0)).choice[None]

    return play(scenario, state, streams, choose, 1)


def improved(scenario: Any, state: Any, streams: Streams, b: int) -> Solution:
    """The best plan [T', N] found for the steps that copy `b` has left; `streams` made `state`."""
    alone, streams = nested.only(state, b), streams.only([b])
    best, rng, first = together(scenario, alone, streams), np.random.default_rng(0), alone.step[0]
    for _ in range(ROUNDS):
        plans = _changed(best.slot[0], scenario.pool_size, rng)

        def follow(states: Any, t: int, plans: Array = plans) -> Array:
            return wanted(scenario, states, plans[:, t - first])

        best = better(best, play(scenario, alone, streams, follow, WIDTH))
    return solution(best)


def solution(best: Play) -> Solution:
    """A single play-out as a plan."""
    return Solution(best.choice[0], float(best.welfare[0]), np.inf, "best known")


def better(best: Play, found: Play) -> Play:
    """The better of a single play-out and the best of several."""
    p = int(found.welfare.argmax())
    return (
        Play(*(part[p : p + 1] for part in found)) if found.welfare[p] > best.welfare[0] else best
    )


def wanted(scenario: Any, states: Any, slots: Array) -> Array:
    """Choices [P, N] of `slots` [P, N]; the most valuable candidate where one is not there."""
    value, legal = scenario.world.values(states.episode, states.slate), scenario.action_mask(states)
    value = np.where(legal[..., :-1], value, -np.inf)
    value[states.slate.slots == slots[..., None]] = np.inf
    choice = np.where(legal[..., :-1].any(-1), value.argmax(-1), value.shape[2])
    return np.where(slots < 0, value.shape[2], choice)


def _changed(plan: Array, pool_size: int, rng: np.random.Generator) -> Array:
    """Copies [P, T', N] of a plan in which somebody wants another slot for some steps.

    Half of them want what somebody else wants, the others anything.
    """
    num_steps, num_agents = plan.shape
    plans = np.repeat(plan[None], WIDTH, axis=0)
    for changed in plans:
        agent, other = rng.integers(num_agents, size=2)
        first, last = rng.integers(num_steps), rng.integers(1, LONGEST + 1)
        steps = slice(first, first + last)
        anything = rng.integers(pool_size)
        changed[steps, agent] = changed[steps, other] if rng.random() < 0.5 else anything
    return plans
