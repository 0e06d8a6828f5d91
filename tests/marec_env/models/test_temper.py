"""Readers lose their temper."""

import numpy as np
import pytest

from marec_env.models.temper import after_payoffs


def after(temper, payoff, start=3.0, threshold=0.2, recovery=0.0):
    return after_payoffs(np.array(temper), np.array(payoff), start, threshold, recovery)


def test_what_is_missing_to_the_threshold_is_lost():
    np.testing.assert_allclose(after([3.0, 1.0], [0.05, 0.0]), [2.85, 0.8])


def test_without_recovery_nothing_is_made_good():
    np.testing.assert_array_equal(after([1.0, 3.0], [0.9, 0.9]), [1, 3])


def test_a_recovery_is_limited_and_ends_at_the_start():
    np.testing.assert_allclose(after([1.0, 2.9], [0.9, 0.9], recovery=0.3), [1.3, 3.0])


def test_a_step_costs_two_at_most():
    assert after([3.0], [0.0], threshold=5.0) == pytest.approx(1.0)


def test_who_has_left_never_comes_back():
    np.testing.assert_array_equal(after([0.0, 0.1], [9.0, 0.0], recovery=1.0), [0, 0])


def test_with_a_threshold_of_zero_nobody_loses_anything():
    np.testing.assert_array_equal(after([3.0, 3.0], [0.0, 0.5], threshold=0.0), [3, 3])
