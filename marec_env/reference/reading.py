"""Plans for readers who share attention, tire and leave: better replies of one reader at a time.

Of one reader the best picks are found by labels (labels.py), the others keeping to their plan. If n
of them are on an item, S is the sum of their values and h what attention leaves, then a pick of
value x

    pays  h(n + 1) x      and adds  h(n + 1) x + (h(n + 1) - h(n)) S  to the welfare           (1)

less the scoop that others would have had later, if this pick is the first. A reply that raises the
welfare of the whole plan, departures and scoops included, is kept, until nobody has one. Readers
who do not meet, since there is only one or since attention is not shared, are solved exactly where
labels suffice. All else is the best plan known.

A single step without a scoop is that of a shop in which nothing runs out, and is solved as such.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from ..compiled import compiled
from ..models.attention import shares
from ..models.temper import after_payoffs
from ..stages import AttentionStage, Stage, StockStage
from ..streams import Streams
from .exploitability import replies_to
from .labels import Habits, Offers, best_picks
from .optimum import step_optimum
from .planning import plan_of
from .solution import Solution

WIDTH = 48  # labels of a reader whose plan is one of many
EFFORT = 240_000  # labels times steps times choices, of a reader whom nobody meets
MAX_ROUNDS = 6  # in which every reader replies


class Feed(NamedTuple):
    """What is offered to whom at T steps, whatever anybody picks, and readers at the first."""

    slot: Array  # [T, N, K] int64
    topic: Array  # [T, N, K] int64
    appeal: Array  # [T, N, K] float64
    is_open: Array  # [T, N, K] bool
    is_new: Array  # [T, M] bool: another item than at the step before
    bonus: Array  # [T, M] float64: where nobody has read it, if nobody does from the first step on
    share: Array  # n^-beta, [N + 1] float64
    tedium: Array  # kappa sat, [N, C] float64
    temper: Array  # [N] float64


class Course(NamedTuple):
    """What a plan comes to."""

    payoff: Array  # [T, N] float64
    crowd: Array  # readers of a slot, [T, M] int64
    worth: Array  # sum of their values, [T, M] float64
    bonus: Array  # that of the first readers, [T, M] float64

    @property
    def welfare(self) -> float:
        """Sum of all payoffs."""
        return float(self.payoff.sum())


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
    choice = np.full(feed.slot.shape[:2], feed.slot.shape[2])
    course, width = follow(feed, choice, habits), WIDTH
    if is_apart:
        num_options = len(stages) * (stages[0].num_candidates + 1)
        width = max(WIDTH, int(EFFORT / num_options / math.sqrt(max(len(readers), 1))))
    is_solved = np.zeros(stages[0].num_agents, np.bool_)
    for _ in range(MAX_ROUNDS):
        before = course.welfare
        for u in readers[~is_solved[readers]]:
            reply, is_best = reply_of(feed, choice, u, habits, width)
            is_solved[u] = is_best and is_apart
            tried = choice.copy()
            tried[:, u] = reply
            found = follow(feed, tried, habits)
            if found.welfare > course.welfare:
                choice, course = tried, found
        if course.welfare <= before * (1 + 1e-9):
            break
    choice = _without_departed(choice, course, feed, habits)
    is_exact = bool(is_solved[readers].all())
    bound = course.welfare if is_exact else _bound(feed)
    return Solution(choice, course.welfare, bound, "exact" if is_exact else "best known")


def feed_of(stages: Sequence[AttentionStage], habits: Habits) -> Feed:
    """Of stages that were foreseen, where nobody picks."""
    slot, topic, appeal, stock, bonus, age = (
        np.stack([getattr(stage, name) for stage in stages])
        for name in ("slot", "topic", "appeal", "stock", "bonus", "age")
    )
    first = stages[0]
    steps = np.arange(len(stages))[:, None, None]
    return Feed(
        slot=slot.astype(np.int64),
        topic=topic,
        appeal=appeal,
        is_open=stock[steps, slot] > 0,
        is_new=age == 0,
        bonus=bonus,
        share=shares(first.num_agents, first.beta, 0.0)[0],
        tedium=habits.kappa * first.satiation,
        temper=first.temper,
    )


def reply_of(feed: Feed, choice: Array, u: int, habits: Habits, width: int) -> tuple[Array, bool]:
    """What reader `u` does best if the others keep to `choice` [T, N], and whether it is best."""
    alone = choice.copy()
    alone[:, u] = feed.slot.shape[2]
    others = follow(feed, alone, habits)
    steps, slot = np.arange(len(choice))[:, None], feed.slot[:, u]
    n, bonus = others.crowd[steps, slot], others.bonus[steps, slot]
    with_u = feed.share[n + 1] * (1 + bonus / (n + 1))
    without = feed.share[n] * (1 + bonus / np.maximum(n, 1))
    offset = (with_u - without) * others.worth[steps, slot]
    if feed.bonus.any():
        offset -= np.where(n == 0, _scoops_to_come(feed, others)[steps, slot], 0.0)
    offers = Offers(
        is_open=feed.is_open[:, u],
        topic=feed.topic[:, u],
        appeal=feed.appeal[:, u],
        slope=with_u,
        offset=offset,
    )
    reply, _, is_best = best_picks(
        offers, choice[:, u], feed.tedium[u], feed.temper[u], habits, width
    )
    return reply, is_best


def _scoops_to_come(feed: Feed, course: Course) -> Array:
    """What a scoop later on is worth to those who then have it, [T, M] float64."""
    scoop = course.worth * feed.share[course.crowd] * course.bonus / np.maximum(course.crowd, 1)
    found = np.zeros(scoop.shape)
    for t in range(len(scoop) - 2, -1, -1):
        later = np.where(course.crowd[t + 1] > 0, scoop[t + 1], found[t + 1])
        found[t] = np.where(feed.is_new[t + 1], 0.0, later)
    return found


def follow(feed: Feed, choice: Array, habits: Habits) -> Course:
    """Plays a plan [T, N]; whoever has left skips."""
    num_steps, num_agents, _ = feed.slot.shape
    slots = feed.is_new.shape
    course = Course(
        np.zeros((num_steps, num_agents)),
        np.zeros(slots, np.int64),
        np.zeros(slots),
        feed.bonus.copy(),
    )
    room = np.zeros(slots[1], np.bool_), np.empty(num_agents)
    readers = feed.tedium.copy(), feed.temper.copy()
    _follow(*feed[:5], feed.share, choice, *habits, *readers, *room, *course)
    return course


def _without_departed(choice: Array, course: Course, feed: Feed, habits: Habits) -> Array:
    """The plan [T, N] as it is played: whoever has left skips."""
    played, temper = choice.copy(), feed.temper
    for t, payoff in enumerate(course.payoff):
        played[t, temper <= 0] = feed.slot.shape[2]
        temper = after_payoffs(temper, payoff, habits.temper, habits.threshold, habits.recovery)
    return played


def _bound(feed: Feed) -> float:
    """Every reader's most appealing pick at every step, fresh and alone."""
    steps = np.arange(len(feed.slot))[:, None, None]
    most = feed.appeal * (1 + feed.bonus[steps, feed.slot]) * feed.is_open
    return float(most.max(axis=2)[:, feed.temper > 0].sum())


@compiled
def _follow(
    slot, topic, appeal, is_open, is_new, share, choice, gamma, kappa, threshold, start, recovery,
    tedium, temper, is_read, value, payoff, crowd, worth, bonus,
):  # fmt: skip
    """Changes `tedium` and `temper`, which are those of the readers now, and writes a course."""
    num_steps, num_agents, skip = slot.shape
    for t in range(num_steps):
        for m in range(is_read.size):
            is_read[m] = is_read[m] and not is_new[t, m]
            if is_read[m]:
                bonus[t, m] = 0.0
        for u in range(num_agents):
            k = choice[t, u]
            if k < skip and temper[u] > 0.0 and is_open[t, u, k]:
                m = slot[t, u, k]
                value[u] = appeal[t, u, k] * max(0.0, 1.0 - tedium[u, topic[t, u, k]])
                crowd[t, m] += 1
                worth[t, m] += value[u]
        for u in range(num_agents):
            if temper[u] <= 0.0:
                continue
            k = choice[t, u]
            is_pick = k < skip and is_open[t, u, k]
            if is_pick:
                m = slot[t, u, k]
                payoff[t, u] = value[u] * share[crowd[t, m]] * (1.0 + bonus[t, m] / crowd[t, m])
                tedium[u, topic[t, u, k]] += kappa
                is_read[m] = True
            for c in range(tedium.shape[1]):
                tedium[u, c] *= gamma
            loss = min(max(threshold - payoff[t, u], -recovery), 2.0)
            temper[u] = min(max(temper[u] - loss, 0.0), start)
