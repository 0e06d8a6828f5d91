"""Histories and the vectors of users that follow from them."""

from dataclasses import replace

import numpy as np
import pytest

from marec_env.datasets import DataError
from marec_env.embeddings.histories import from_ids, in_order, recency_weighted
from tests.marec_env.embeddings.worlds import interactions

# user 0 turned to items 2, 0 and 1, user 2 to item 1; nobody else to anything
WORLD = interactions([2, 0, 0, 0], [1, 2, 0, 1], [3, 3, 3, 3], num_users=3, num_items=3)


def test_items_stand_by_user_in_the_order_of_the_file():
    histories = in_order(WORLD)
    assert histories.items.tolist() == [2, 0, 1, 1]
    assert histories.offsets.tolist() == [0, 3, 3, 4]
    assert histories.ages().tolist() == [2, 1, 0, 0]


def test_times_come_before_the_order_of_the_file_and_ties_stay():
    timed = replace(WORLD, timestamps=np.array([9.0, 5.0, 5.0, 1.0]))
    assert in_order(timed).items.tolist() == [1, 2, 0, 1]


def test_older_items_count_less():
    found = recency_weighted(in_order(WORLD), np.eye(3), half_life=1.0)
    assert found[0].tolist() == [0.5, 1.0, 0.25]
    assert found[2].tolist() == [0.0, 1.0, 0.0]


def test_with_an_infinite_half_life_all_count_alike():
    assert recency_weighted(in_order(WORLD), np.eye(3), np.inf)[0].tolist() == [1, 1, 1]


def test_without_a_history_there_is_the_mean_of_all_items():
    vectors = np.array([[3.0], [0.0], [6.0]])
    assert recency_weighted(in_order(WORLD), vectors, 1.0)[1].tolist() == [3.0]


def test_lists_of_ids_are_histories():
    histories = in_order(from_ids(("a", "b", "c"), [["c", "a"], [], ["b"]]))
    assert histories.items.tolist() == [2, 0, 1]
    assert histories.lengths().tolist() == [2, 0, 1]


def test_an_unknown_id_is_named():
    message = "history 1 must hold ids of the 2 items that have vectors, got 'z'"
    with pytest.raises(DataError, match=message):
        from_ids(("a", "b"), [["a"], ["b", "z"]])
