"""Plans for readers who share attention, tire and leave: better replies, alone and in pairs.

One reader after the other gets its best reply (feed.py). A reply that raises the welfare of the
whole plan, departures and scoops included, is kept, until nobody has one. Then pairs are torn out
of the plan: both readers forget theirs, and reply to the others and to each other some times; what
raises the welfare is kept. So two may swap what neither would leave alone.

Readers who do not meet, since there is only one or since attention is not shared, are solved
exactly where labels suffice. All else is the best plan known.

A single step without a scoop is that of a shop in which nothing runs out, and is solved as such.

Sources: Shaw (1998), "Using constraint programming and local search methods to solve vehicle
routing problems", for tearing parts out of a plan and putting them back.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from ..models.temper import after_payoffs
from ..stages import AttentionStage, Stage, StockStage
from ..streams import Streams
from .exploitability import replies_to
from .feed import Course, Feed, feed_of, follow, reply_of
from .labels import Habits
from .optimum import step_optimum
from .planning import plan_of
from .solution import Solution

WIDTH = 48  # labels of a reader whose plan is one of many
EFFORT = 240_000  # labels times steps times choices, of a reader whom nobody meets
MAX_ROUNDS = 6  # in which every reader replies
PAIRS = 8  # torn out, per reader
PAIR_WIDTH = 8  # labels of a reader of a pair: many pairs do more than many labels
PAIR_REPLIES = 3  # of each of the two


class Plan(NamedTuple):
    """Choices of all readers, and what they come to."""

    choice: Array  # [T, N] int64
    course: Course


def _solved_as(stage: AttentionStage) -> type[Stage]:
    return Stage if stage.bonus.any() else StockStage


@step_optimum.register
def step_optimum_of_attention(stage: AttentionStage) -> Solution:
    """The best joint choice now, [N] int64; best known where it takes a large search."""
    return step_optimum.dispatch(_solved_as(stage))(stage)


@replies_to.register
def _replies_with_attention(stage: AttentionStage, policy: Array) -> Array:
    return replies_to.dispatch(_solved_as(stage))(stage, policy)


@plan_of.register
def best_reading(
    stage: AttentionStage, scenario: Any, state: Any, streams: Streams, b: int
) -> Solution:
    """The best plan known for copy `b`, [T, N] int64."""
    del stage
    habits = Habits(*(getattr(scenario, name) for name in Habits._fields))
    return plan(scenario.stages(state, streams, b), habits)


def plan(stages: Sequence[AttentionStage], habits: Habits) -> Solution:
    """The same for `stages`, the steps that are left, met by readers of those habits."""
    feed = feed_of(stages, habits)
    readers = np.flatnonzero(feed.temper > 0)
    has_scoop = bool((feed.bonus > 0).any())
    is_apart = not has_scoop and (len(readers) <= 1 or bool((feed.share[1:] == 1).all()))
    if is_apart:
        found, is_exact = _apart(feed, readers, habits)
    else:
        found, is_exact = (
            _in_pairs(feed, readers, habits, _one_by_one(feed, readers, habits)),
            False,
        )
    choice = _without_departed(found, feed, habits)
    welfare = found.course.welfare
    kind = "exact" if is_exact else "best known"
    return Solution(choice, welfare, welfare if is_exact else _bound(feed), kind)


def _apart(feed: Feed, readers: Array, habits: Habits) -> tuple[Plan, bool]:
    """Of readers who do not meet, and whether it is the best there is."""
    num_steps, _, num_candidates = feed.slot.shape
    num_options = num_steps * (num_candidates + 1)
    width = max(WIDTH, int(EFFORT / num_options / math.sqrt(max(len(readers), 1))))
    choice, are_best = _nobody(feed), []
    for u in readers:
        is_best, is_new = False, True
        for _ in range(MAX_ROUNDS):  # each goes by what the one before has found
            if not is_best and is_new:
                reply, is_best = reply_of(feed, choice, u, habits, width)
                is_new = bool((reply != choice[:, u]).any())
                choice[:, u] = reply
        are_best.append(is_best)
    return Plan(choice, follow(feed, choice, habits)), all(are_best)


def _one_by_one(feed: Feed, readers: Array, habits: Habits) -> Plan:
    """Where no reader alone adds anything."""
    choice = _nobody(feed)
    found = Plan(choice, follow(feed, choice, habits))
    for _ in range(MAX_ROUNDS):
        before = found.course.welfare
        for u in readers:
            tried = found.choice.copy()
            tried[:, u], _ = reply_of(feed, tried, u, habits, WIDTH)
            found = _better(found, tried, feed, habits)
        if found.course.welfare <= before * (1 + 1e-9):
            break
    return found


def _in_pairs(feed: Feed, readers: Array, habits: Habits, found: Plan) -> Plan:
    """With pairs, drawn alike for every feed, torn out and put back."""
    draws = np.random.default_rng(0)
    for _ in range(PAIRS * len(readers)):
        pair = draws.permutation(readers)[:2]
        tried = found.choice.copy()
        tried[:, pair] = feed.slot.shape[2]
        for _ in range(PAIR_REPLIES):
            for u in draws.permutation(pair):
                tried[:, u], _ = reply_of(feed, tried, u, habits, PAIR_WIDTH)
        found = _better(found, tried, feed, habits)
    return found


def _better(found: Plan, tried: Array, feed: Feed, habits: Habits) -> Plan:
    """Whichever has the higher welfare."""
    course = follow(feed, tried, habits)
    return Plan(tried, course) if course.welfare > found.course.welfare else found


def _nobody(feed: Feed) -> Array:
    """Where all skip, [T, N] int64."""
    return np.full(feed.slot.shape[:2], feed.slot.shape[2])


def _without_departed(found: Plan, feed: Feed, habits: Habits) -> Array:
    """The plan [T, N] as it is played: whoever has left skips."""
    played, temper = found.choice.copy(), feed.temper
    for t, payoff in enumerate(found.course.payoff):
        played[t, temper <= 0] = feed.slot.shape[2]
        temper = after_payoffs(temper, payoff, habits.temper, habits.threshold, habits.recovery)
    return played


def _bound(feed: Feed) -> float:
    """Every reader's most appealing pick at every step, fresh and alone."""
    steps = np.arange(len(feed.slot))[:, None, None]
    most = feed.appeal * (1 + feed.bonus[steps, feed.slot]) * feed.is_open
    return float(most.max(axis=2)[:, feed.temper > 0].sum())
