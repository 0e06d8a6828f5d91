"""Topics tire and recover."""

import numpy as np
import pytest

from marec_env.models.satiation import after_picks, appetite, of_candidates, of_picks

TOPICS = np.array([0, 1, 1, 2])


def test_the_topic_picked_is_satiated_and_all_recover():
    before = np.array([[[1.0, 2.0, 0.0], [0.5, 0.0, 0.0]]])
    after = after_picks(before, TOPICS, np.array([[2, -1]], np.int32), 0.5)
    np.testing.assert_array_equal(after, [[[0.5, 1.5, 0.0], [0.25, 0.0, 0.0]]])


def test_candidates_and_picks_have_the_satiation_of_their_topic():
    own = np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    items = np.array([[[3, 0], [1, 2]]], np.int32)
    np.testing.assert_array_equal(of_candidates(own, TOPICS, items), [[[3, 1], [5, 5]]])
    np.testing.assert_array_equal(of_picks(own, TOPICS, items[..., 0]), [[3, 5]])
    np.testing.assert_array_equal(of_picks(own, TOPICS, np.array([[-1, 3]], np.int32)), [[0, 6]])


def test_appetite_is_never_negative():
    np.testing.assert_allclose(appetite(np.array([0.0, 1.0, 4.0]), 0.4), [1, 0.6, 0])


def test_without_a_weight_nothing_tires():
    np.testing.assert_array_equal(appetite(np.array([0.0, 9.0]), 0.0), [1, 1])


@pytest.mark.parametrize("every", [1, 2, 3, 5])
@pytest.mark.parametrize("gamma", [0.5, 0.9])
def test_a_topic_read_every_so_often_settles_at_the_steady_satiation(every, gamma):
    sat, met = np.zeros((1, 1, 1)), 0.0
    for t in range(400 * every):
        met = sat[0, 0, 0] if t % every == 0 else met
        sat = after_picks(
            sat, TOPICS[:1], np.array([[0 if t % every == 0 else -1]], np.int32), gamma
        )
    assert met == pytest.approx(gamma**every / (1 - gamma**every), rel=1e-12)
