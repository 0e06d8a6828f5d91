"""A news feed as readers meet it: what a plan comes to, and the best reply of one reader to it.

Of one reader the best picks are found by labels (labels.py), the others keeping to their plan. If n
of them are on an item, S is the sum of their values and h what attention leaves, then a pick of
value x

    pays  h(n + 1) x      and adds  h(n + 1) x + (h(n + 1) - h(n)) S  to the welfare           (1)

less the scoop that others would have had later, if this pick is the first. A scoop is paid once,
but labels do not remember what their reader has read: they may count it at several picks of one
item. So a reader replies twice, the second time with the scoops that its first reply has left, and
takes the better. Where there are scoops, a reply is therefore never called the best.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..compiled import compiled
from ..models.attention import shares
from ..stages import AttentionStage
from .labels import Habits, Offers, best_picks


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
    reply, is_best = _reply(feed, others, others.bonus, choice, u, habits, width)
    if not feed.bonus.any():
        return reply, is_best
    once, twice = (choice.copy() for _ in range(2))
    once[:, u] = reply
    course = follow(feed, once, habits)
    twice[:, u], _ = _reply(feed, others, course.bonus, once, u, habits, width)
    is_better = follow(feed, twice, habits).welfare > course.welfare
    return (twice if is_better else once)[:, u], False


def _reply(
    feed: Feed, others: Course, bonus: Array, choice: Array, u: int, habits: Habits, width: int
) -> tuple[Array, bool]:
    """Best picks of `u` where `bonus` [T, M] is what is left, with those in `choice` as a guide."""
    steps, slot = np.arange(len(choice))[:, None], feed.slot[:, u]
    n, left = others.crowd[steps, slot], bonus[steps, slot]
    with_u = feed.share[n + 1] * (1 + left / (n + 1))
    without = feed.share[n] * (1 + left / np.maximum(n, 1))
    offset = (with_u - without) * others.worth[steps, slot]
    if feed.bonus.any():
        is_first = (n == 0) & (left > 0)
        offset -= np.where(is_first, _scoops_to_come(feed, others)[steps, slot], 0.0)
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
