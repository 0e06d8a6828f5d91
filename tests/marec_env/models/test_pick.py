"""From actions to picks, and what counts as illegal."""

import numpy as np
import pytest

from marec_env.models.pick import at_picks, at_slots, in_stock, legalise, picks

SLOTS = np.array([[[2, 0], [1, 2]]], np.int32)  # [B, N, K] = [1, 2, 2]
SIMILARITY = np.array([[[0.9, 0.1], [0.5, 0.4]]])
POOL = np.array([[11, 22, 33]])
MASK = np.array([[[True, False, True], [True, True, True]]])
USERS = np.array([[1, 0]])
RATINGS = np.arange(80, dtype=np.float32).reshape(2, 40)
EVERYBODY = np.ones((1, 2), bool)


def taken(actions, ratings=RATINGS):
    return picks(SLOTS, SIMILARITY, POOL, USERS, ratings, np.array([actions]))


def test_a_pick_is_looked_up_in_the_own_slate():
    found = taken([0, 1])
    np.testing.assert_array_equal(found.slot, [[2, 2]])
    np.testing.assert_array_equal(found.item, [[33, 33]])
    np.testing.assert_array_equal(found.similarity, [[0.9, 0.4]])
    np.testing.assert_array_equal(found.rating, [[40 + 33, 33]])


def test_a_skip_has_neither_slot_nor_item_nor_similarity_nor_rating():
    found = taken([2, 0])
    np.testing.assert_array_equal(found.slot, [[-1, 1]])
    np.testing.assert_array_equal(found.item, [[-1, 22]])
    np.testing.assert_array_equal(found.similarity, [[0.0, 0.5]])
    np.testing.assert_array_equal(found.rating, [[0, 22]])


def test_the_factors_of_a_pick_are_its_similarity_and_its_rating():
    found = taken([0, 1])
    assert found.factors() == {"similarity": found.similarity, "rating": found.rating}


def test_a_legal_action_stays_as_it_is():
    legal, is_illegal = legalise(np.array([[0, 1]]), MASK, EVERYBODY)
    np.testing.assert_array_equal(legal, [[0, 1]])
    assert not is_illegal.any()


@pytest.mark.parametrize("action", [1, 3, -1, 2**62, -(2**63)])
def test_an_illegal_action_becomes_the_skip_and_is_flagged(action):
    legal, is_illegal = legalise(np.array([[action, 0]]), MASK, EVERYBODY)
    np.testing.assert_array_equal(legal, [[2, 0]])
    np.testing.assert_array_equal(is_illegal, [[True, False]])


def test_whoever_has_left_skips_and_does_nothing_illegal():
    legal, is_illegal = legalise(np.array([[7, 0]]), MASK, np.array([[False, False]]))
    np.testing.assert_array_equal(legal, [[2, 2]])
    assert not is_illegal.any()


def test_a_quantity_of_the_pool_is_read_at_every_candidate():
    stock = np.array([[5, 6, 7]], np.int32)
    np.testing.assert_array_equal(at_slots(stock, SLOTS), [[[7, 5], [6, 7]]])


def test_what_is_sold_out_is_illegal_and_the_skip_never():
    found = in_stock(np.array([[0, 2, 1]], np.int32), SLOTS)
    np.testing.assert_array_equal(found, [[[True, False, True], [True, True, True]]])


def test_a_quantity_of_the_pool_at_a_skip_is_zero():
    load = np.array([[5, 6, 7]], np.int32)
    np.testing.assert_array_equal(at_picks(load, np.array([[-1, 2]], np.int32)), [[0, 7]])
