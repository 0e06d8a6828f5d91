"""What each objective makes of payoffs, by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.objective import check, rewards

PAYOFF = np.array([3.0, 0.0, 6.0])  # the means of the others are 3, 4.5, 1.5

payoffs = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=2, max_side=6),
    elements=st.floats(0, 1, width=32),
)


def test_independent_is_the_own_payoff():
    np.testing.assert_array_equal(rewards(PAYOFF, "independent"), PAYOFF)


def test_cooperative_is_the_mean_of_all():
    np.testing.assert_array_equal(rewards(PAYOFF, "cooperative"), [3, 3, 3])


def test_competitive_is_the_own_payoff_minus_the_mean_of_the_others():
    np.testing.assert_array_equal(rewards(PAYOFF, "competitive"), [0, -4.5, 4.5])


def test_an_angle_of_thirty_degrees_weighs_own_and_others():
    others = np.array([3, 4.5, 1.5])
    np.testing.assert_allclose(
        rewards(PAYOFF, "angle:30"), math.sqrt(3) / 2 * PAYOFF + others / 2, rtol=1e-15
    )


def test_an_angle_of_ninety_degrees_is_the_mean_of_the_others():
    np.testing.assert_allclose(rewards(PAYOFF, "angle:90"), [3, 4.5, 1.5], atol=1e-15)


def test_a_departed_seat_counts_as_nothing_and_is_not_left_out():
    np.testing.assert_array_equal(rewards(np.array([4.0, 0.0]), "cooperative"), [2, 2])


@pytest.mark.parametrize(
    ("objective", "expected"),
    [("independent", 2), ("cooperative", 2), ("competitive", 2), ("angle:90", 0), ("angle:60", 1)],
)
def test_alone_the_mean_of_the_others_is_zero(objective, expected):
    np.testing.assert_allclose(rewards(np.array([2.0]), objective), [expected], atol=1e-15)


@given(payoffs)
def test_competitive_rewards_sum_to_zero(payoff):
    if payoff.shape[-1] > 1:
        np.testing.assert_allclose(rewards(payoff, "competitive").sum(-1), 0, atol=1e-12)


@given(payoffs)
def test_angle_zero_is_independent(payoff):
    np.testing.assert_array_equal(rewards(payoff, "angle:0"), payoff)


@given(payoffs)
def test_angle_minus_45_is_competitive_over_root_two(payoff):
    competitive = rewards(payoff, "competitive")
    np.testing.assert_allclose(rewards(payoff, "angle:-45"), competitive / math.sqrt(2), atol=1e-12)


@given(payoffs)
def test_the_angle_of_arctan_n_minus_1_is_cooperative_up_to_a_factor(payoff):
    n = payoff.shape[-1]
    found = rewards(payoff, f"angle:{math.degrees(math.atan(n - 1))}")
    factor = n / math.sqrt(1 + (n - 1) ** 2)
    np.testing.assert_allclose(found, factor * rewards(payoff, "cooperative"), atol=1e-12)


@given(payoffs, st.sampled_from(["cooperative", "competitive", "angle:20"]))
def test_a_copy_does_not_depend_on_its_neighbours(payoff, objective):
    if payoff.ndim == 2:
        together = rewards(payoff, objective)
        for b in range(len(payoff)):
            np.testing.assert_array_equal(rewards(payoff[[b]], objective)[0], together[b])


@pytest.mark.parametrize(
    "wrong", ["", "selfish", "Independent", "angle", "angle:", "angle:x", "angle:nan", "angle:inf"]
)
def test_an_unknown_objective_is_one_sentence(wrong):
    with pytest.raises(ValueError, match="objective must be one of independent, cooperative, "):
        check(wrong)


@pytest.mark.parametrize("known", ["independent", "cooperative", "competitive", "angle:-12.5"])
def test_a_known_objective_is_returned(known):
    assert check(known) == known
