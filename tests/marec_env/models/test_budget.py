"""Equations (1) to (4) of models/budget.py."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.models.budget import charge, even_budgets, open_slots, share_left, spending


@st.composite
def markets(draw):
    """Picks, prices and budgets of a few copies; drained and unlimited budgets are common."""
    num_envs, num_agents = draw(st.integers(1, 3)), draw(st.integers(1, 10))
    num_slots = draw(st.integers(1, 4))
    agents, slots = (num_envs, num_agents), (num_envs, num_slots)
    money = st.floats(0, 2, width=32)
    slot = draw(hnp.arrays(np.int64, agents, elements=st.integers(-1, num_slots - 1)))
    price = draw(hnp.arrays(np.float64, agents, elements=money))
    budgets = money | st.sampled_from([0.0, 0.5, np.inf])
    return slot, price * (slot >= 0), draw(hnp.arrays(np.float64, slots, elements=budgets))


def demand_of(slot, price, num_slots):
    return np.array(
        [np.bincount(s[s >= 0], p[s >= 0], num_slots) for s, p in zip(slot, price, strict=True)]
    )


def charged(slot, price, left):
    share, after = charge(np.array([slot]), np.array([price]), np.array([left]))
    return share[0], after[0]


def test_who_share_a_budget_that_is_too_small_are_paid_in_proportion_to_their_prices():
    share, after = charged([0, 0, 1], [0.6, 0.9, 0.4], [0.5, 1.0])
    np.testing.assert_allclose(share, [1 / 3, 1 / 3, 1])
    np.testing.assert_allclose(after, [0, 0.6])


def test_a_skip_takes_nothing():
    share, after = charged([-1, 0], [0.0, 0.25], [1.0, 1.0])
    np.testing.assert_array_equal(share, [1, 1])
    np.testing.assert_array_equal(after, [0.75, 1])


def test_a_budget_that_is_just_enough_is_drained_and_pays_in_full():
    share, after = charged([0, 0], [0.1, 0.2], [0.1 + 0.2])
    np.testing.assert_array_equal(share, [1, 1])
    assert after[0] == 0


def test_an_unlimited_budget_stays_unlimited():
    share, after = charged([0, 0], [5.0, 7.0], [np.inf])
    np.testing.assert_array_equal(share, [1, 1])
    assert after[0] == np.inf


@settings(deadline=None, max_examples=200)
@given(markets())
def test_what_is_paid_of_a_budget_is_the_lesser_of_demand_and_budget(market):
    slot, price, left = market
    share, after = charge(slot, price, left)
    demand = demand_of(slot, price, left.shape[1])
    paid = demand_of(slot, price * share, left.shape[1])
    np.testing.assert_allclose(paid, np.minimum(demand, left), rtol=1e-12, atol=1e-300)
    np.testing.assert_array_equal(after == 0, demand >= left)
    assert (after >= 0).all()
    assert (share >= 0).all()
    assert (share <= 1).all()


@settings(deadline=None, max_examples=100)
@given(markets(), st.randoms())
def test_permuting_agents_permutes_what_they_are_paid(market, random):
    slot, price, left = market
    order = list(range(slot.shape[1]))
    random.shuffle(order)
    share, after = charge(slot, price, left)
    permuted, after_too = charge(slot[:, order], price[:, order], left)
    np.testing.assert_allclose(permuted, share[:, order], rtol=1e-12)
    np.testing.assert_allclose(after_too, after, rtol=1e-12, atol=1e-15)


def test_an_ad_is_open_while_it_is_in_flight_and_has_something_left():
    left = np.array([[1.0, 0.0, 1.0, np.inf]])
    first, last = np.array([[0, 0, 2, 1]]), np.array([[1, 9, 3, 1]])
    found = [open_slots(left, first, last, np.array([t]))[0].tolist() for t in range(4)]
    assert found == [[1, 0, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0], [0, 0, 1, 0]]


def test_the_share_left_of_an_unlimited_budget_is_1_and_of_none_0():
    found = share_left(np.array([[np.inf, 0.0, 0.5]]), np.array([[np.inf, 0.0, 2.0]]))
    np.testing.assert_array_equal(found, [[1, 0, 0.25]])


def test_even_budgets_pay_for_all_picks_together():
    value, bid = np.array([[0.5, 1.0]]), np.array([[1.0, 2.0, 1.0]])
    budget = even_budgets(value, bid, 6.0)
    np.testing.assert_allclose(budget, [[3, 6, 3]])
    assert (budget / bid).sum() == pytest.approx(6 * value.sum())
    assert np.isinf(even_budgets(value, bid, np.inf)).all()


def test_spending_is_what_was_paid_of_all_budgets_and_how_many_are_drained():
    payoff = np.array([[[1.0, 0.5], [0.5, 0.0]]])  # [B, T, N]
    found = spending(payoff, np.array([[0.0, 2.0]]), np.array([[1.0, 3.0]]))
    assert found["budget_use"] == [0.5]
    assert found["drained"] == [0.5]
