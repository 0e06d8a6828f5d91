"""What an episode was worth, to whom, and how it spread over the items.

With x_u the mean payoff of seat u per step, over N seats, and c_i the picks of slot i, over M,

    welfare       =  mean_u x_u                                                        (1)
    nash_welfare  =  exp(mean_u log max(x_u, 1e-9))                                    (2)
    gini(x)       =  sum_j (2 j - N - 1) x_(j) / (N sum_u x_u),  x_(1) <= ... <= x_(N) (3)
    jain(x)       =  (sum_u x_u)^2 / (N sum_u x_u^2)                                   (4)
    entropy(c)    =  - sum_i p_i log p_i / log M,                p_i = c_i / sum c     (5)

Payoffs are noise-free and before the objective; a departed seat goes on to pay 0. All functions are
pure and take any leading axes, none of them empty. docs/metrics.md has units, edge cases and how to
read each. What is costlier is computed on request: envy (envy.py), diversity and novelty
(models/variety.py); what needs a reference is in reference/score.py: score, efficiency, regret.

Sources: Gini (1912), "Variabilita e mutabilita"; Jain, Chiu and Hawe (1984), "A quantitative
measure of fairness and discrimination"; Kaneko and Nakamura (1979), "The Nash social welfare
function".
"""

import functools
import math
from typing import NamedTuple

import numpy as np

from .arrays import Array
from .compiled import compiled

LOWEST_PAYOFF = 1e-9  # what Nash welfare takes a smaller payoff for
NAMES = (
    *("welfare", "nash_welfare", "worst_off", "gini", "jain"),
    *("exposure_gini", "exposure_entropy", "coverage"),
    *("fill_rate", "collisions", "stock_outs"),
)


class History(NamedTuple):
    """What B episodes brought; rows of steps that never came hold skips, zeros and True."""

    slots: Array  # [B, T, N] integer: pool slot picked, -1 for a skip
    payoff: Array  # [B, T, N] float64
    served: Array  # [B, T, N] bool: the pick was served; True for a skip
    items: Array  # [B, T, N] integer: what was picked, by its id in the catalogue, -1 for a skip


def episode_metrics(
    history: History, pool_size: int, total: Array | None = None
) -> dict[str, Array]:
    """The metrics of each episode, [B] float64; cheap enough for every episode of training.

    `pool_size` is M; `total` [B, N] is what each agent was paid in all, if it is known already.
    """
    num_envs, num_steps, num_agents = history.slots.shape
    total = history.payoff.sum(axis=1) if total is None else total
    per_seat = total / num_steps  # x [B, N]
    per_seat.sort(axis=1)
    out = np.empty((len(NAMES), num_envs))
    room = _room(pool_size, num_steps * num_agents)
    _measure_all(history.slots, history.served, per_seat, *room, out)
    return dict(zip(NAMES, out, strict=True))


@functools.lru_cache(maxsize=8)
def _room(pool_size: int, num_picks: int) -> tuple[Array, Array, Array, Array]:
    """What `_measure_all` counts in."""
    picks, crowd = np.empty(pool_size, np.int32), np.zeros(pool_size, np.int32)
    return picks, crowd, np.zeros(pool_size, np.bool_), np.empty(num_picks + 1, np.int64)


def nash_welfare(x: Array) -> Array:
    """Equation (2) over the last axis."""
    return np.apply_along_axis(_nash_welfare, -1, np.asarray(x, np.float64))


def gini(x: Array) -> Array:
    """Equation (3) over the last axis: 0 if all have the same, or nothing; below 1 always.

    Raises:
        ValueError: if some x is negative: shares of a total that may be 0 would mean nothing.
    """
    ordered = np.sort(np.asarray(x, np.float64), axis=-1)
    if not ordered[..., 0].min() >= 0:
        raise ValueError(f"gini needs values >= 0, got {ordered[..., 0].min()}")
    return np.apply_along_axis(_gini, -1, ordered)


def jain(x: Array) -> Array:
    """Equation (4) over the last axis: 1 if all have the same, or nothing; 1 / N if one has all."""
    return np.apply_along_axis(_jain, -1, np.asarray(x, np.float64))


def entropy(counts: Array) -> Array:
    """Equation (5) over the last axis: 1 if spread evenly, 0 if all on one of several.

    Args:
        counts: c, [..., M] integer, >= 0.

    Returns:
        [...] float64 in [0, 1]; NaN where nothing was counted.
    """
    counts = np.asarray(counts, np.int32)
    room = np.empty(counts.max(initial=0) + 1, np.int64)
    return np.apply_along_axis(_entropy, -1, counts, room)


@compiled
def _measure_all(slots, served, per_seat, picks, crowd, is_short, levels, out):
    """In room for counts [M], and for how many slots have each of these, [T N + 1]."""
    for b in range(slots.shape[0]):
        found = _measure(slots[b], served[b], per_seat[b], picks, crowd, is_short, levels)
        for m in range(len(found)):
            out[m, b] = found[m]


@compiled
def _measure(slots, served, ordered, picks, crowd, is_short, levels):
    """Of one episode, as in `NAMES`, from x [N] in ascending order; room as in `_measure_all`."""
    collided, refused, shortages = _tally(slots, served, picks, crowd, is_short)
    exposure = _histogram(picks, levels)
    demand = picks.sum()
    some = max(demand, 1)
    return (
        ordered.sum() / ordered.size,
        _nash_welfare(ordered),
        ordered[0],
        _gini(ordered) if ordered[0] >= 0 else np.nan,
        _jain(ordered),
        _gini_of(exposure) if demand > 0 else np.nan,
        _entropy_of(exposure),
        1.0 - exposure[0] / picks.size,
        1.0 - refused / some,
        collided / some,
        shortages / slots.shape[0],
    )


@compiled
def _tally(slots, served, picks, crowd, is_short):
    """Counts picks [M]; returns picks in company, refused picks, and shortages.

    `crowd` and `is_short` [M] are zero on entry and on return.
    """
    num_steps, num_agents = slots.shape
    picks[:] = 0
    collided = refused = shortages = 0
    for t in range(num_steps):
        for n in range(num_agents):
            slot = slots[t, n]
            if slot < 0:
                continue
            picks[slot] += 1
            crowd[slot] += 1
            if crowd[slot] == 2:
                collided += 2
            elif crowd[slot] > 2:
                collided += 1
            if not served[t, n]:
                refused += 1
                if not is_short[slot]:
                    is_short[slot] = True
                    shortages += 1
        for n in range(num_agents):  # only what was touched: M may be far larger than N
            if slots[t, n] >= 0:
                crowd[slots[t, n]] = 0
                is_short[slots[t, n]] = False
    return collided, refused, shortages


@compiled
def _nash_welfare(x):
    total = 0.0
    for value in x:
        total += math.log(max(value, LOWEST_PAYOFF))
    return math.exp(total / x.size)


@compiled
def _gini(ordered):
    total = weighted = 0.0
    for j in range(ordered.size):
        total += ordered[j]
        weighted += (2 * j + 1 - ordered.size) * ordered[j]
    return max(weighted, 0.0) / (ordered.size * total) if total > 0 else 0.0


@compiled
def _jain(x):
    scale = 0.0
    for value in x:
        scale = max(scale, abs(value))
    if scale == 0:
        return 1.0
    total = squares = 0.0
    for value in x:
        share = value / scale  # squares of tiny values would vanish
        total += share
        squares += share * share
    return total * total / (x.size * squares)


@compiled
def _entropy(counts, room):
    return _entropy_of(_histogram(counts, room))


@compiled
def _histogram(counts, room):
    """How many of the counts are 0, 1, 2 ..., [highest + 1] int64 of `room`."""
    highest = 0
    for count in counts:
        highest = max(highest, count)
    out = room[: highest + 1]
    out[:] = 0
    for count in counts:
        out[count] += 1
    return out


@compiled
def _gini_of(histogram):
    """Equation (3) of counts of which `histogram` holds how many are 0, 1, 2, ...

    Equal counts take consecutive ranks, so that no count has to be sorted; all sums are exact.
    """
    number = histogram.sum()
    last = total = weighted = 0  # rank of the last of each value
    for value in range(histogram.size):
        first = last + 1
        last += histogram[value]
        ranks = (first + last) * histogram[value]  # twice their sum
        total += histogram[value] * value
        weighted += (ranks - (number + 1) * histogram[value]) * value
    return weighted / (number * total) if total > 0 else 0.0


@compiled
def _entropy_of(histogram):
    """Equation (5), likewise."""
    number = histogram.sum()
    total, spread = 0, 0.0
    for value in range(1, histogram.size):
        total += histogram[value] * value
        spread += histogram[value] * (value * math.log(value))
    if total == 0:
        return np.nan
    if number == 1:
        return 1.0
    even = (math.log(total) - spread / total) / math.log(number)
    return min(max(even, 0.0), 1.0)
