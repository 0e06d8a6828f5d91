"""Ordering by similarity, ties by id."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.models.rank import most_similar_first, nearest

POOL = np.array([[10, 20, 30, 40]])
few_values = st.sampled_from([0.0, 0.25, 0.5, 1.0])  # ties are common


def ordered(slots, similarity):
    return most_similar_first(np.array([[slots]], np.int32), np.array([[similarity]]), POOL)


def test_a_slate_is_ordered_by_similarity_with_its_items():
    slots, items, similarity = ordered([2, 0, 3], [0.3, 0.1, 0.8])
    np.testing.assert_array_equal(slots[0, 0], [3, 2, 0])
    np.testing.assert_array_equal(items[0, 0], [40, 30, 10])
    np.testing.assert_array_equal(similarity[0, 0], [0.8, 0.3, 0.1])


def test_ties_go_to_the_smaller_slot():
    slots, *_ = ordered([3, 1, 2], [0.5, 0.5, 0.9])
    np.testing.assert_array_equal(slots[0, 0], [2, 1, 3])


def test_what_agents_cannot_tell_apart_in_float32_is_a_tie():
    slots, _, similarity = ordered([3, 1], [0.5 + 1e-12, 0.5])
    np.testing.assert_array_equal(slots[0, 0], [1, 3])
    np.testing.assert_array_equal(similarity[0, 0], [0.5, 0.5 + 1e-12])


def test_zero_similarity_comes_last():
    slots, *_ = ordered([1, 2], [0.0, 1e-30])
    np.testing.assert_array_equal(slots[0, 0], [2, 1])


@settings(deadline=None)  # the first example compiles
@given(hnp.arrays(np.float64, (2, 3, 4), elements=few_values), st.integers(0, 1000))
def test_the_order_is_that_of_sorting_all(similarity, seed):
    rng = np.random.default_rng(seed)
    slots = rng.permuted(np.tile(np.arange(4, dtype=np.int32), (2, 3, 1)), axis=2)
    pool = np.array([[5, 6, 8, 9], [1, 2, 3, 4]])
    found = most_similar_first(slots, similarity, pool)
    for b, n in np.ndindex(2, 3):
        order = np.lexsort((slots[b, n], -similarity[b, n]))
        np.testing.assert_array_equal(found[0][b, n], slots[b, n, order])
        np.testing.assert_array_equal(found[1][b, n], pool[b, slots[b, n, order]])
        np.testing.assert_array_equal(found[2][b, n], similarity[b, n, order])


@settings(deadline=None)  # the first example compiles
@given(hnp.arrays(np.float64, (3, 8), elements=few_values), st.integers(1, 6))
def test_the_nearest_are_the_first_of_a_stable_sort(table, count):
    rows, pool = np.array([[2, 0], [1, 1]]), np.array([[0, 2, 3, 4, 6, 7], [1, 2, 3, 5, 6, 7]])
    found = nearest(table, rows, pool, count)
    for b, n in np.ndindex(2, 2):
        order = np.argsort(-table[rows[b, n], pool[b]], kind="stable")
        np.testing.assert_array_equal(found[b, n], order[:count])
