"""Items arrive by a Poisson law and take the places of the oldest."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env.models.arrivals import arrive, distribution, first_ages


def words(seed, num_copies, chance):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2**64, (num_copies, len(chance)), np.uint64)


@pytest.mark.parametrize("rate", [0.1, 3.0, 20.0])
def test_the_distribution_is_that_of_poisson(rate):
    found = distribution(rate, 1000)
    terms = [math.exp(-rate) * rate**k / math.factorial(k) for k in range(len(found))]
    np.testing.assert_allclose(found, np.cumsum(terms), rtol=1e-10)
    assert found[-1] == 1


def test_never_more_arrive_than_there_are_slots():
    chance = distribution(50.0, 4)
    assert len(chance) == 5
    pool, age, is_new = arrive(
        np.arange(4)[None], np.ones((1, 4), np.int32), words(0, 1, chance), chance, 9
    )
    assert is_new.all()
    np.testing.assert_array_equal(age, [[0, 0, 0, 0]])
    assert len(set(pool[0].tolist())) == 4


def test_the_mean_and_the_variance_are_the_rate():
    chance, many = distribution(3.0, 24), 20_000
    pool, age = np.tile(np.arange(24), (many, 1)), np.ones((many, 24), np.int32)
    number = arrive(pool, age, words(1, many, chance), chance, 50)[2].sum(axis=1)
    assert number.mean() == pytest.approx(3.0, abs=0.05)
    assert number.var() == pytest.approx(3.0, abs=0.15)


def test_the_oldest_make_room_and_of_equals_the_first_slot():
    chance = np.array([0.0, 0.0, 1.0])  # always two
    pool, age = np.array([[0, 1, 2, 3]]), np.array([[1, 5, 5, 9]], np.int32)
    new_pool, new_age, is_new = arrive(pool, age, words(0, 1, chance), chance, 6)
    np.testing.assert_array_equal(is_new, [[False, True, False, True]])
    np.testing.assert_array_equal(new_age, [[1, 0, 5, 0]])
    np.testing.assert_array_equal(new_pool[0, [0, 2]], [0, 2])


def test_every_item_that_is_not_in_the_pool_has_the_same_chance():
    chance, many = np.array([0.0, 1.0]), 30_000
    pool = np.tile([7, 0, 3, 4], (many, 1))
    age = np.tile(np.array([2, 1, 1, 1], np.int32), (many, 1))
    found = arrive(pool, age, words(2, many, chance), chance, 9)[0][:, 0]
    share = np.bincount(found, minlength=9) / many
    np.testing.assert_allclose(share, [0, 0.2, 0.2, 0, 0, 0.2, 0.2, 0, 0.2], atol=0.012)


@settings(max_examples=60)
@given(st.integers(0, 2**20), st.integers(1, 12), st.integers(1, 30), st.floats(0.0, 6.0))
def test_a_pool_never_holds_an_item_twice(seed, pool_size, num_others, rate):
    rng = np.random.default_rng(seed)
    num_items, chance = pool_size + num_others, distribution(rate, pool_size)
    pool = np.stack([rng.permutation(num_items)[:pool_size] for _ in range(3)])
    age = rng.integers(1, 9, pool.shape).astype(np.int32)
    new_pool, new_age, is_new = arrive(pool, age, words(seed, 3, chance), chance, num_items)
    for row in new_pool:
        assert len(set(row.tolist())) == pool_size
        assert (row >= 0).all()
        assert (row < num_items).all()
    np.testing.assert_array_equal(new_pool[~is_new], pool[~is_new])
    np.testing.assert_array_equal(new_age, np.where(is_new, 0, age))
    for b in range(3):  # nobody younger has gone where somebody older has stayed
        assert not is_new[b].any() or age[b][is_new[b]].min() >= age[b][~is_new[b]].max(initial=0)


def test_a_copy_does_not_depend_on_those_beside_it():
    chance = distribution(3.0, 5)
    drawn, pool = words(3, 8, chance), np.tile(np.arange(5), (8, 1))
    age = np.arange(40, dtype=np.int32).reshape(8, 5) % 7 + 1
    together = arrive(pool, age, drawn, chance, 20)
    for b in range(8):
        alone = arrive(pool[b : b + 1], age[b : b + 1], drawn[b : b + 1], chance, 20)
        for ours, theirs in zip(together, alone, strict=True):
            np.testing.assert_array_equal(ours[b : b + 1], theirs)


def test_first_ages_are_those_of_items_that_had_come_evenly():
    np.testing.assert_array_equal(first_ages(3.0, 8, span=9), [0, 0, 0, 1, 1, 1, 2, 2])
    np.testing.assert_array_equal(first_ages(0.5, 3, span=9), [0, 2, 4])
    np.testing.assert_array_equal(first_ages(0.0, 3, span=9), [0, 0, 0])


def test_where_items_come_rarely_first_ages_are_spread_over_the_span():
    np.testing.assert_array_equal(first_ages(1e-9, 6, span=3), [0, 0, 1, 1, 2, 2])
