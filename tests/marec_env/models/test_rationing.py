"""Equations (1) to (3) of models/rationing.py."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.models.rationing import serve


@st.composite
def markets(draw):
    """Picks, stock, draws and affinities of a few copies; ties are common in both."""
    num_envs, num_agents = draw(st.integers(1, 3)), draw(st.integers(1, 12))
    num_slots = draw(st.integers(1, 5))
    agents, slots = (num_envs, num_agents), (num_envs, num_slots)
    picks = draw(hnp.arrays(np.int64, agents, elements=st.integers(-1, num_slots - 1)))
    stock = draw(hnp.arrays(np.int64, slots, elements=st.integers(0, 5)))
    ticket = draw(hnp.arrays(np.float64, agents, elements=st.integers(0, 4).map(float)))
    affinity = draw(hnp.arrays(np.float64, agents, elements=st.integers(0, 4).map(float)))
    return picks, stock, ticket, draw(st.sampled_from([None, affinity]))


def serve_by_sorting(picks, stock, ticket, affinity):
    """The rule as it is said: sort all pickers, serve while stock lasts."""
    first = ticket if affinity is None else affinity
    served = np.zeros(picks.shape, bool)
    for b, row in enumerate(picks):
        left = stock[b].copy()
        for n in sorted(range(len(row)), key=lambda n, b=b: (-first[b, n], -ticket[b, n], n)):
            if row[n] >= 0 and left[row[n]] > 0:
                served[b, n] = True
                left[row[n]] -= 1
    return served


def test_of_three_pickers_two_are_served_and_a_skip_has_no_company():
    picks, stock = np.array([[1, 1, -1, 1, 0]]), np.array([[1, 2]])
    service = serve(picks, stock, np.zeros((1, 5)))
    np.testing.assert_array_equal(service.pickers, [[3, 3, 0, 3, 1]])
    np.testing.assert_array_equal(service.crowd, [[2, 2, 0, 2, 1]])


@settings(deadline=None)  # the first example compiles
@given(markets())
def test_the_first_in_order_are_served(market):
    served = serve(*market).served
    np.testing.assert_array_equal(served, serve_by_sorting(*market))


@settings(deadline=None)  # the first example compiles
@given(markets())
def test_the_served_of_a_slot_number_its_demand_or_its_stock(market):
    picks, stock, *_ = market
    served, _, _, demand, left = serve(*market)
    for slot in range(stock.shape[1]):
        np.testing.assert_array_equal(demand[:, slot], (picks == slot).sum(1))
        units = ((picks == slot) & served).sum(1)
        np.testing.assert_array_equal(units, np.minimum(demand[:, slot], stock[:, slot]))
        np.testing.assert_array_equal(units, (stock - left)[:, slot])


@settings(deadline=None)  # the first example compiles
@given(markets(), st.randoms(use_true_random=False))
def test_permuting_agents_permutes_the_outcome(market, shuffle):
    picks, stock, ticket, affinity = market
    ticket = ticket + np.arange(picks.shape[1]) / 100  # no seat shares affinity and draw
    order = list(range(picks.shape[1]))
    shuffle.shuffle(order)
    service = serve(picks, stock, ticket, affinity)
    permuted = None if affinity is None else affinity[:, order]
    again = serve(picks[:, order], stock, ticket[:, order], permuted)
    np.testing.assert_array_equal(again.served, service.served[:, order])
    np.testing.assert_array_equal(again.demand, service.demand)


@settings(deadline=None)  # the first example compiles
@given(markets())
def test_a_copy_does_not_depend_on_its_neighbours(market):
    together = serve(*market)
    for b in range(len(together.served)):
        picks, stock, ticket, affinity = market
        own_affinity = None if affinity is None else affinity[[b]]
        alone = serve(picks[[b]], stock[[b]], ticket[[b]], own_affinity)
        for part, of_all in zip(alone, together, strict=True):
            np.testing.assert_array_equal(part[0], of_all[b])


def test_one_unit_among_three_goes_to_each_in_a_third_of_the_cases():
    draws = np.random.default_rng(0).random((60_000, 3))
    picks, stock = np.zeros((60_000, 3), int), np.ones((60_000, 1), int)
    served = serve(picks, stock, draws).served
    np.testing.assert_allclose(served.mean(0), 1 / 3, atol=0.008)  # four standard errors
    assert (served.sum(1) == 1).all()


def test_the_higher_affinity_goes_before_the_higher_draw():
    service = serve(
        np.array([[0, 0]]), np.array([[1]]), np.array([[0.9, 0.1]]), np.array([[0.3, 0.4]])
    )
    np.testing.assert_array_equal(service.served, [[False, True]])


def test_equal_affinities_are_parted_by_the_draw():
    service = serve(
        np.array([[0, 0]]), np.array([[1]]), np.array([[0.1, 0.9]]), np.array([[0.4, 0.4]])
    )
    np.testing.assert_array_equal(service.served, [[False, True]])


def test_nobody_is_served_from_a_sold_out_slot_and_demand_is_still_counted():
    picks, stock = np.array([[0, 0], [0, 1]]), np.array([[0, 1], [2, 1]])
    service = serve(picks, stock, np.zeros((2, 2)))
    np.testing.assert_array_equal(service.served, [[False, False], [True, True]])
    np.testing.assert_array_equal(service.demand, [[2, 0], [1, 1]])


@pytest.mark.slow
def test_a_million_agents_on_one_item_take_well_under_a_second():
    num_agents = 1_000_000
    draws = np.random.default_rng(0).random((1, num_agents))
    picks, stock = np.zeros((1, num_agents), int), np.array([[num_agents // 2]])
    serve(picks[:, :2], stock, draws[:, :2])  # compile
    started = time.perf_counter()
    served = serve(picks, stock, draws).served
    assert served.sum() == num_agents // 2
    assert time.perf_counter() - started < 1.0
