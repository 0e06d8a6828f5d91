"""Equations (1) to (3) of models/variety.py."""

import numpy as np
import pytest

from marec_env.models.variety import diversity, novelty, self_information

VECTORS = np.array([[0, 1], [1, 0], [-1, 0]], np.float32)


def diversity_of(*items):
    return diversity(np.array(items)[None, :, None], VECTORS)[0, 0]


@pytest.mark.parametrize(
    ("items", "expected"),
    [((0, 0), 0), ((0, 1), 1), ((1, 2), 2), ((0, 1, 2), (1 + 1 + 2) / 3), ((0, -1, 0, 1), 2 / 3)],
)
def test_diversity_is_the_mean_distance_of_pairs(items, expected):
    assert diversity_of(*items) == pytest.approx(expected)


def test_fewer_than_two_picks_have_no_diversity():
    assert np.isnan(diversity_of(0, -1))
    assert np.isnan(diversity_of(-1, -1))


def test_diversity_is_that_of_all_pairs_of_random_picks():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    items = rng.integers(-1, 30, (2, 6, 4))
    found = diversity(items, vectors)
    for b, n in np.ndindex(2, 4):
        picked = items[b, :, n]
        e = vectors[picked[picked >= 0]]
        pairs = [1 - e[i] @ e[j] for i in range(len(e)) for j in range(i)]
        assert found[b, n] == pytest.approx(np.mean(pairs))


def test_an_item_never_rated_is_the_most_novel():
    # add-one counts 4, 2, 1, 1 of 8
    np.testing.assert_allclose(self_information(np.array([3, 1, 0, 0])), [1, 2, 3, 3])


def test_novelty_is_the_mean_over_picks():
    information = np.array([1.0, 2.0, 3.0])
    items = np.array([[[2, 0], [0, -1], [0, -1]]])
    np.testing.assert_allclose(novelty(items, information), [(3 + 3) / 4])


def test_without_a_pick_there_is_no_novelty():
    assert np.isnan(novelty(np.full((1, 3, 2), -1), np.ones(3))).all()
