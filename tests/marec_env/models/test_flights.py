"""Equation (1) of models/flights.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.models import flights

draws = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 3), st.integers(1, 9), st.just(3)),
    elements=st.floats(0, 1, exclude_max=True),
)
spans = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted)


def test_the_smallest_draws_run_all_episode_and_the_others_end_in_between():
    by_hand = np.array([[[0.9, 0.5, 0.0], [0.1, 0.5, 0.0], [0.5, 0.0, 0.5], [0.7, 0.9, 0.999]]])
    first, last, is_long = flights.drawn(by_hand, 0.25, 0.2, 0.25, 0.75, 20)
    assert is_long.tolist() == [[False, True, False, False]]
    assert first.tolist() == [[2, 0, 0, 3]]
    assert last.tolist() == [[5, 20, 10, 14]]


@given(draws, st.floats(0, 1), spans, st.integers(1, 30))
def test_every_flight_has_a_first_step_that_is_played_and_is_not_after_its_last(
    drawn, long_share, span, horizon
):
    begin_by, end_from, end_by = span
    first, last, is_long = flights.drawn(drawn, long_share, begin_by, end_from, end_by, horizon)
    assert (first >= 0).all()
    assert (first <= np.minimum(last, horizon - 1)).all()
    assert (is_long.sum(axis=1) == round(long_share * drawn.shape[1])).all()
    assert (first <= begin_by * horizon).all()
    assert (last[~is_long] <= end_by * horizon).all()
    assert (last[~is_long] > end_from * horizon - 1).all()


@pytest.mark.parametrize("copy", [0, 1])
def test_a_copy_depends_on_its_own_draws(copy):
    drawn = np.random.default_rng(0).random((2, 7, 3))
    together = flights.drawn(drawn, 0.4, 0.1, 0.25, 0.75, 24)
    alone = flights.drawn(drawn[copy : copy + 1], 0.4, 0.1, 0.25, 0.75, 24)
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one[copy], other[0])


def test_where_ads_do_not_fly_all_run_on_and_bid_as_they_would():
    draws = np.random.default_rng(0).random((2, 7, 3))
    flown = flights.drawn(draws, 0.4, 0.1, 0.25, 0.75, 24)
    grounded = flights.drawn(draws, 0.4, 0.1, 0.25, 0.75, 24, are_flown=False)
    assert (grounded.first == 0).all()
    assert (grounded.last == 24).all()
    np.testing.assert_array_equal(grounded.is_long, flown.is_long)


def test_time_left_counts_the_step_of_now_and_ends_at_zero():
    last = np.array([[4, 1, 9]])  # of T = 8 steps; 9 runs on
    assert flights.time_left(last, np.array([0]), 8).tolist() == [[5 / 8, 2 / 8, 1]]
    assert flights.time_left(last, np.array([4]), 8).tolist() == [[1 / 8, 0, 4 / 8]]
