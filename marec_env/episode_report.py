"""What is said of episodes when they end: the metrics of every game, and those of the scenario.

Some need the catalogue or compare every pair of agents. They cost more than an episode of training
should, and are said on request only, as evaluations do. Each takes the catalogue's own vectors and
ratings, whatever has become of users and items in the meantime.
"""

from typing import Any

import numpy as np

from . import nested
from .arrays import Array
from .envy import envy
from .metrics import History, episode_metrics, picks_per_slot, returns
from .models.variety import diversity, novelty, self_information
from .scenario import Scenario
from .world import Episode

PREFIX = "episode/"
COSTLY = ("envy", "envy_amount", "diversity", "novelty")


def report(
    scenario: Scenario, state: Any, history: History, is_over: Array, *, with_costly: bool
) -> dict[str, Array]:
    """Metrics of the episodes that ended in the copies `is_over` [B].

    Args:
        scenario: the game.
        state: at the end of these episodes.
        history: what they brought.
        is_over: [B] bool.
        with_costly: says what is `COSTLY` as well.

    Returns:
        "episode/NAME" -> [B] or, per agent, [B, N] float64; NaN where no episode ended.
    """
    found = episode_metrics(history, scenario.pool_size, is_over)
    found["return"] = returns(history, is_over)
    found["length"] = np.where(is_over, state.step, np.nan)
    found |= scenario.episode_metrics(state, history, is_over)
    if with_costly:
        found |= _costly(scenario, state.episode, history, is_over)
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def _costly(
    scenario: Scenario, episode: Episode, history: History, is_over: Array
) -> dict[str, Array]:
    catalogue, world = scenario.catalogue, scenario.world
    found = {name: np.full(is_over.shape, np.nan) for name in COSTLY}
    unlike = diversity(history.slots, episode.pool, catalogue.centred_item_vectors)
    found["diversity"] = np.where(is_over[:, None], unlike, np.nan)  # [B, N]
    known = catalogue.ratings.known
    if len(known.values):  # else nobody knows what is known
        information = self_information(np.bincount(known.indices, minlength=catalogue.num_items))
        picks = picks_per_slot(history.slots, scenario.pool_size)
        found["novelty"] = np.where(is_over, novelty(picks, episode.pool, information), np.nan)
    for b in np.flatnonzero(is_over).tolist():
        alone: Episode = nested.only(episode, b)
        value = world.values(alone, world.whole_pool(alone))[0]  # [N, M]
        seats = np.arange(scenario.num_agents)
        own = History(*(part[b : b + 1] for part in history))
        found["envy"][b], found["envy_amount"][b] = envy(own, value, value[seats, own.slots[0]])
    return found
