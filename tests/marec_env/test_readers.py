"""Readers from step to step, by hand."""

import numpy as np

from marec_env.readers import Readers, Readership
from marec_env.scenarios.basic import Basic
from marec_env.streams import single
from tests.marec_env.rollouts import SIZES

WORLD = Basic(**SIZES).world
TOPICS = WORLD.catalogue.topics
READERSHIP = Readership(WORLD, gamma_s=0.5, kappa=0.4, start=1.0, threshold=0.5, recovery=0.0)
ITEM = np.array([[3, -1, -1, -1, -1]], np.int32)


def after(payoff: list[float]) -> Readers:
    """The first picks item 3, the others skip."""
    fresh = np.array([[0.8, 0.0, 0.0, 0.0, 0.0]])
    return READERSHIP.following(READERSHIP.first(single(0)), ITEM, np.array([payoff]), fresh)


def test_readers_begin_hungry_and_of_full_temper():
    first = READERSHIP.first(single(0))
    assert not first.satiation.any()
    assert first.temper.tolist() == [[1.0] * 5]
    assert READERSHIP.appetite(first, ITEM).tolist() == [[1.0] * 5]


def test_a_topic_that_was_read_tires_and_recovers():
    once = after([1.0, 0, 0, 0, 0])
    assert once.satiation[0, 0].tolist() == [
        0.5 * (c == TOPICS[3]) for c in range(once.satiation.shape[2])
    ]
    np.testing.assert_allclose(READERSHIP.appetite(once, ITEM)[0, :2], [0.8, 1.0])
    nothing = np.full((1, 5), -1, np.int32), np.zeros((1, 5)), np.zeros((1, 5))
    assert READERSHIP.following(once, *nothing).satiation[0, 0, TOPICS[3]] == 0.25


def test_who_is_paid_too_little_loses_temper_and_leaves_at_nothing():
    once = after([0.7, 0.25, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(once.temper, [[1.0, 0.75, 0.5, 0.5, 0.5]])
    nothing = np.full((1, 5), -1, np.int32), np.zeros((1, 5)), np.zeros((1, 5))
    twice = READERSHIP.following(once, *nothing)
    np.testing.assert_allclose(twice.temper, [[0.5, 0.25, 0.0, 0.0, 0.0]])
    later = READERSHIP.following(twice, *nothing)
    assert later.stayed.tolist() == [[3, 3, 2, 2, 2]]


def test_an_episode_is_told_by_who_stayed_and_how_fresh_it_was():
    told = after([0.7, 0.0, 0.0, 0.0, 0.0])._replace(temper=np.array([[1, 0, 0, 0, 0.0]]))
    found = told.told(np.array([2]))
    assert found["retention"] == 0.2
    assert found["freshness"] == 0.4
    assert found["stayed"].tolist() == [[1] * 5]
    assert np.isnan(told.told(np.array([0]))["freshness"])
