"""Draws without replacement from words of known number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env.models.draw import distinct, slates, words_needed


def words(seed, *shape):
    return np.random.default_rng(seed).integers(2**64, size=shape, dtype=np.uint64)


def halves(*half_words):
    """Words that hold these half-words, the lower one first: [1, W] uint64."""
    padded = np.array([*half_words, *[0] * (len(half_words) % 2)], np.uint64).reshape(1, -1, 2)
    return padded[..., 0] | padded[..., 1] << np.uint64(32)


def nearest(seed, num_copies, num_agents, pool_size, count):
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.tile(np.arange(pool_size), (num_copies, num_agents, 1)), axis=2)
    return order[:, :, :count].astype(np.int32)


sizes = st.integers(1, 20).flatmap(
    lambda pool: st.tuples(st.just(pool), st.integers(1, pool), st.integers(0, 2**32))
)


def test_two_draws_share_a_word():
    assert [words_needed(count) for count in (1, 2, 3, 24)] == [1, 1, 2, 12]


def test_a_half_word_is_scaled_to_what_is_left():
    # of 4: 0.5 -> place 2; of the 3 left (0 moved to place 2): 0 -> place 1; of 2: 0.75 -> place 3
    drawn = distinct(halves(1 << 31, 0, 3 << 30), population=4, count=3)
    np.testing.assert_array_equal(drawn, [[2, 1, 3]])


def test_the_largest_half_word_stays_below_the_population():
    np.testing.assert_array_equal(distinct(halves(2**32 - 1, 2**32 - 1), 5, 2), [[4, 0]])


@settings(deadline=None)  # the first example compiles
@given(sizes)
def test_distinct_draws_are_different_and_in_range(size):
    population, count, seed = size
    drawn = distinct(words(seed, 3, words_needed(count)), population, count)
    for row in drawn:
        assert len(set(row)) == count
        assert set(row) <= set(range(population))


def test_every_ordered_selection_is_equally_likely():
    drawn = distinct(words(0, 24_000, 1), population=4, count=2)
    counts = np.bincount(drawn[:, 0] * 4 + drawn[:, 1], minlength=16).reshape(4, 4)
    assert (np.diag(counts) == 0).all()
    off_diagonal = counts[~np.eye(4, dtype=bool)]
    np.testing.assert_allclose(off_diagonal, 2_000, atol=180)  # four standard deviations


@settings(deadline=None)  # the first example compiles
@given(sizes, st.data())
def test_slates_are_different_slots_and_the_first_of_them_are_near(size, data):
    pool_size, slate_size, seed = size
    count = min(2 * slate_size, pool_size)
    num_near = data.draw(st.integers(0, slate_size))
    near = nearest(seed, 2, 3, pool_size, count)
    found = slates(
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
    drawn = words(seed, 1, 1, words_needed(slate_size))
    near = nearest(seed, 1, 1, pool_size, min(2 * slate_size, pool_size))
    np.testing.assert_array_equal(
        slates(drawn, near, pool_size, slate_size, 0)[0], distinct(drawn[0], pool_size, slate_size)
    )


def test_a_slate_does_not_depend_on_other_agents_or_copies():
    drawn, near = words(1, 3, 4, 3), nearest(1, 3, 4, 12, 8)
    together = slates(drawn, near, 12, 5, 2)
    for b, n in np.ndindex(3, 4):
        alone = slates(drawn[[b]][:, [n]], near[[b]][:, [n]], 12, 5, 2)
        np.testing.assert_array_equal(alone[0, 0], together[b, n])


@pytest.mark.parametrize("num_near", [0, 2])
def test_the_uniform_part_reaches_every_slot_equally_often(num_near):
    num_copies, pool_size, slate_size = 20_000, 6, 3
    near = np.broadcast_to(np.arange(4, dtype=np.int32), (num_copies, 1, 4)).copy()
    drawn = slates(words(2, num_copies, 1, 2), near, pool_size, slate_size, num_near)[:, 0]
    rest = np.bincount(drawn[:, num_near:].ravel(), minlength=pool_size) / num_copies
    # a near slot is still there for the rest with probability 1 - num_near / 4
    free = np.where(np.arange(pool_size) < 4, 1 - num_near / 4, 1)
    np.testing.assert_allclose(rest, free * (slate_size - num_near) / free.sum(), atol=0.015)
