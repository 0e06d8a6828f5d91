"""Pictures are arrays that say the same for the same evaluation."""

import numpy as np
import pytest

from experiments import pictures
from experiments.loop import Evaluation
from marec_env import Catalogue
from marec_env.ratings import Ratings

RED_FIRST = {3: 40, 7: 20, 1: 10}


def played(num_agents=3):
    payoff = np.arange(4.0)[:, None] + np.arange(num_agents)
    length, actions = np.full(4, 20), np.ones(2, int)
    return Evaluation(payoff=payoff, length=length, metrics={}, actions=actions, items={})


def catalogue(num_topics, num_items=100):
    rng = np.random.default_rng(0)
    return Catalogue(
        user_vectors=rng.normal(size=(4, 3)),
        item_vectors=rng.normal(size=(num_items, 3)),
        ratings=Ratings(np.full((4, num_items), 0.5)),
        topics=np.arange(num_items) % num_topics,
    )


def names(num_agents):
    return tuple(f"user_{n}" for n in range(num_agents))


def has_colour(image, colour):
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return bool((image == rgb).all(-1).any())


@pytest.mark.parametrize("num_agents", [1, 3, 30])
def test_a_picture_of_returns_is_an_image_the_same_each_time(num_agents):
    image, again = (
        pictures.returns(played(num_agents), names(num_agents), "payoff") for _ in range(2)
    )
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    np.testing.assert_array_equal(image, again)


def test_other_payoffs_are_another_picture():
    other = played()._replace(payoff=played().payoff ** 2)
    first, second = (pictures.returns(one, names(3), "payoff") for one in (played(), other))
    assert (first != second).any()


def test_a_picture_of_picks_is_the_same_each_time_whatever_the_order():
    backwards = dict(reversed(RED_FIRST.items()))
    first, second = (pictures.picks(items, catalogue(2)) for items in (RED_FIRST, backwards))
    np.testing.assert_array_equal(first, second)


def test_a_topic_keeps_its_colour_where_others_are_not_picked():
    of_topic_1 = pictures.COLOURS[1]
    assert has_colour(pictures.picks({1: 5, 2: 5}, catalogue(3)), of_topic_1)
    assert has_colour(pictures.picks({1: 5}, catalogue(3)), of_topic_1)
    assert not has_colour(pictures.picks({2: 5}, catalogue(3)), of_topic_1)


@pytest.mark.parametrize("num_topics", [1, 6, 19, 25])
def test_many_items_of_many_topics_can_be_shown(num_topics):
    items = {item: 1 + item for item in range(100)}
    assert pictures.picks(items, catalogue(num_topics)).shape[2] == 3
