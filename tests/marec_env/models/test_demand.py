"""Who wants what, before anybody has picked."""

import numpy as np

from marec_env.models.demand import demand

SLOTS = np.array([[[0, 1], [0, 2], [1, 0]]], np.int32)  # [B, N, K] = [1, 3, 2]
SIMILARITY = np.array([[[0.9, 0.8], [0.7, 0.6], [0.5, 0.5]]])
PLENTY = np.array([[3, 3, 3]], np.int32)


def test_everybody_wants_the_most_similar_and_the_first_of_equals():
    best, _ = demand(SLOTS, SIMILARITY, PLENTY)
    np.testing.assert_array_equal(best, [[2, 1, 0]])


def test_everybody_is_shown_the_whole_slate():
    _, shown = demand(SLOTS, SIMILARITY, PLENTY)
    np.testing.assert_array_equal(shown, [[3, 2, 1]])


def test_nobody_wants_what_is_sold_out_and_it_is_shown_all_the_same():
    best, shown = demand(SLOTS, SIMILARITY, np.array([[0, 3, 3]], np.int32))
    np.testing.assert_array_equal(best, [[0, 2, 1]])
    np.testing.assert_array_equal(shown, [[3, 2, 1]])


def test_who_finds_everything_sold_out_wants_nothing():
    best, _ = demand(SLOTS, SIMILARITY, np.array([[0, 0, 1]], np.int32))
    np.testing.assert_array_equal(best, [[0, 0, 1]])


def test_a_candidate_of_similarity_zero_can_be_the_best_there_is():
    best, _ = demand(SLOTS, np.zeros((1, 3, 2)), PLENTY)
    assert best.sum() == 3


def test_a_copy_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(0)
    slots = rng.permuted(np.tile(np.arange(5, dtype=np.int32), (4, 3, 1)), axis=2)[:, :, :2].copy()
    similarity, stock = rng.random((4, 3, 2)), rng.integers(0, 2, (4, 5)).astype(np.int32)
    together = demand(slots, similarity, stock)
    for b in range(4):
        alone = demand(slots[[b]], similarity[[b]], stock[[b]])
        np.testing.assert_array_equal(alone[0][0], together[0][b])
        np.testing.assert_array_equal(alone[1][0], together[1][b])
