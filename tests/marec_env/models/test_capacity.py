"""Equations (1) and (2) of models/capacity.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.models.capacity import (
    SIGMA,
    capacities,
    largest_remainder,
    lognormal_shares,
    total_units,
)

normals = hnp.arrays(np.float64, (2, 5), elements=st.floats(-4, 4))


def test_equal_normals_share_equally():
    np.testing.assert_array_equal(lognormal_shares(np.full(4, 1.7), 0.5), [0.25] * 4)


def test_shares_are_in_the_ratio_of_exponentials():
    shares = lognormal_shares(np.log([1.0, 4.0]), 0.5)
    np.testing.assert_allclose(shares, [1 / 3, 2 / 3], rtol=1e-15)


def test_what_is_left_after_rounding_down_goes_to_the_largest_remainders():
    # quotas 4.2, 3.5, 2.3: 4 + 3 + 2, and one more to the second
    np.testing.assert_array_equal(largest_remainder(np.array([0.42, 0.35, 0.23]), 10), [4, 4, 2])


def test_equal_remainders_go_to_the_smaller_index():
    np.testing.assert_array_equal(largest_remainder(np.array([0.25] * 4), 6), [2, 2, 1, 1])


@given(normals, st.integers(0, 10_000))
def test_units_sum_to_the_total_and_stay_within_one_of_their_quota(z, total):
    shares = lognormal_shares(z, 0.5)
    units = largest_remainder(shares, total)
    assert units.dtype == np.int32
    np.testing.assert_array_equal(units.sum(axis=-1), total)
    assert (units >= 0).all()
    assert (np.abs(units - shares * total) < 1 + 1e-9).all()


@given(normals)
def test_a_copy_does_not_depend_on_its_neighbours(z):
    together = largest_remainder(lognormal_shares(z, 0.5), 37)
    for b in range(len(z)):
        alone = largest_remainder(lognormal_shares(z[[b]], 0.5), 37)
        np.testing.assert_array_equal(alone[0], together[b])


def test_units_are_a_share_of_the_picks_and_without_a_limit_as_many_of_each():
    z = np.random.default_rng(0).standard_normal((2, 6))
    some = capacities(z, 0.5, num_agents=8, num_steps=3)
    assert some.dtype == np.int16
    assert some.sum(axis=1).tolist() == [12, 12]
    np.testing.assert_array_equal(some, largest_remainder(lognormal_shares(z, SIGMA), 12))
    assert (capacities(z, np.inf, num_agents=8, num_steps=3) == 24).all()


@pytest.mark.parametrize(("num_agents", "counter"), [(32_767, np.int16), (32_768, np.int32)])
def test_what_counts_the_units_counts_the_agents_as_well(num_agents, counter):
    assert capacities(np.zeros((1, 2)), 1e-4, num_agents, 1).dtype == counter


@pytest.mark.parametrize("share", [0.01, 1e9])
def test_no_units_or_more_than_are_counted_are_refused(share):
    with pytest.raises(ValueError, match=r"stock_share must leave 1 \.\.\. 2\^31 - 1 units"):
        total_units(share, 24)
