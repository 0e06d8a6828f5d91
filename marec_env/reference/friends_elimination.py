"""The exact optimum of one step among friends, by eliminating one agent after the other.

The welfare is a sum over agents and over pairs of friends,

    W(a)  =  sum_u own_u(a_u)  +  sum over pairs {u, v} of iota (W_uv + W_vu) [one item]         (1)

so that the best that agent u can add depends on the choices of its friends only: u is replaced by a
table of that over the choices of those that are left, who thereby become friends of one another.
The agent whose table is smallest goes first. Tables grow with the width of the graph, not with N.

A candidate is left out where even with all friends who could meet there it adds no more than the
best candidate alone: changing to that one never costs anything.

Source: Bertele and Brioschi (1972), "Nonserial dynamic programming".
"""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..stages import FriendsStage

MAX_AXES = 32  # that an array of any NumPy may have


class Meetings(NamedTuple):
    """Every way in which two friends can meet."""

    first: Array  # u [Z] int64, u < v
    second: Array  # v [Z] int64
    of_first: Array  # u's candidate [Z] int64
    of_second: Array  # v's candidate [Z] int64
    worth: Array  # iota (W_uv + W_vu) [Z] float64


class Table(NamedTuple):
    """What the choices of some agents add to the welfare."""

    agents: tuple[int, ...]  # ascending
    worth: Array  # an axis for each, over its options


def best_choice(stage: FriendsStage, max_entries: int) -> Array | None:
    """The joint choice [N] of highest welfare; None if a table needs more than `max_entries`."""
    stage = without_dominated(stage)
    options = [np.flatnonzero(legal) for legal in stage.legal]
    options = [k if len(k) else np.array([stage.num_candidates]) for k in options]
    tables, left = _tables(stage, options), set(range(stage.num_agents))
    eliminated: list[tuple[int, Table]] = []  # agent, its best option by those of the others
    while left:
        size = {u: _size([t for t in tables if u in t.agents], options) for u in left}
        agent = min(left, key=lambda u: (size[u], u))
        if size[agent] > max_entries:
            return None
        joint = _sum([t for t in tables if agent in t.agents])
        others = tuple(u for u in joint.agents if u != agent)
        axis = joint.agents.index(agent)
        eliminated.append((agent, Table(others, joint.worth.argmax(axis))))
        tables = [t for t in tables if agent not in t.agents]
        tables.append(Table(others, joint.worth.max(axis)))
        left.remove(agent)
    option = np.zeros(stage.num_agents, np.int64)
    for agent, best in reversed(eliminated):
        option[agent] = best.worth[tuple(option[list(best.agents)])]
    return np.array([options[u][k] for u, k in enumerate(option.tolist())])


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


def without_dominated(stage: FriendsStage) -> FriendsStage:
    """The same step, without the candidates that some optimum can do without."""
    best = np.where(stage.legal, stage.value, -np.inf).max(1, keepdims=True)
    legal = stage.legal
    while True:
        ways = meetings(replace(stage, legal=legal))
        company = np.zeros(stage.value.shape)
        np.add.at(company, (ways.first, ways.of_first), ways.worth)
        np.add.at(company, (ways.second, ways.of_second), ways.worth)
        fewer = legal & ((stage.value + company > best) | (stage.value == best))
        if (fewer == legal).all():
            return replace(stage, legal=legal)
        legal = fewer


def _tables(stage: FriendsStage, options: list[Array]) -> list[Table]:
    """The terms of equation (1)."""
    value, slot = (np.pad(x, ((0, 0), (0, 1))) for x in (stage.value, stage.slot))
    slot[:, -1] = -1 - np.arange(stage.num_agents)  # a skip meets nobody
    found = [Table((u,), value[u, k]) for u, k in enumerate(options)]
    weight = stage.iota / np.maximum(stage.friends.number, 1)
    for u, v in zip(stage.friends.agent.tolist(), stage.friends.friend.tolist(), strict=True):
        if u < v:
            is_same = slot[u, options[u]][:, None] == slot[v, options[v]]
            if is_same.any():
                found.append(Table((u, v), (weight[u] + weight[v]) * is_same))
    return found


def _size(tables: list[Table], options: list[Array]) -> float:
    """Entries of the sum of `tables`; infinite if it had more axes than arrays can have."""
    agents = {u for table in tables for u in table.agents}
    if len(agents) > MAX_AXES:
        return math.inf
    return math.prod(len(options[u]) for u in agents)


def _sum(tables: list[Table]) -> Table:
    agents = tuple(sorted({u for table in tables for u in table.agents}))
    total = np.zeros(())
    for of, worth in tables:
        size = dict(zip(of, worth.shape, strict=True))
        total = total + worth.reshape([size.get(u, 1) for u in agents])
    return Table(agents, total)
