"""The best picks of a single reader who tires and may leave, by labels with Pareto dominance.

A label is a way to have played so far: what it has gained, how tedious each topic has become (kappa
times its satiation), how much temper is left. Candidate k of step t pays slope_tk x and gains

    slope_tk x + offset_tk,     x = appeal_tk max(0, 1 - tedium_c),  c = topic_tk      (1)

and the offset is what the others lose by it. A label that has gained no more than another, is worse
off in every topic and has no more temper can be dropped: whatever follows, the other does as well.
If never more than `width` are left, the picks are the best there are. Else those go on that would
come to most if they went on like a guide, picks g_s of a plan that is known already,

    gain + sum over s > t of slope_s appeal_s (1 - gamma_s^(s - t - 1) tedium_c),  of g_s      (2)

so that the picks found are hardly ever worse than the guide.

Sources: Irnich and Desaulniers (2005), "Shortest path problems with resource constraints", for
labels and dominance.
"""

from typing import NamedTuple

import numpy as np
from numba import int64

from ..arrays import Array
from ..compiled import compiled

_TINY = 1e-300  # keeps 0 / 0 at 0


class Habits(NamedTuple):
    """How readers tire and lose their temper; the constants of the scenario of those names."""

    gamma_s: float
    kappa: float
    threshold: float
    temper: float
    recovery: float


class Offers(NamedTuple):
    """What a reader may pick at T steps."""

    is_open: Array  # [T, K] bool
    topic: Array  # [T, K] int64
    appeal: Array  # [T, K] float64
    slope: Array  # [T, K] float64, >= 0
    offset: Array  # [T, K] float64


def best_picks(
    offers: Offers, guide: Array, tedium: Array, temper: float, habits: Habits, width: int
) -> tuple[Array, float, bool]:
    """The picks of highest gain known.

    Args:
        offers: of the T steps.
        guide: choices to go by where there are too many labels, [T] int64; all K: there is none.
        tedium: kappa times the satiation at first, [C] float64.
        temper: at first, > 0.
        habits: of the reader.
        width: labels that are kept at a step.

    Returns:
        Choices [T] int64, K skips, as all do after leaving; their gain; whether it is the highest.
    """
    (num_steps, skip), num_topics = offers.appeal.shape, len(tedium)
    ahead, weight = _outlook(offers, guide, num_topics, habits.gamma_s)
    made = width * (skip + 1)
    rooms = [
        (np.empty(n), np.empty(n), np.empty((n, num_topics))) for n in (width, made)
    ]  # gain, temper and kappa times satiation of labels kept and made
    for room, first in zip(rooms[0], (0.0, temper, tedium), strict=True):
        room[0] = first
    trace = np.empty((2, num_steps, width), np.int64)  # the label before, and the choice
    score, heap = np.empty(made), np.empty(made, np.int64)
    is_best, best = _search(
        *offers, *habits, ahead, weight, *rooms[0], *rooms[1], score, heap,
        np.empty((2, made), np.int64), trace,
    )  # fmt: skip
    choice, label = np.empty(num_steps, np.int64), 0
    for t in range(num_steps - 1, -1, -1):
        choice[t], label = trace[1, t, label], trace[0, t, label]
    return choice, best, is_best


def _outlook(offers: Offers, guide: Array, num_topics: int, gamma: float) -> tuple[Array, Array]:
    """Of (2), after each step: the sum of gains [T], and the weights [T, C]."""
    num_steps, skip = offers.appeal.shape
    steps = np.arange(num_steps)
    worth = np.where(offers.is_open, offers.slope * offers.appeal, 0.0)
    loss = np.zeros((num_steps, num_topics))  # what a unit of tedium costs at the step
    if (guide < skip).any():
        k = np.minimum(guide, skip - 1)
        gain = np.where(guide < skip, worth[steps, k], 0.0)
        loss[steps, offers.topic[steps, k]] = gain
    else:  # no guide: topics in proportion to their worth
        np.maximum.at(loss, (steps[:, None], offers.topic), worth)
        gain = loss.max(axis=1)
        loss *= loss**2 / np.maximum((loss**2).sum(axis=1, keepdims=True), _TINY)
    ahead, weight = np.zeros(num_steps), np.zeros((num_steps, num_topics))
    for t in range(num_steps - 2, -1, -1):
        ahead[t] = ahead[t + 1] + gain[t + 1]
        weight[t] = gamma * weight[t + 1] + loss[t + 1]
    return ahead, weight


@compiled
def _sift_down(heap, size, score):
    """Restores the heap after its top has changed; the highest score is on top."""
    at = 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and score[heap[child + 1]] > score[heap[child]]:
            child += 1
        if score[heap[child]] <= score[heap[at]]:
            break
        heap[at], heap[child] = heap[child], heap[at]
        at = child


@compiled
def _push(heap, size, score, label):
    at = size
    heap[at] = label
    while at > 0 and score[heap[(at - 1) // 2]] < score[label]:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = label


@compiled
def _is_dominated(gain, left, tedium, label, kept_gain, kept_left, kept_tedium, size):
    for i in range(size):
        if kept_gain[i] >= gain[label] and kept_left[i] >= left[label]:
            is_below = True
            for c in range(tedium.shape[1]):
                if kept_tedium[i, c] > tedium[label, c]:
                    is_below = False
                    break
            if is_below:
                return True
    return False


@compiled
def _search(
    is_open, topic, appeal, slope, offset, gamma, kappa, threshold, start, recovery, ahead,
    weight, gain, left, tedium, new_gain, new_left, new_tedium, score, heap, origin, trace,
):  # fmt: skip
    """Keeps labels in `gain`, `left` and `tedium`; `origin` has where a new one comes from."""
    num_steps, skip = appeal.shape
    num_topics = tedium.shape[1]
    size, is_best = 1, True
    for t in range(num_steps):
        is_last = t + 1 == num_steps
        count = 0
        for i in range(size):
            for k in range(skip + 1):
                if k < skip and (not is_open[t, k] or left[i] <= 0.0):
                    continue
                gained = pay = 0.0
                if k < skip:
                    x = appeal[t, k] * max(0.0, 1.0 - tedium[i, topic[t, k]])
                    pay = slope[t, k] * x
                    gained = pay + offset[t, k]
                new_gain[count] = gain[i] + gained
                loss = min(max(threshold - pay, -recovery), 2.0)
                rest = min(max(left[i] - loss, 0.0), start) if left[i] > 0.0 else 0.0
                new_left[count] = rest
                burden = 0.0
                for c in range(num_topics):
                    h = gamma * tedium[i, c]
                    if k < skip and topic[t, k] == c:
                        h += gamma * kappa
                    new_tedium[count, c] = h if rest > 0.0 and not is_last else 0.0
                    burden += weight[t, c] * h
                if is_last:
                    new_left[count] = 0.0  # nothing but the gain counts any more
                elif rest <= 0.0:
                    new_tedium[count, :] = np.inf
                hope = max(0.0, ahead[t] - burden) if rest > 0.0 else 0.0
                score[count] = new_gain[count] + hope
                origin[0, count], origin[1, count] = i, k
                _push(heap, count, score, int64(count))
                count += 1
        size = 0
        while count > 0:
            label = heap[0]
            count -= 1
            heap[0] = heap[count]
            _sift_down(heap, count, score)
            if _is_dominated(new_gain, new_left, new_tedium, label, gain, left, tedium, size):
                continue
            if size == gain.size:
                is_best = False
                break
            gain[size], left[size] = new_gain[label], new_left[label]
            for g in range(tedium.shape[1]):
                tedium[size, g] = new_tedium[label, g]
            trace[0, t, size], trace[1, t, size] = origin[0, label], origin[1, label]
            size += 1
    return is_best, gain[0]
