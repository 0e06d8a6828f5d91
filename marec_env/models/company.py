"""What friends pick: now, in company with a user; lately, as an example to it; and talk about.

    company_u = sum over friends v of W_uv [v picks i now]                                       (1)
    r'_ui     = (1 - c) r_ui + c mean of r_vi over the friends v who picked i lately,
                r_ui if there is none                                                            (2)

i is what u picks or looks at, and lately means at one of the last L steps. Company is in items, not
in skips, and with others: who has no friends has none. Word of mouth: what a friend has picked just
now is heard of with probability p per friend; of all that an agent hears it remembers at most as
much as half a slate holds, the loudest (lowest draw) first.

Sources: Asch (1951), "Effects of group pressure upon the modification and distortion of judgments",
for (2); Kempe, Kleinberg and Tardos (2003), "Maximizing the spread of influence through a social
network", for the independent cascade.
"""

import numpy as np
from numba import uint32, uint64

from ..arrays import Array
from ..compiled import compiled
from .graph import Friends

NEVER = -(2**30)  # the step of a pick that was not made


def company(slot: Array, friends: Friends) -> Array:
    """Equation (1) for slots [B, N] that agents pick, -1 a skip; [B, N] float64 in [0, 1]."""
    out = np.empty(slot.shape)
    _company(slot, friends.start, friends.friend, out)
    return out


def remember(picked_at: Array, slot: Array, step: Array) -> Array:
    """When each agent last picked each slot, [B, N, M] int32, after picks [B, N] at `step` [B]."""
    out = picked_at.copy()
    _remember(slot, step, out)
    return out


def examples(picked_at: Array, slots: Array, friends: Friends, since: Array) -> Array:
    """Share of an agent's friends who picked a candidate at step `since` [B] or later.

    Args:
        picked_at: [B, N, M] int32.
        slots: candidates, [B, N, K] int32.
        friends: of the N agents.
        since: [B] int64.

    Returns:
        [B, N, K] float64 in [0, 1].
    """
    out = np.empty(slots.shape)
    _examples(picked_at, slots, friends.start, friends.friend, since, out)
    return out


def conformed(
    rating: Array,
    of_friends: Array,
    picked_at: Array,
    slots: Array,
    friends: Friends,
    since: Array,
    conformity: float,
) -> Array:
    """Equation (2) for picks or candidates.

    Args:
        rating: r_ui, [B, N, K] float64.
        of_friends: r_vi for every friend v of u, [B, E, K] float64.
        picked_at: [B, N, M] int32.
        slots: those of the items, [B, N, K] int32; -1 is none, which nobody ever picked.
        friends: of the N agents.
        since: what is not before this step is lately, [B] int64.
        conformity: c, in [0, 1].

    Returns:
        r', [B, N, K] float64.
    """
    out = np.empty(rating.shape)
    lists = friends.start, friends.friend
    _conformed(rating, of_friends, picked_at, slots, *lists, since, conformity, out)
    return out


def heard(slot: Array, loudness: Array, friends: Friends, chance: float, most: int) -> Array:
    """What reaches each agent of the picks of its friends.

    Args:
        slot: picks of now, [B, N] int32; -1 is a skip.
        loudness: draws in [0, 1), [B, E] float64; a friend is heard where it is below `chance`.
        friends: of the N agents.
        chance: p, in [0, 1].
        most: how much an agent remembers.

    Returns:
        Different slots, the loudest first, then -1: [B, N, most] int32.
    """
    out = np.full((*slot.shape, most), -1, np.int32)
    _heard(slot, loudness, friends.start, friends.friend, chance, out)
    return out


def told(slots: Array, news: Array) -> Array:
    """Slates [B, N, K] int32 in the order drawn in which `news` [B, N, H] replaces the last ones.

    What is in a slate already stays in it. -1 is no news.
    """
    out = slots.copy()
    _told(news, out)
    return out


@compiled
def _company(slot, start, friend, out):
    num_copies, num_agents = slot.shape
    for b in range(num_copies):
        for n in range(num_agents):
            together = 0
            for e in range(uint64(start[n]), uint64(start[n + 1])):
                together += slot[b, friend[e]] == slot[b, n]
            is_in_company = slot[b, n] >= 0 and together > 0
            out[b, n] = together / (start[n + 1] - start[n]) if is_in_company else 0.0


@compiled
def _remember(slot, step, out):
    num_copies, num_agents = slot.shape
    for b in range(num_copies):
        for n in range(num_agents):
            if slot[b, n] >= 0:
                out[b, n, slot[b, n]] = step[b]


@compiled
def _examples(picked_at, slots, start, friend, since, out):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            number = max(1, start[n + 1] - start[n])
            for k in range(slate_size):
                out[b, n, k] = 0.0
            for e in range(uint64(start[n]), uint64(start[n + 1])):
                v = uint64(friend[e])
                for k in range(slate_size):
                    out[b, n, k] += picked_at[b, v, uint32(slots[b, n, k])] >= since[b]
            for k in range(slate_size):
                out[b, n, k] /= number


@compiled
def _conformed(rating, of_friends, picked_at, slots, start, friend, since, conformity, out):
    num_copies, num_agents, slate_size = slots.shape
    for b in range(num_copies):
        for n in range(num_agents):
            for k in range(slate_size):
                slot, count, total = slots[b, n, k], 0, 0.0
                for e in range(start[n], start[n + 1] if slot >= 0 else start[n]):
                    if picked_at[b, friend[e], slot] >= since[b]:
                        count += 1
                        total += of_friends[b, e, k]
                own = rating[b, n, k]
                out[b, n, k] = (
                    (1.0 - conformity) * own + conformity * total / count if count else own
                )


@compiled
def _heard(slot, loudness, start, friend, chance, out):
    num_copies, num_agents, most = out.shape
    for b in range(num_copies):
        for n in range(num_agents):
            count, last = 0, -1.0
            while count < most:
                best, lowest = -1, chance
                for e in range(start[n], start[n + 1]):
                    draw = loudness[b, e]
                    if last < draw < lowest and slot[b, friend[e]] >= 0:
                        best, lowest = e, draw
                if best < 0:
                    break
                last, is_new = lowest, True
                for h in range(count):
                    is_new &= out[b, n, h] != slot[b, friend[best]]
                if is_new:
                    out[b, n, count] = slot[b, friend[best]]
                    count += 1


@compiled
def _has(row, slot):
    found = False
    for s in row:
        found |= s == slot
    return found


@compiled
def _told(news, out):
    """From the end on, what is no news makes room for what is."""
    num_copies, num_agents, slate_size = out.shape
    for b in range(num_copies):
        for n in range(num_agents):
            k = slate_size - 1
            for h in range(news.shape[2]):
                if news[b, n, h] < 0:
                    break
                if _has(out[b, n], news[b, n, h]):
                    continue
                while _has(news[b, n], out[b, n, k]):
                    k -= 1
                out[b, n, k] = news[b, n, h]
