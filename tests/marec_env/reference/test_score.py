"""Between random play and a reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.reference import efficiency, normalised_score, regret

RANDOM, REFERENCE = np.array([0.1, 0.3]), np.array([0.5, 0.9])


def test_random_play_scores_zero_and_the_reference_one():
    assert normalised_score(RANDOM, RANDOM, REFERENCE) == (0, 0, 0)
    assert normalised_score(REFERENCE, RANDOM, REFERENCE) == (1, 1, 1)


def test_it_is_a_ratio_of_means_and_not_a_mean_of_ratios():
    score = normalised_score(np.array([0.3, 0.3]), RANDOM, REFERENCE)
    assert score.value == pytest.approx((0.3 - 0.2) / (0.7 - 0.2))  # ratios: .5 and 0


def test_play_outs_of_random_are_averaged_within_their_seed():
    several = np.array([[0.0, 0.2], [0.2, 0.4]])
    assert normalised_score(REFERENCE, several, REFERENCE).value == 1


def test_a_reference_no_better_than_random_says_nothing():
    assert np.isnan(normalised_score(RANDOM, RANDOM, RANDOM + 1e-10)).all()
    assert np.isnan(normalised_score(RANDOM, RANDOM + 1, REFERENCE)).all()


def test_the_threshold_grows_with_the_reference():
    large = np.array([1_000.0])
    assert np.isnan(normalised_score(large, large - 9e-4, large).value)
    assert normalised_score(large, large - 2e-3, large).value == 1


def test_the_interval_holds_the_score_and_is_the_same_every_time():
    rng = np.random.default_rng(0)
    welfare = 0.4 + 0.1 * rng.random(20)
    score = normalised_score(welfare, np.full(20, 0.2), np.full(20, 0.7))
    assert score.low < score.value < score.high
    assert score == normalised_score(welfare, np.full(20, 0.2), np.full(20, 0.7))


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = 0
    for trial in range(200):
        shared = rng.normal(size=30)  # seeds are easy or hard for all three
        triple = [mean + 0.05 * (shared + rng.normal(size=30)) for mean in (0.5, 0.2, 0.8)]
        score = normalised_score(*triple, num_resamples=300, seed=trial)
        covered += score.low <= 0.5 <= score.high
    assert 0.88 <= covered / 200 <= 0.99


@given(
    hnp.arrays(float, 5, elements=st.floats(0, 1)),
    st.floats(0.1, 10),
    st.floats(-1, 1),
)
def test_a_change_of_unit_changes_no_score(welfare, scale, shift):
    low, high = np.full(5, 0.2), np.full(5, 0.8)
    score = normalised_score(welfare, low, high, num_resamples=10)
    again = normalised_score(*(scale * x + shift for x in (welfare, low, high)), num_resamples=10)
    np.testing.assert_allclose(again, score, atol=1e-9)


def test_seeds_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match=r"same seeds, got \(2,\), \(3,\), \(2,\)"):
        normalised_score(RANDOM, np.zeros(3), REFERENCE)


def test_efficiency_is_a_share_of_the_reference_and_says_nothing_of_an_empty_one():
    np.testing.assert_array_equal(
        efficiency(np.array([0.2, 0.0]), np.array([0.8, 0.0])), [0.25, np.nan]
    )


def test_regret_is_what_is_missing():
    np.testing.assert_allclose(regret(np.array([0.2]), np.array([0.8])), [0.6])
