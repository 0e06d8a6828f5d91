"""The exact optimum of one step among friends, as a mixed-integer program.

With x_{u,k} = 1 if agent u picks candidate k, and z_{f,i} = 1 if both of the friends f = {u, v}
are on item i,

    maximise    sum of  own_{u,k} x_{u,k}  +  iota sum of  (W_uv + W_vu) z_{f,i}
    subject to  sum over k of x_{u,k}  <=  1                                           (1)
                z_{f,i}  <=  x_{u,k}  and  z_{f,i}  <=  x_{v,l},   k, l the candidates of i   (2)

Only x need be integral: z takes the smaller of its two bounds.
"""

from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..stages import FriendsStage


class Meetings(NamedTuple):
    """Every way in which two friends can meet, one for each z."""

    first: Array  # u [Z] int64, u < v
    second: Array  # v [Z] int64
    of_first: Array  # u's candidate [Z] int64
    of_second: Array  # v's candidate [Z] int64
    worth: Array  # iota (W_uv + W_vu) [Z] float64


def meetings(stage: FriendsStage) -> Meetings:
    """Of friends with a legal candidate of the same item."""
    friends = stage.friends
    is_first = friends.agent < friends.friend
    u, v = friends.agent[is_first], friends.friend[is_first]
    is_same = stage.slot[u][:, :, None] == stage.slot[v][:, None, :]
    can_meet = is_same & stage.legal[u][:, :, None] & stage.legal[v][:, None, :]
    pair, of_first, of_second = np.nonzero(can_meet)
    weight = stage.iota / np.maximum(friends.number, 1)
    return Meetings(u[pair], v[pair], of_first, of_second, (weight[u] + weight[v])[pair])


def best_choice(stage: FriendsStage) -> Array:
    """The joint choice [N] int64 of highest welfare.

    Raises:
        RuntimeError: if the solver fails, which the problem gives no reason for.
    """
    from scipy.optimize import milp
    from scipy.sparse import csr_array

    ways, skip, num_agents = meetings(stage), stage.num_candidates, stage.num_agents
    num_x, num_z = stage.value.size, len(ways.worth)
    z = np.arange(num_z)
    x_of_first, x_of_second = ways.first * skip + ways.of_first, ways.second * skip + ways.of_second
    turn = np.repeat(np.arange(num_agents), skip)  # rows of (1), before those of (2)
    row = np.concatenate([turn, *[num_agents + z] * 2, *[num_agents + num_z + z] * 2])
    column = np.concatenate([np.arange(num_x), num_x + z, x_of_first, num_x + z, x_of_second])
    entry = np.concatenate([np.ones(num_x), *[np.ones(num_z), -np.ones(num_z)] * 2])
    matrix = csr_array((entry, (row, column)), shape=(num_agents + 2 * num_z, num_x + num_z))
    found = milp(
        -np.concatenate([stage.value.ravel(), ways.worth]),
        integrality=np.repeat([1, 0], [num_x, num_z]),
        bounds=(0, np.concatenate([stage.legal.ravel() * 1.0, np.ones(num_z)])),
        constraints=(matrix, -np.inf, np.repeat([1.0, 0.0], [num_agents, 2 * num_z])),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise RuntimeError(f"the program of friends must have an optimum: {found.message}")
    taken = found.x[:num_x].reshape(stage.value.shape) > 0.5
    return np.where(taken.any(1), taken.argmax(1), skip)
