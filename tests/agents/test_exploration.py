"""Draws are legal, uniform or as probable as asked, whatever the rounding."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agents import exploration


class Extreme:
    """A generator that always draws the largest float32 below 1."""

    def random(self, shape, dtype=np.float32):
        return np.full(shape, np.nextafter(np.float32(1), np.float32(0)), dtype)


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=9).filter(any))
def test_an_action_of_probability_zero_is_never_drawn(weights):
    probability = np.array(weights, np.float32) / np.float32(sum(weights))
    if not probability.any():  # underflow
        return
    rngs: list[Any] = [Extreme(), np.random.default_rng(0)]
    for rng in rngs:
        assert probability[exploration.sample_categorical(probability, rng)] > 0


def test_categorical_draws_have_the_asked_frequencies():
    probability = np.tile(np.array([0.2, 0.0, 0.5, 0.3], np.float32), (100_000, 1))
    drawn = exploration.sample_categorical(probability, np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(drawn) / 1e5, [0.2, 0, 0.5, 0.3], atol=0.005)


def test_legal_draws_are_uniform_over_the_legal():
    mask = np.tile([True, False, True], (100_000, 1))
    drawn = exploration.sample_legal(mask, np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(drawn) / 1e5, [0.5, 0, 0.5], atol=0.005)


def test_a_linear_schedule_goes_from_start_to_end_and_stays():
    values = [exploration.linear(1.0, 0.2, 10, now) for now in (0, 5, 10, 99)]
    np.testing.assert_allclose(values, [1.0, 0.6, 0.2, 0.2])


def test_a_schedule_without_duration_is_at_its_end():
    assert exploration.linear(1.0, 0.2, 0, 0) == 0.2
