"""What there is to show of one environment: who picked what, what that paid, what is left of it."""

from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from ..scenario import Scenario
from ..timestep import Timestep
from .plane import Plane


class Scene(NamedTuple):
    """One moment: what the agents found, and, where a step was played, what they made of it."""

    heading: str  # game and time
    is_played: bool  # a step was played; else nothing was picked and paid
    agents: tuple[str, ...]  # N names of seats
    names: tuple[str, ...]  # N names of users
    titles: tuple[str, ...]  # M
    topics: Array  # [M] int64
    topic_names: tuple[str, ...]
    users: Array  # places [N, 2] float64 in [0, 1]
    items: Array  # places [M, 2] float64 in [0, 1]
    level: Array | None  # what is left of each item, [M] float64 in [0, 1]
    level_name: str  # "stock" ...
    picks: Array  # slots [N] int64, -1 for a skip
    served: Array  # [N] bool: the pick was not refused
    can_refuse: bool  # picks are refused at times
    alive: Array  # [N] bool: has not left
    payoff: Array  # of the step, [N] float64
    returns: Array  # payoff of the episode so far, [N] float64


def plane_of(scenario: Scenario, state: Any) -> Plane:
    """The plane of those who take part in the first copy of `state`."""
    return Plane.of(np.concatenate(_vectors(scenario, state)))


def scene_of(
    scenario: Scenario, plane: Plane, state: Any, then: Timestep | None, returns: Array
) -> Scene:
    """The first copy.

    Args:
        scenario: the game.
        plane: where to draw.
        state: what the agents found.
        then: what came of their picks; None before the first.
        returns: [N], that of this step included.
    """
    catalogue, episode = scenario.catalogue, state.episode
    users, pool = episode.users[0].tolist(), episode.pool[0].tolist()
    nobody = np.full(len(users), -1)
    item = nobody if then is None else then.info["item"][0]
    served = item >= 0 if then is None else then.info.get("served", then.info["item"] >= 0)[0]
    time = f"step {state.step[0] + 1} of" if then else "before the first of"
    user_vectors, item_vectors = _vectors(scenario, state)
    level = next(iter(scenario.shown.level), None)
    return Scene(
        heading=f"{scenario.name}, {time} {scenario.horizon}",
        is_played=then is not None,
        agents=scenario.agent_names,
        names=tuple(catalogue.user_ids[u] if catalogue.user_ids else str(u) for u in users),
        titles=tuple(catalogue.titles[i] if catalogue.titles else f"item {i}" for i in pool),
        topics=catalogue.topics[pool],
        topic_names=catalogue.topic_names,
        users=plane.places(user_vectors),
        items=plane.places(item_vectors),
        level=None if level is None else level.read(state)[0],
        level_name="" if level is None else level.name,
        picks=_slots(episode.pool[0], item),
        served=served,
        can_refuse=then is not None and "served" in then.info,
        alive=np.ones(len(users), np.bool_) if then is None else then.final_alive[0],
        payoff=np.zeros(len(users)) if then is None else then.payoff[0].astype(np.float64),
        returns=returns,
    )


def _vectors(scenario: Scenario, state: Any) -> tuple[Array, Array]:
    """Of the users [N, D], whose tastes may have moved, and of the pool [M, D]."""
    world, episode = scenario.world, state.episode
    taste = scenario.taste(state)
    users = world.user_vectors[episode.users[0]] if taste is None else taste[0]
    return users, world.item_vectors[episode.pool[0]]


def _slots(pool: Array, items: Array) -> Array:
    """Where `items` [N] are in `pool` [M], [N] int64; -1 for -1."""
    order = np.argsort(pool, kind="stable")
    found = order[np.searchsorted(pool, items, sorter=order).clip(max=len(pool) - 1)]
    return np.where(items >= 0, found, -1)
