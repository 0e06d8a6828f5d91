"""What an episode was worth, to whom, and how it spread over the items.

With x_u the mean payoff of seat u per step, over N seats, and c_i the picks of slot i, over M,

    welfare       =  mean_u x_u                                                        (1)
    nash_welfare  =  exp(mean_u log max(x_u, 1e-9))                                    (2)
    gini(x)       =  sum_j (2 j - N - 1) x_(j) / (N sum_u x_u),  x_(1) <= ... <= x_(N) (3)
    jain(x)       =  (sum_u x_u)^2 / (N sum_u x_u^2)                                   (4)
    entropy(c)    =  - sum_i p_i log p_i / log M,                p_i = c_i / sum c     (5)

Payoffs are noise-free and before the objective; a departed seat goes on to pay 0. All functions are
pure and take any leading axes. docs/metrics.md has units, edge cases and how to read each. What is
costlier is computed on request: `envy`, and diversity and novelty (models/variety.py); what needs a
reference is in reference/score.py: score, efficiency, regret.

Sources: Gini (1912), "Variabilita e mutabilita"; Jain, Chiu and Hawe (1984), "A quantitative
measure of fairness and discrimination"; Kaneko and Nakamura (1979), "The Nash social welfare
function"; Foley (1967), "Resource allocation and the public sector".
"""

from typing import NamedTuple

import numpy as np

from .arrays import Array
from .compiled import compiled

LOWEST_PAYOFF = 1e-9  # what Nash welfare takes a smaller payoff for


class History(NamedTuple):
    """What B episodes brought; rows of steps that never came hold skips, zeros and True."""

    slots: Array  # [B, T, N] integer: pool slot picked, -1 for a skip
    payoff: Array  # [B, T, N] float64
    served: Array  # [B, T, N] bool: the pick was served; True for a skip


def episode_metrics(history: History, pool_size: int) -> dict[str, Array]:
    """The metrics of each episode, [B] float64; cheap enough for every episode of training."""
    picks, collided, refused, shortages = _tally(history.slots, history.served, pool_size)
    exposure = _histogram(picks)
    num_steps = history.slots.shape[1]
    per_seat = history.payoff.sum(axis=1) / num_steps  # x [B, N]
    worst_off = per_seat.min(axis=1)
    demand = picks.sum(axis=1)
    has_demand = demand > 0
    some = np.maximum(demand, 1)
    return {
        "welfare": per_seat.mean(axis=1),
        "nash_welfare": nash_welfare(per_seat),
        "worst_off": worst_off,
        "gini": np.where(worst_off >= 0, gini(np.maximum(per_seat, 0)), np.nan),
        "jain": jain(per_seat),
        "exposure_gini": np.where(has_demand, _gini_of(exposure), np.nan),
        "exposure_entropy": _entropy_of(exposure),
        "coverage": 1.0 - exposure[:, 0] / pool_size,
        "fill_rate": 1.0 - refused / some,
        "collisions": collided / some,
        "stock_outs": shortages / num_steps,
    }


def nash_welfare(x: Array) -> Array:
    """Equation (2) over the last axis."""
    return np.exp(np.log(np.maximum(x, LOWEST_PAYOFF)).mean(axis=-1))


def gini(x: Array) -> Array:
    """Equation (3) over the last axis: 0 if all have the same, or nothing; below 1 always.

    Raises:
        ValueError: if some x is negative: shares of a total that may be 0 would mean nothing.
    """
    ordered = np.sort(x, axis=-1)
    if ordered.size and not ordered[..., 0].min() >= 0:
        raise ValueError(f"gini needs values >= 0, got {ordered[..., 0].min()}")
    n = ordered.shape[-1]
    total = ordered.sum(axis=-1)
    weighted = (ordered * np.arange(1 - n, n, 2)).sum(axis=-1)
    return np.where(total > 0, np.maximum(weighted, 0) / (n * np.where(total > 0, total, 1)), 0.0)


def jain(x: Array) -> Array:
    """Equation (4) over the last axis: 1 if all have the same, or nothing; 1 / N if one has all."""
    scale = np.abs(x).max(axis=-1, keepdims=True)
    share = x / np.where(scale > 0, scale, 1)  # squares of tiny values would vanish
    squares = (share**2).sum(axis=-1)
    even = share.sum(axis=-1) ** 2 / (x.shape[-1] * np.where(squares > 0, squares, 1))
    return np.where(squares > 0, even, 1.0)


def entropy(counts: Array) -> Array:
    """Equation (5) over the last axis: 1 if spread evenly, 0 if all on one of several.

    Args:
        counts: c, [..., M] integer, >= 0.

    Returns:
        [...] float64 in [0, 1]; NaN where nothing was counted.
    """
    counts = np.asarray(counts)
    rows = _histogram(counts.reshape(-1, counts.shape[-1]).astype(np.int32))
    return _entropy_of(rows).reshape(counts.shape[:-1])


def _gini_of(histogram: Array) -> Array:
    """Equation (3) of counts of which `histogram` [B, C] holds how many are 0, 1, 2, ...

    Equal counts take consecutive ranks, so that no count has to be sorted; all sums are exact.
    """
    value, number = np.arange(histogram.shape[1]), histogram.sum(axis=1)
    last = histogram.cumsum(axis=1)  # rank of the last of each value
    ranks = last * (last + 1) - (last - histogram) * (last - histogram + 1)  # twice their sum
    weighted = ((ranks - (number[:, None] + 1) * histogram) * value).sum(axis=1)
    total = (histogram * value).sum(axis=1)
    return np.where(total > 0, weighted / (number * np.maximum(total, 1)), 0.0)


def _entropy_of(histogram: Array) -> Array:
    """Equation (5), likewise."""
    value, number = np.arange(histogram.shape[1]), histogram.sum(axis=1)
    total = (histogram * value).sum(axis=1)
    some = np.maximum(total, 1)
    terms = histogram * (value * np.log(np.maximum(value, 1)))
    # in sequence, so that the zeros of a longer histogram change no bit
    spread = np.log(some) - terms.cumsum(axis=1)[:, -1] / some
    even = np.where(number > 1, spread / np.log(np.maximum(number, 2)), 1.0)
    return np.where(total > 0, np.clip(even, 0.0, 1.0), np.nan)


def _histogram(counts: Array) -> Array:
    """How many of the counts [B, M] are 0, 1, 2 ..., [B, highest + 1] int64."""
    out = np.zeros((len(counts), int(counts.max(initial=0)) + 1), np.int64)
    _count_counts(counts, out)
    return out


def picks_per_slot(slots: Array, pool_size: int) -> Array:
    """How often each slot was picked, [B, M] int32, from slots [B, T, N] with -1 for a skip."""
    return _tally(slots, np.ones(slots.shape, np.bool_), pool_size)[0]


class Envy(NamedTuple):
    """How many envy, and how much."""

    share: float  # of ordered pairs (u, v) of different seats, in which u envies v
    amount: float  # mean over u of the most it misses, in payoff per step; 0 if nobody envies


def envy(
    history: History, value: Array, own_value: Array, *, max_agents: int = 1_000, seed: int = 0
) -> Envy:
    """Whether agents would rather have had what others received.

    u values what v received as sum over t of v_{u, pick of v} times v's own service and crowd
    factors, payoff_v / v_{v, pick of v}; it envies v if that exceeds its own return by more than
    1e-6 of it. Costs O(N (N + T) M), so above `max_agents` a sample of seats is compared.

    Args:
        history: of a single episode, B = 1.
        value: v_ui of every seat and slot, [N, M] float64.
        own_value: v of each pick, [T, N] float64; any number where the seat skipped.
        max_agents: most seats that are compared.
        seed: draws the sample.
    """
    slots, payoff = history.slots[0], history.payoff[0]
    num_steps, num_agents = slots.shape
    seats = np.arange(num_agents)
    if num_agents > max_agents:
        seats = np.sort(np.random.default_rng(seed).choice(num_agents, max_agents, replace=False))
    slots, payoff, own_value = slots[:, seats], payoff[:, seats], own_value[:, seats]
    factor = np.where(payoff > 0, payoff / np.where(payoff > 0, own_value, 1), 0.0)
    received = np.zeros((len(seats), value.shape[1] + 1))  # the last column takes the skips
    np.add.at(received, (np.broadcast_to(np.arange(len(seats)), slots.shape), slots), factor)
    worth = value[seats] @ received[:, :-1].T  # [u, v]
    own = payoff.sum(axis=0)[:, None]
    more = np.where(worth > own * (1 + 1e-6), worth - own, 0.0)
    np.fill_diagonal(more, 0.0)
    num_pairs = max(1, len(seats) * (len(seats) - 1))
    return Envy(float((more > 0).sum() / num_pairs), float(more.max(axis=1).mean() / num_steps))


def _tally(slots: Array, served: Array, pool_size: int) -> tuple[Array, Array, Array, Array]:
    """Per episode: picks of each slot [B, M]; picks in company, refused picks, shortages [B]."""
    num_envs = len(slots)
    picks = np.zeros((num_envs, pool_size), np.int32)
    collided, refused, shortages = (np.zeros(num_envs, np.int64) for _ in range(3))
    _count(slots, served, picks, collided, refused, shortages)
    return picks, collided, refused, shortages


@compiled
def _count(slots, served, picks, collided, refused, shortages):
    num_envs, num_steps, num_agents = slots.shape
    crowd = np.zeros(picks.shape[1], np.int32)
    is_short = np.zeros(picks.shape[1], np.bool_)
    for b in range(num_envs):
        for t in range(num_steps):
            for n in range(num_agents):
                slot = slots[b, t, n]
                if slot < 0:
                    continue
                picks[b, slot] += 1
                crowd[slot] += 1
                if crowd[slot] == 2:
                    collided[b] += 2
                elif crowd[slot] > 2:
                    collided[b] += 1
                if not served[b, t, n]:
                    refused[b] += 1
                    if not is_short[slot]:
                        is_short[slot] = True
                        shortages[b] += 1
            for n in range(num_agents):  # only what was touched: M may be far larger than N
                if slots[b, t, n] >= 0:
                    crowd[slots[b, t, n]] = 0
                    is_short[slots[b, t, n]] = False


@compiled
def _count_counts(counts, histogram):
    for b in range(counts.shape[0]):
        for m in range(counts.shape[1]):
            histogram[b, counts[b, m]] += 1
