"""What an episode among friends has made of them: how far apart they are, and what spread.

With e_u the closing tastes, unit vectors, and their mean m,

    polarisation      =  mean_u |e_u - m|^2                                                     (1)
    echo_chamber      =  mean over friendships of <e_u, e_v>  -  mean over all pairs            (2)
    cascade_size      =  first picks / first picks that no friend had made at an earlier step    (3)
    friends_together  =  mean over picks of the share of friends who pick the same item then    (4)

A first pick is a user's first of an item. Each that follows no friend's begins a cascade, so that
(3) is the mean number of users whom a cascade reaches: 1 if nothing spreads.

Sources: Musco, Musco and Tsourakakis (2018), "Minimizing polarization and disagreement in social
networks", for (1); Kempe, Kleinberg and Tardos (2003), "Maximizing the spread of influence through
a social network", for (3).
"""

import numpy as np

from ..arrays import Array
from ..compiled import compiled
from .graph import Friends

NOTES = {
    "polarisation": "variance of the tastes at the end",
    "echo_chamber": "how much closer the tastes of friends are than those of all pairs",
    "cascade_size": "users whom an item reaches from friend to friend, mean over cascades",
    "friends_together": "share of a user's friends on its item, mean over picks",
}


def cohesion(taste: Array, slots: Array, friends: Friends, pool_size: int) -> dict[str, Array]:
    """Equations (1) to (4) of each episode.

    Args:
        taste: at the end, [B, N, D] float32, unit vectors.
        slots: picks, [B, T, N] integer; -1 is a skip.
        friends: of the N agents.
        pool_size: M.

    Returns:
        Name -> [B] float64; (2) is NaN without friendships or where all are friends, (3) and (4)
        without a pick, (4) without a pick of somebody who has friends.
    """
    out = np.empty((len(NOTES), len(slots)))
    num_agents, size = taste.shape[1:]
    first, mean = np.empty((num_agents, pool_size), np.int32), np.empty(size)
    lists = friends.start, friends.friend
    for b in range(len(slots)):
        out[:2, b] = _closeness(taste[b], *lists, mean)
        out[2:, b] = _spread(slots[b], *lists, first)
    return dict(zip(NOTES, out, strict=True))


@compiled
def _closeness(taste, start, friend, mean):
    num_agents, size = taste.shape
    mean[:] = 0.0
    of_friends = own = 0.0
    for u in range(num_agents):
        for d in range(size):
            mean[d] += taste[u, d] / num_agents
            own += np.float64(taste[u, d]) ** 2
            for e in range(start[u], start[u + 1]):
                of_friends += np.float64(taste[u, d]) * taste[friend[e], d]
    squared = 0.0
    for d in range(size):
        squared += mean[d] * mean[d]
    polarisation = own / num_agents - squared
    num_ends, num_pairs = friend.size, num_agents * (num_agents - 1)
    if num_ends == 0 or num_ends == num_pairs:
        return polarisation, np.nan
    of_pairs = (squared * num_agents * num_agents - own) / num_pairs
    return polarisation, of_friends / num_ends - of_pairs


@compiled
def _spread(slots, start, friend, first):
    num_steps, num_agents = slots.shape
    first[:] = num_steps
    adopted = begun = picks = 0
    together = 0.0
    for t in range(num_steps):
        for u in range(num_agents):
            slot = slots[t, u]
            if slot < 0:
                continue
            is_first, is_example, same = first[u, slot] == num_steps, False, 0
            for e in range(start[u], start[u + 1]):
                is_example |= first[friend[e], slot] < t
                same += slots[t, friend[e]] == slot
            if is_first:
                first[u, slot] = t
                adopted += 1
                begun += not is_example
            if start[u + 1] > start[u]:
                picks += 1
                together += same / (start[u + 1] - start[u])
    cascade = adopted / begun if begun > 0 else np.nan
    return cascade, together / picks if picks > 0 else np.nan
