"""Players that go by the catalogue's known ratings."""

from dataclasses import replace

import numpy as np
import pytest

import marec_env
from marec_env import Catalogue
from marec_env.ratings import Known, Ratings
from marec_env.reference import PLAYERS
from marec_env.reference.by_item import ByItem
from marec_env.reference.neighbours import Neighbours

NAMES = [name for name, player in PLAYERS.items() if issubclass(player, ByItem)]


def rated_by(known):
    """An invented catalogue in which some ratings are known."""
    catalogue = Catalogue.synthetic(num_users=12, num_items=10)
    return replace(catalogue, ratings=Ratings(catalogue.ratings.model, known))


def half_known():
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((12, 10)) < 0.5)
    return Known.of(users, items, rng.uniform(0.05, 1, len(users)), 12)


def game(catalogue):
    return marec_env.make_vec(
        "basic-v0", num_envs=3, catalogue=catalogue, num_agents=4, pool_size=10, slate_size=10,
        horizon=3,
    )  # fmt: skip


def picked(env, name):
    """Items [B, N] of the first step."""
    now = env.reset(0)
    return env.step(PLAYERS[name](env.scenario).act(now, explore=False)).info["item"]


def test_popularity_picks_what_was_rated_most_often():
    known = Known.of([0, 1, 2, 3], [7, 7, 4, 5], [0.1, 0.1, 1.0, 1.0], 12)
    assert (picked(game(rated_by(known)), "popularity") == 7).all()


def test_popularity_prefers_the_better_rated_of_two_as_often_rated():
    known = Known.of([0, 1, 2, 3], [7, 7, 4, 4], [1.0, 0.4, 0.8, 0.7], 12)
    assert (picked(game(rated_by(known)), "popularity") == 4).all()


@pytest.mark.parametrize("name", NAMES)
def test_ratings_that_nobody_knows_change_nothing(name):
    known = half_known()
    catalogue = rated_by(known)
    other = replace(catalogue, ratings=Ratings(np.full((12, 10), 0.5), known))
    np.testing.assert_array_equal(picked(game(catalogue), name), picked(game(other), name))


@pytest.mark.parametrize("name", NAMES)
def test_a_catalogue_without_known_ratings_is_refused_in_one_sentence(name):
    scenario = game(Catalogue.synthetic(num_users=12, num_items=10)).scenario
    assert not PLAYERS[name].plays(scenario)
    with pytest.raises(ValueError, match=f"^{name} needs a catalogue with known ratings, this"):
        PLAYERS[name](scenario)


@pytest.mark.parametrize("name", NAMES)
def test_they_play_legally_where_things_sell_out(name):
    env = marec_env.make_vec(
        "ecommerce-v0", num_envs=3, catalogue=rated_by(half_known()), num_agents=6, pool_size=8,
        slate_size=4, horizon=5, users="resampled", items="resampled",
    )  # fmt: skip
    player, now = PLAYERS[name](env.scenario), env.reset(0)
    for _ in range(2 * env.scenario.horizon):
        now = env.step(player.act(now, explore=False))
        assert not now.info["illegal"].any()


@pytest.mark.data
@pytest.mark.parametrize("by_item", [True, False])
def test_on_movielens_ratings_are_predicted_to_less_than_a_star(by_item, ml_100k_catalogue):
    known = ml_100k_catalogue.ratings.known
    some = np.random.default_rng(0).choice(len(known.values), 2_000, replace=False)
    neighbours = Neighbours(known, ml_100k_catalogue.num_items, by_item=by_item)
    found = neighbours.predict(known.users[some], known.indices[some].astype(np.int64))
    error = np.sqrt(np.mean((found - known.values[some]) ** 2)) * 4 / 0.95  # stars
    assert error < 0.95
