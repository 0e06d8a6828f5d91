"""Slates are drawn without replacement and ordered by similarity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.models.draw import distinct, words_needed
from marec_env.models.slates import FEW, drawn, drawn_from_table, look_up, most_similar_first

POOL = np.array([[10, 20, 30, 40]])
few_values = st.sampled_from([0.0, 0.25, 0.5, 1.0])  # ties are common
sizes = st.integers(1, FEW + 8).flatmap(
    lambda pool: st.tuples(st.just(pool), st.integers(1, pool), st.integers(0, 2**32))
)


def words(seed, *shape):
    return np.random.default_rng(seed).integers(2**64, size=shape, dtype=np.uint64)


def nearest(seed, num_copies, num_agents, pool_size, count):
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.tile(np.arange(pool_size), (num_copies, num_agents, 1)), axis=2)
    return order[:, :, :count].astype(np.int32)


@settings(deadline=None)  # the first example compiles
@given(sizes, st.data())
def test_slates_are_different_slots_and_the_first_of_them_are_near(size, data):
    pool_size, slate_size, seed = size
    count = min(2 * slate_size, pool_size)
    num_near = data.draw(st.integers(0, slate_size))
    near = nearest(seed, 2, 3, pool_size, count)
    found = drawn(
        words(seed, 2, 3, words_needed(slate_size)), near, pool_size, slate_size, num_near
    )
    for b, n in np.ndindex(2, 3):
        assert len(set(found[b, n])) == slate_size
        assert set(found[b, n]) <= set(range(pool_size))
        assert set(found[b, n, :num_near]) <= set(near[b, n])


@settings(deadline=None)  # the first example compiles
@given(sizes)
def test_without_near_items_a_slate_is_a_plain_draw(size):
    pool_size, slate_size, seed = size
    some = words(seed, 1, 1, words_needed(slate_size))
    near = nearest(seed, 1, 1, pool_size, min(2 * slate_size, pool_size))
    np.testing.assert_array_equal(
        drawn(some, near, pool_size, slate_size, 0)[0], distinct(some[0], pool_size, slate_size)
    )


def test_a_slate_does_not_depend_on_other_agents_or_copies():
    some, near = words(1, 3, 4, 3), nearest(1, 3, 4, 12, 8)
    together = drawn(some, near, 12, 5, 2)
    for b, n in np.ndindex(3, 4):
        alone = drawn(some[[b]][:, [n]], near[[b]][:, [n]], 12, 5, 2)
        np.testing.assert_array_equal(alone[0, 0], together[b, n])


@pytest.mark.parametrize("num_near", [0, 2])
def test_the_uniform_part_reaches_every_slot_equally_often(num_near):
    num_copies, pool_size, slate_size = 20_000, 6, 3
    near = np.broadcast_to(np.arange(4, dtype=np.int32), (num_copies, 1, 4)).copy()
    picked = drawn(words(2, num_copies, 1, 2), near, pool_size, slate_size, num_near)[:, 0]
    rest = np.bincount(picked[:, num_near:].ravel(), minlength=pool_size) / num_copies
    # a near slot is still there for the rest with probability 1 - num_near / 4
    free = np.where(np.arange(pool_size) < 4, 1 - num_near / 4, 1)
    np.testing.assert_allclose(rest, free * (slate_size - num_near) / free.sum(), atol=0.015)


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
@given(st.integers(FEW - 1, FEW + 9), st.integers(0, 1000), st.booleans())
def test_few_and_many_candidates_are_put_in_the_same_order(size, seed, is_same_pool):
    rng = np.random.default_rng(seed)
    similarity = rng.integers(10, size=(2, 3, size)) / 10  # ties are common
    slots = rng.permuted(np.tile(np.arange(50, dtype=np.int32), (2, 3, 1)), axis=2)[..., :size]
    pool = rng.integers(1000, size=(1 if is_same_pool else 2, 50))
    found = most_similar_first(slots, similarity, pool)
    order = np.lexsort((slots, -similarity))
    np.testing.assert_array_equal(found[0], np.take_along_axis(slots, order, axis=2))
    np.testing.assert_array_equal(found[2], np.take_along_axis(similarity, order, axis=2))
    for b in range(2):
        np.testing.assert_array_equal(found[1][b], pool[b % len(pool)][found[0][b]])


def test_a_table_is_read_at_the_user_and_the_item_behind_the_slot():
    table = np.arange(80.0).reshape(2, 40)
    users, pool = np.array([[1, 0]]), np.array([[11, 22, 33]])
    slots = np.array([[[2, 0], [1, 2]]], np.int32)
    found = look_up(table, users, pool, slots)
    np.testing.assert_array_equal(found, [[[40 + 33, 40 + 11], [22, 33]]])


@settings(deadline=None)  # the first example compiles
@given(sizes, st.booleans())
def test_with_a_table_all_is_done_at_once(size, is_same_pool):
    pool_size, slate_size, seed = size
    rng = np.random.default_rng(seed)
    table, rows = rng.integers(4, size=(5, pool_size)) / 4, rng.integers(5, size=(2, 3))
    columns = np.array([rng.permutation(pool_size) for _ in range(1 if is_same_pool else 2)])
    num_near = int(rng.integers(slate_size + 1))
    near = nearest(seed, 2, 3, pool_size, min(2 * slate_size, pool_size))
    some, pool = words(seed, 2, 3, words_needed(slate_size)), columns + 100
    slots = drawn(some, near, pool_size, slate_size, num_near)
    expected = most_similar_first(slots, look_up(table, rows, columns, slots), pool)
    found = drawn_from_table(some, near, table, rows, columns, pool, slate_size, num_near)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
