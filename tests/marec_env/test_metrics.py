"""Equations (1) to (5) of metrics.py, and an episode counted by hand."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.metrics import (
    History,
    entropy,
    episode_metrics,
    gini,
    jain,
    nash_welfare,
)

amounts = hnp.arrays(float, st.integers(1, 20), elements=st.floats(0, 1e6, allow_subnormal=False))
counts = hnp.arrays(np.int64, st.integers(1, 20), elements=st.integers(0, 50))


class TestGini:
    def test_is_zero_if_all_have_the_same_or_nothing(self):
        np.testing.assert_array_equal(gini(np.array([[2.0, 2.0, 2.0], [0, 0, 0]])), [0, 0])

    def test_is_all_but_one_nth_if_one_has_everything(self):
        assert gini(np.array([0, 0, 0, 5.0])) == 0.75

    def test_of_one_two_and_three_is_two_ninths(self):
        assert gini(np.array([3, 1, 2])) == pytest.approx(2 / 9)

    def test_of_a_negative_value_is_refused(self):
        with pytest.raises(ValueError, match=r"values >= 0, got -1\.0"):
            gini(np.array([1.0, -1.0]))

    @given(amounts)
    def test_is_the_mean_absolute_difference_over_twice_the_mean(self, x):
        if x.sum() > 0:
            expected = np.abs(x[:, None] - x).mean() / (2 * x.mean())
            assert gini(x) == pytest.approx(expected, abs=1e-9)
        assert 0 <= gini(x) < 1


class TestJain:
    def test_is_one_if_all_have_the_same_or_nothing(self):
        np.testing.assert_array_equal(jain(np.array([[0.3, 0.3], [0, 0]])), [1, 1])

    def test_is_one_nth_if_one_has_everything(self):
        assert jain(np.array([0, 0, 0, 5.0])) == 0.25

    def test_of_one_and_three_is_four_fifths(self):
        assert jain(np.array([1.0, 3.0])) == pytest.approx(0.8)

    def test_does_not_lose_tiny_values(self):
        assert jain(np.array([1e-200, 1e-200])) == 1

    @given(amounts)
    def test_lies_between_one_nth_and_one(self, x):
        assert 1 / len(x) - 1e-9 <= jain(x) <= 1 + 1e-9


class TestEntropy:
    def test_is_one_if_spread_evenly_and_zero_if_all_on_one(self):
        np.testing.assert_array_equal(entropy(np.array([[3, 3, 3], [0, 7, 0]])), [1, 0])

    def test_of_halves_among_four_is_one_half(self):
        assert entropy(np.array([2, 2, 0, 0])) == pytest.approx(0.5)

    def test_of_nothing_is_nan(self):
        assert np.isnan(entropy(np.array([0, 0])))

    def test_on_the_only_item_there_is_is_even(self):
        assert entropy(np.array([4])) == 1

    @given(counts)
    def test_is_that_of_the_shares(self, c):
        if c.sum() > 0 and len(c) > 1:
            p = c[c > 0] / c.sum()
            assert entropy(c) == pytest.approx(-(p * np.log(p)).sum() / np.log(len(c)), abs=1e-9)

    @given(counts)
    def test_does_not_depend_on_how_logarithms_are_found(self, c):
        rows = np.tile(c, (60, 1))  # enough for the table
        np.testing.assert_allclose(entropy(rows)[0], entropy(c), atol=1e-12)


def test_nash_welfare_is_the_geometric_mean():
    assert nash_welfare(np.array([1.0, 4.0])) == pytest.approx(2)


def test_nash_welfare_takes_nothing_for_a_billionth():
    assert nash_welfare(np.array([0.0, 1.0])) == pytest.approx(1e-9**0.5)


@given(amounts)
def test_nash_welfare_never_exceeds_welfare(x):
    assert nash_welfare(x) <= x.mean() * (1 + 1e-9) + 2e-9


def history(slots, payoff, served=None):
    slots = np.array([slots])
    refused = np.zeros(slots.shape, bool) if served is None else ~np.array([served], bool)
    return History(slots, np.array([payoff], float), ~refused, slots)


BY_HAND = history(  # two steps of three agents on four slots
    slots=[[0, 0, 1], [0, -1, 1]],
    payoff=[[0.4, 0.0, 0.2], [0.6, 0.0, 0.4]],
    served=[[1, 0, 1], [1, 1, 1]],
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("welfare", 1.6 / 6),
        ("nash_welfare", (0.5 * 1e-9 * 0.3) ** (1 / 3)),
        ("worst_off", 0.0),
        ("gini", (2 * 0.5 - 2 * 0.0) / (3 * 0.8)),
        ("jain", 0.8**2 / (3 * (0.25 + 0.09))),
        ("exposure_gini", (-3 * 0 - 0 + 2 + 3 * 3) / (4 * 5)),
        ("exposure_entropy", -(0.6 * np.log(0.6) + 0.4 * np.log(0.4)) / np.log(4)),
        ("coverage", 0.5),
        ("fill_rate", 4 / 5),
        ("collisions", 2 / 5),
        ("stock_outs", 0.5),
    ],
)
def test_an_episode_counted_by_hand(name, expected):
    assert episode_metrics(BY_HAND, 4)[name] == pytest.approx([expected])


def test_an_episode_of_skips_had_no_demand_to_refuse_and_no_exposure():
    found = episode_metrics(history([[-1, -1]], [[0, 0]]), 3)
    assert (found["fill_rate"], found["collisions"], found["stock_outs"]) == (1, 0, 0)
    assert (found["welfare"], found["gini"], found["jain"], found["coverage"]) == (0, 0, 1, 0)
    assert np.isnan(found["exposure_gini"]).all()
    assert np.isnan(found["exposure_entropy"]).all()


def test_payoffs_below_zero_have_no_gini_but_everything_else():
    found = episode_metrics(history([[0, 1]], [[-0.5, 1.0]]), 2)
    assert np.isnan(found["gini"]).all()
    assert found["welfare"] == 0.25


@st.composite
def histories(draw):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5)))
    slots = draw(hnp.arrays(np.int32, shape, elements=st.integers(-1, 3)))
    payoff = draw(hnp.arrays(float, shape, elements=st.floats(0, 1))) * (slots >= 0)
    served = draw(hnp.arrays(bool, shape)) | (slots < 0)
    return History(slots, payoff, served, slots)


@settings(deadline=None)  # the first example compiles
@given(histories())
def test_an_episode_does_not_depend_on_the_others(batch):
    together = episode_metrics(batch, 4)
    for b in range(len(batch.slots)):
        alone = episode_metrics(History(*(x[b : b + 1] for x in batch)), 4)
        for name, values in alone.items():
            np.testing.assert_allclose(values[0], together[name][b], rtol=1e-12, atol=1e-12)


@settings(deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_seats_does_not_matter(batch, shuffle):
    order = list(range(batch.slots.shape[2]))
    shuffle.shuffle(order)
    first = episode_metrics(batch, 4)
    again = episode_metrics(History(*(x[..., order] for x in batch)), 4)
    for name, values in again.items():
        np.testing.assert_allclose(values, first[name], rtol=1e-9, atol=1e-12)


@settings(deadline=None)
@given(histories())
def test_shares_are_shares(batch):
    found = episode_metrics(batch, 4)
    for name in ("coverage", "fill_rate", "collisions"):
        assert ((found[name] >= 0) & (found[name] <= 1)).all()


@pytest.mark.slow
def test_the_metrics_of_an_episode_cost_little():
    rng, shape = np.random.default_rng(0), (64, 20, 16)
    slots = rng.integers(-1, 24, shape).astype(np.int32)
    batch = History(slots, rng.random(shape), rng.random(shape) < 0.8, slots)
    episode_metrics(batch, 24)
    times = []
    for _ in range(20):
        started = time.perf_counter()
        episode_metrics(batch, 24)
        times.append(time.perf_counter() - started)
    assert min(times) / batch.slots.size < 30e-9  # seconds per agent-step
