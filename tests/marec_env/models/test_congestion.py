"""Equations (1) and (2) of models/congestion.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marec_env.models.congestion import (
    crowd_factor,
    crowd_factors,
    marginal_shares,
)

exponents = st.floats(0, 3)


def test_a_crowd_of_four_halves_the_value_at_beta_one_half():
    np.testing.assert_array_equal(crowd_factor(np.array([0, 1, 4]), 0.5), [1, 1, 0.5])


def test_beta_zero_is_exactly_no_crowding():
    np.testing.assert_array_equal(crowd_factor(np.arange(1000), 0.0), np.ones(1000))


def test_beta_one_shares_one_value_equally():
    crowd = np.arange(1, 1000)
    np.testing.assert_allclose(crowd * crowd_factor(crowd, 1.0), 1, rtol=1e-15)


@given(st.integers(0, 10_000), exponents)
def test_a_larger_crowd_never_leaves_more(crowd, beta):
    smaller, larger = crowd_factor(np.array([crowd, crowd + 1]), beta)
    assert 0 < larger <= smaller <= 1


@given(st.integers(1, 300), st.integers(0, 7), exponents)
def test_a_factor_does_not_depend_on_its_place_in_the_array(crowd, place, beta):
    crowds = np.full(8, 3)
    crowds[place] = crowd
    assert crowd_factor(crowds, beta)[place] == crowd_factor(np.array([crowd]), beta)[0]


def test_a_negative_exponent_is_refused():
    with pytest.raises(ValueError, match=r"beta must be >= 0, got -0\.5"):
        crowd_factor(np.array([2]), -0.5)


@given(st.integers(1, 50), st.floats(0, 1))
def test_marginal_shares_sum_to_what_a_crowd_of_equal_values_is_worth(count, beta):
    total = marginal_shares(count, beta).sum()
    np.testing.assert_allclose(total, count * crowd_factor(np.array(count), beta), rtol=1e-12)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=12), exponents)
def test_marginal_shares_bound_the_value_of_any_crowd(values, beta):
    values = np.sort(values)[::-1]
    worth = crowd_factor(np.array(len(values)), beta) * values.sum()
    assert worth <= values @ marginal_shares(len(values), beta) + 1e-9


@given(st.integers(2, 50), exponents)
def test_marginal_shares_fall(count, beta):
    shares = marginal_shares(count, beta)
    assert shares[0] == 1
    assert (np.diff(shares) <= 1e-12).all()


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
def test_the_table_of_crowds_holds_the_same_bits(beta):
    expected = crowd_factor(np.arange(41), beta)
    np.testing.assert_array_equal(crowd_factors(40, beta), expected)
