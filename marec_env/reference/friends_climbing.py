"""Good joint picks of friends, fast: agents move one by one while that adds to the welfare.

    gain_u(k)  =  own_u(k)  +  iota sum over friends v of (W_uv + W_vu) [v is on the item of k]  (1)

A climb ends where no agent alone can add anything; such an end may lie far below the best. So it
starts from many places, and where it has ended, an agent and all of its friends who can are put on
one item and the climb goes on from there, for every agent and candidate in turn.
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled
from ..models.graph import Friends
from ..stages import FriendsStage

TOLERANCE = 1e-12  # relative to what a pick may pay: a smaller gain is rounding


def climb(
    value: Array, slot: Array, friends: Friends, iota: float, choice: Array
) -> tuple[Array, Array]:
    """From choices of many copies, each to its end.

    Args:
        value: own payoffs, [P, N, K] float64; negative where illegal.
        slot: of the candidates, [P, N, K] integer.
        friends: of the N agents.
        iota: what company of all friends adds.
        choice: where to start, [P, N] int64; K skips.

    Returns:
        Choices [P, N] int64 and their welfares [P] float64.
    """
    now, worth = np.array(choice, np.int64), np.empty(len(choice))
    links = friends.start, friends.friend, _weights(friends, iota)
    _climb(value, slot, *links, _enough(value, iota), now, worth)
    return now, worth


def best_climb(stage: FriendsStage) -> Array:
    """The best joint choice [N] int64 that is found from all starts."""
    value = np.where(stage.legal, stage.value, -np.inf)
    starts = _starts(stage)
    many = np.repeat(value[None], len(starts), axis=0), np.repeat(stage.slot[None], len(starts), 0)
    ends, worth = climb(*many, stage.friends, stage.iota, starts)
    best = ends[int(worth.argmax())][None].copy()
    links = stage.friends.start, stage.friends.friend, _weights(stage.friends, stage.iota)
    room = np.empty_like(best), np.empty(1)
    one = value[None], np.ascontiguousarray(stage.slot[None])
    _meet(*one, *links, _enough(value, stage.iota), best, float(worth.max()), *room)
    return best[0]


def _weights(friends: Friends, iota: float) -> Array:
    """What a meeting is worth to both, [E] float64."""
    weight = iota / np.maximum(friends.number, 1)
    return weight[friends.agent] + weight[friends.friend]


def _enough(value: Array, iota: float) -> float:
    """What a gain must exceed to be one."""
    return TOLERANCE * (max(float(value.max(initial=0.0)), 0.0) + iota)


def _starts(stage: FriendsStage) -> Array:
    """Everybody's favourite; and for each item, that item for all who can: [S, N] int64."""
    slots = np.unique(stage.slot[stage.legal])
    starts = np.repeat(stage.favourites[None], len(slots) + 1, axis=0)
    seat, k = np.nonzero(stage.legal)
    starts[np.searchsorted(slots, stage.slot[seat, k]), seat] = k
    return starts


@compiled
def _gain(value, slot, start, friend, weights, choice, p, u, k):
    """Equation (1); 0 for a skip."""
    if k == value.shape[2]:
        return 0.0
    gain = value[p, u, k]
    for e in range(start[u], start[u + 1]):
        v = friend[e]
        other = choice[p, v]
        if other < value.shape[2] and slot[p, v, other] == slot[p, u, k]:
            gain += weights[e]
    return gain


@compiled
def _climb(value, slot, start, friend, weights, enough, choice, worth):
    num_copies, num_agents, skip = value.shape
    for p in range(num_copies):
        moves = True
        while moves:
            moves = False
            for u in range(num_agents):
                best = choice[p, u]
                highest = _gain(value, slot, start, friend, weights, choice, p, u, best) + enough
                for k in range(skip + 1):
                    gain = _gain(value, slot, start, friend, weights, choice, p, u, k)
                    if gain > highest:
                        best, highest, moves = k, gain, True
                choice[p, u] = best
        worth[p] = 0.0
        for u in range(num_agents):
            gain = _gain(value, slot, start, friend, weights, choice, p, u, choice[p, u])
            own = value[p, u, choice[p, u]] if choice[p, u] < skip else 0.0
            worth[p] += 0.5 * (own + gain)  # a meeting is in the gains of both


@compiled
def _meet(value, slot, start, friend, weights, enough, choice, worth, trial, trial_worth):
    """Puts every agent and its friends on each of its candidates; keeps what adds, in `choice`."""
    _, num_agents, slate_size = value.shape
    for u in range(num_agents):
        for k in range(slate_size):
            if value[0, u, k] < 0.0:
                continue
            for v in range(num_agents):
                trial[0, v] = choice[0, v]
            trial[0, u] = k
            for e in range(start[u], start[u + 1]):
                v = friend[e]
                for other in range(slate_size):
                    if slot[0, v, other] == slot[0, u, k] and value[0, v, other] >= 0.0:
                        trial[0, v] = other
            _climb(value, slot, start, friend, weights, enough, trial, trial_worth)
            if trial_worth[0] > worth + enough:
                worth = trial_worth[0]
                for v in range(num_agents):
                    choice[0, v] = trial[0, v]
