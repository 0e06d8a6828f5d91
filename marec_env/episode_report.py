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
from .flags import are_all
from .metrics import History, episode_metrics
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
    total = history.payoff.sum(axis=1)  # [B, N]
    found = episode_metrics(history, scenario.pool_size, is_over, total)
    found["return"] = total if are_all(is_over) else np.where(is_over[:, None], total, np.nan)
    found["length"] = np.where(is_over, state.step, np.nan)
    for name, value in scenario.episode_metrics(state, history).items():
        rows = is_over.reshape(-1, *(1 for _ in value.shape[1:]))
        found[name] = np.where(rows, value, np.nan)
    if with_costly:
        found |= _costly(scenario, state.episode, history, is_over)
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def _costly(
    scenario: Scenario, episode: Episode, history: History, is_over: Array
) -> dict[str, Array]:
    catalogue = scenario.catalogue
    found = {name: np.full(is_over.shape, np.nan) for name in COSTLY}
    unlike = diversity(history.items, catalogue.centred_item_vectors)
    found["diversity"] = np.where(is_over[:, None], unlike, np.nan)  # [B, N]
    known = catalogue.ratings.known
    if len(known.values):  # else nobody knows what is known
        information = self_information(np.bincount(known.indices, minlength=catalogue.num_items))
        found["novelty"] = np.where(is_over, novelty(history.items, information), np.nan)
    if scenario.adds_to_payoffs:  # then what another received is not in proportion to its value
        return found
    for b in np.flatnonzero(is_over).tolist():
        own = nested.only(history, b)
        picked, places = np.unique(own.items, return_inverse=True)
        first = np.searchsorted(picked, 0)  # skips have no value
        value = scenario.world.value_of_pairs(episode.users[b][:, None], picked[first:])
        own = own._replace(slots=places.reshape(own.items.shape) - first)
        own_value = np.take_along_axis(np.pad(value, ((0, 0), (0, 1))).T, own.slots[0], axis=0)
        found["envy"][b], found["envy_amount"][b] = envy(own, value, own_value)
    return found
