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
    if not are_all(is_over):
        ended = nested.select(state, is_over), nested.select(history, is_over), is_over[is_over]
        said = report(scenario, *ended, with_costly=with_costly)
        return {name: _where(is_over, value) for name, value in said.items()}
    total = history.payoff.sum(axis=1)  # [B, N]
    found = episode_metrics(history, scenario.pool_size, total)
    found["return"], found["length"] = total, state.step.astype(np.float64)
    for name, value in scenario.episode_metrics(state, history).items():
        found[name] = np.array(value, np.float64)  # a copy: the history will be cleared
    if with_costly:
        found |= _costly(scenario, state.episode, history)
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def _where(is_over: Array, value: Array) -> Array:
    """The `value` of those that are over, [B, ...]; NaN elsewhere."""
    found = np.full((len(is_over), *value.shape[1:]), np.nan)
    found[is_over] = value
    return found


def _costly(scenario: Scenario, episode: Episode, history: History) -> dict[str, Array]:
    catalogue, num_copies = scenario.catalogue, len(history.slots)
    found = {name: np.full(num_copies, np.nan) for name in COSTLY}
    found["diversity"] = diversity(history.items, catalogue.centred_item_vectors)  # [B, N]
    known = catalogue.ratings.known
    if len(known.values):  # else nobody knows what is known
        information = self_information(np.bincount(known.indices, minlength=catalogue.num_items))
        found["novelty"] = novelty(history.items, information)
    if scenario.adds_to_payoffs:  # then what another received is not in proportion to its value
        return found
    for b in range(num_copies):
        own = nested.only(history, b)
        picked, places = np.unique(own.items, return_inverse=True)
        first = np.searchsorted(picked, 0)  # skips have no value
        value = scenario.world.value_of_pairs(episode.users[b][:, None], picked[first:])
        own = own._replace(slots=places.reshape(own.items.shape) - first)
        own_value = np.take_along_axis(np.pad(value, ((0, 0), (0, 1))).T, own.slots[0], axis=0)
        found["envy"][b], found["envy_amount"][b] = envy(own, value, own_value)
    return found
