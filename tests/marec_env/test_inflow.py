"""Items of a pool from step to step: they age, are read, and make room."""

import numpy as np
import pytest

from marec_env.inflow import Inflow, Items
from marec_env.scenarios.news import News
from marec_env.streams import single
from tests.marec_env.rollouts import SIZES

INF = float("inf")


def inflow(rate: float, half_life: float = 2.0, life: float = 4.0) -> Inflow:
    world = News(**SIZES, arrival_rate=rate).world
    return Inflow(world, rate, "half_life", half_life, life, horizon=5)


def begun(feed: Inflow, rate: float) -> tuple:
    return feed.world.episode(single(0)), feed.first(single(0))


@pytest.mark.parametrize("rate", [0.0, 3.0])
def test_what_stays_ages_and_counts_its_readers(rate):
    feed = inflow(rate)
    episode, items = begun(feed, rate)
    load = np.arange(12, dtype=np.int32)[None]
    _, then = feed.following(episode, items, load, single(0).at([1]))
    stays = then.age > 0
    np.testing.assert_array_equal(then.age[stays], (items.age + 1)[stays])
    np.testing.assert_array_equal(then.reads[stays], load[stays])
    np.testing.assert_array_equal(then.load[stays], load[stays])
    assert stays.all() == (rate == 0)


def test_what_comes_is_unread_and_no_item_is_there_twice():
    feed = inflow(9.0)
    episode, items = begun(feed, 9.0)
    load = np.ones((1, 12), np.int32)
    later, then = feed.following(episode, items, load, single(0).at([1]))
    is_new = then.age == 0
    assert is_new.any()
    assert not then.reads[is_new].any()
    assert not then.load[is_new].any()
    assert len(set(later.pool[0])) == 12
    np.testing.assert_array_equal(later.pool[~is_new], episode.pool[~is_new])


def test_freshness_halves_and_what_has_outlived_its_life_is_not_offered():
    feed = inflow(0.0)
    age = np.array([[0, 2, 4, 5] * 3], np.int32)
    items = Items(age, 0 * age, 0 * age)
    np.testing.assert_allclose(feed.freshness(items)[0, :4], [1, 0.5, 0.25, 2**-2.5])
    assert feed.offered(items)[0, :4].tolist() == [1, 1, 0, 0]
    slot = np.array([[1, -1]], np.int32)
    assert feed.of_picks(items, slot).tolist() == [[0.5, 0.0]]


def test_a_first_pool_is_of_all_ages_below_its_life():
    _, items = begun(inflow(1.0), 1.0)
    assert set(items.age[0]) == {0, 1, 2, 3}
    _, items = begun(inflow(0.0), 0.0)
    assert not items.age.any()
