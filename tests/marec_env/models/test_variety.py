"""Equations (1) to (3) of models/variety.py."""

import numpy as np
import pytest

from marec_env.models.variety import diversity, novelty, self_information

POOL = np.array([[2, 0, 1]])  # item of each slot
VECTORS = np.array([[1, 0], [-1, 0], [0, 1]], np.float32)


def diversity_of(*slots):
    return diversity(np.array(slots)[None, :, None], POOL, VECTORS)[0, 0]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [((0, 0), 0), ((0, 1), 1), ((1, 2), 2), ((0, 1, 2), (1 + 1 + 2) / 3), ((0, -1, 0, 1), 2 / 3)],
)
def test_diversity_is_the_mean_distance_of_pairs(slots, expected):
    assert diversity_of(*slots) == pytest.approx(expected)


def test_fewer_than_two_picks_have_no_diversity():
    assert np.isnan(diversity_of(0, -1))
    assert np.isnan(diversity_of(-1, -1))


def test_diversity_is_that_of_all_pairs_of_random_picks():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    pool, slots = rng.integers(0, 30, (2, 8)), rng.integers(-1, 8, (2, 6, 4))
    found = diversity(slots, pool, vectors)
    for b, n in np.ndindex(2, 4):
        picked = slots[b, :, n]
        e = vectors[pool[b, picked[picked >= 0]]]
        pairs = [1 - e[i] @ e[j] for i in range(len(e)) for j in range(i)]
        assert found[b, n] == pytest.approx(np.mean(pairs))


def test_an_item_never_rated_is_the_most_novel():
    # add-one counts 4, 2, 1, 1 of 8
    np.testing.assert_allclose(self_information(np.array([3, 1, 0, 0])), [1, 2, 3, 3])


def test_novelty_is_the_mean_over_picks():
    information = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(novelty(np.array([[1, 3, 0]]), POOL, information), [(3 + 3) / 4])


def test_without_a_pick_there_is_no_novelty():
    assert np.isnan(novelty(np.zeros((1, 3), int), POOL, np.ones(3))).all()
