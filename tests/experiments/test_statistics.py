"""Statistics of runs: numbers by hand, and the figures of rliable on the same scores and draws."""

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import statistics
from experiments.statistics import (
    checked,
    estimate,
    iqm,
    mean,
    median,
    optimality_gap,
    performance_profile,
    probability_of_improvement,
    resample,
    sample_efficiency,
)
from tests.experiments import rliable_figures as rliable

FIGURES: dict[str, Any] = json.loads(rliable.FILE.read_text())["figures"]
STATISTICS: dict[str, Any] = {
    "mean": mean,
    "median": median,
    "iqm": iqm,
    "optimality_gap": optimality_gap,
    "performance_profile": lambda x, w: performance_profile(x, rliable.TAUS, w),
    "probability_of_improvement": probability_of_improvement,
    "sample_efficiency": sample_efficiency,
}

every_figure = pytest.mark.parametrize(
    ("name", "figure"), list(itertools.product(rliable.SHAPES, STATISTICS))
)


@every_figure
@pytest.mark.parametrize("part", ["value", "low", "high"])
def test_the_figure_and_its_interval_are_those_of_rliable(
    name: str, figure: str, part: str
) -> None:
    sample = rliable.samples(name)[figure]
    ours = estimate(STATISTICS[figure], *sample, num_resamples=rliable.RESAMPLES)
    theirs = FIGURES[name][figure][part]
    assert np.atleast_1d(getattr(ours, part)) == pytest.approx(theirs, rel=0, abs=1e-12)


def test_every_statistic_is_compared_with_rliable() -> None:
    assert all(set(figures) == set(STATISTICS) for figures in FIGURES.values())


def test_the_middle_half_of_eight_scores_is_what_the_iqm_averages() -> None:
    assert iqm(np.array([[9.0, 1, 2, 3], [4, 5, 6, -9]])) == (2 + 3 + 4 + 5) / 4


def test_the_iqm_of_fewer_than_four_scores_is_their_mean() -> None:
    assert iqm(np.array([[1.0], [2.0], [6.0]])) == 3


def test_the_iqm_of_a_resample_is_that_of_its_scores() -> None:
    """Twice 1, none of 2, once 3 and 4: the middle of 1 1 3 4 is 1 and 3."""
    scores, weights = np.array([[1.0], [2], [3], [4]]), np.array([[2], [0], [1], [1]])
    assert iqm(scores, weights) == 2


def test_the_median_is_one_over_tasks_not_over_runs() -> None:
    assert median(np.array([[0.0, 1, 10], [2, 1, 30]])) == 1


def test_what_exceeds_gamma_does_not_fill_the_gap_of_another() -> None:
    assert optimality_gap(np.array([[0.5, 3.0]])) == 0.25


def test_a_profile_counts_what_lies_strictly_above() -> None:
    scores = np.array([[0.2, 0.4], [0.6, 0.6]])
    assert performance_profile(scores, np.array([0.1, 0.4, 0.6])).tolist() == [1, 0.5, 0]


def test_a_draw_is_half_an_improvement() -> None:
    assert probability_of_improvement(np.array([[1.0], [2.0]]), np.array([[1.0]])) == 0.75


def test_improvement_is_averaged_over_tasks() -> None:
    x, y = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0], [0.0, -1.0]])
    assert probability_of_improvement(x, y) == (1 + 0.5) / 2


grids = st.integers(1, 5).flatmap(
    lambda runs: st.lists(
        st.lists(st.integers(-3, 3).map(float), min_size=runs, max_size=runs),
        min_size=1,
        max_size=4,
    ).map(lambda rows: np.array(rows).T)
)


@given(grids, grids)
def test_one_of_two_improves_on_the_other_or_they_draw(x: np.ndarray, y: np.ndarray) -> None:
    tasks = min(x.shape[1], y.shape[1])
    x, y = x[:, :tasks], y[:, :tasks]
    forth, back = probability_of_improvement(x, y), probability_of_improvement(y, x)
    assert forth + back == pytest.approx(1)


@given(grids)
def test_weights_say_the_same_as_the_resampled_scores(scores: np.ndarray) -> None:
    runs, tasks = scores.shape
    drawn = np.random.default_rng(0).integers(runs, size=(1, runs, tasks))
    weights = resample(scores, 1, np.random.default_rng(0))
    for statistic in (mean, median, iqm, optimality_gap):
        assert statistic(scores, weights)[0] == pytest.approx(
            statistic(scores[drawn[0], np.arange(tasks)]), abs=1e-12
        )


@given(grids)
def test_the_iqm_lies_between_the_extremes(scores: np.ndarray) -> None:
    assert scores.min() - 1e-12 <= iqm(scores) <= scores.max() + 1e-12


def test_a_resample_holds_as_many_runs_of_every_task() -> None:
    weights = resample(np.zeros((5, 3)), 20, np.random.default_rng(1))
    assert (weights.sum(axis=1) == 5).all()


def test_tasks_are_resampled_apart() -> None:
    weights = resample(np.zeros((5, 2)), 20, np.random.default_rng(1))
    assert (weights[..., 0] != weights[..., 1]).any()


def test_the_same_table_can_be_made_again() -> None:
    scores = np.random.default_rng(2).normal(size=(6, 2))
    assert estimate(iqm, scores) == estimate(iqm, scores)


def test_how_many_resamples_are_held_at_a_time_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores = np.random.default_rng(2).normal(size=(5, 3))
    at_once = estimate(iqm, scores, num_resamples=100)
    monkeypatch.setattr(statistics, "CHUNK", 50)
    assert estimate(iqm, scores, num_resamples=100) == pytest.approx(at_once, rel=1e-12)


def test_the_interval_of_a_mean_spans_its_central_95_percent() -> None:
    """The mean of two draws from {0, 1} is 0, 1/2, 1 with 1/4, 1/2, 1/4."""
    assert estimate(mean, np.array([[0.0], [1.0]])) == (0.5, 0, 1)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """Of the mean of 30 normal scores: percentiles cover a little less than 95 %."""
    draws = np.random.default_rng(3)
    found = [estimate(mean, draws.normal(size=(30, 1)), num_resamples=500) for _ in range(400)]
    assert 0.90 < np.mean([low < 0 < high for _, low, high in found]) < 0.97


def test_a_curve_has_an_interval_at_every_step() -> None:
    curves = np.stack([np.zeros((4, 1)), np.arange(4.0)[:, None]], axis=-1)  # [4, 1, 2]
    found = estimate(sample_efficiency, curves)
    assert found.value.tolist() == [0, 1.5]
    assert found.low[0] == found.high[0] == 0
    assert found.low[1] < 1.5 < found.high[1]


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([[1.0, 2.0], [3.0]], r"every run must have a score on every task, .* \[1, 2\] scores"),
        ([1.0, 2.0], r"scores must have shape \[runs, tasks\], got \(2,\)"),
        (np.zeros((0, 2)), r"scores must have shape \[runs, tasks\], got \(0, 2\)"),
        ([[np.nan]], "scores must be finite, got nan"),
    ],
)
def test_what_is_no_table_of_scores_is_refused(scores: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        checked(scores)
