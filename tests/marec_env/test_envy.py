"""Envy, by hand."""

import numpy as np
import pytest

from marec_env.envy import envy
from marec_env.metrics import History


def history(slots, payoff):
    slots = np.array([slots])
    return History(slots, np.array([payoff], float), np.ones(slots.shape, bool), slots)


def test_envy_is_of_what_the_other_received_by_ones_own_taste():
    # u0 got slot 0 (worth .2 to it), u1 got slot 1 (worth .9 to u0, .5 to u1)
    value = np.array([[0.2, 0.9], [0.1, 0.5]])
    found = envy(history([[0, 1]], [[0.2, 0.5]]), value, np.array([[0.2, 0.5]]))
    assert found.share == 0.5
    assert found.amount == pytest.approx(0.7 / 2)


def test_envy_keeps_the_others_service_and_crowd():
    value = np.array([[0.2, 0.9], [0.1, 0.5]])
    crowded = history([[0, 1]], [[0.2, 0.1]])  # u1 kept a fifth: .9 / 5 < .2
    assert envy(crowded, value, np.array([[0.2, 0.5]])) == (0, 0)


def test_envy_does_not_mind_rounding():
    value = np.array([[0.5, 0.5 * (1 + 1e-7)], [0.5, 0.5]])
    assert envy(history([[0, 1]], [[0.5, 0.5]]), value, np.array([[0.5, 0.5]])).share == 0


def test_envy_is_of_nobody_where_all_skip():
    assert envy(history([[-1, -1]], [[0, 0]]), np.ones((2, 3)), np.ones((1, 2))) == (0, 0)


def test_envy_of_a_sample_is_near_that_of_all():
    rng = np.random.default_rng(0)
    value = rng.random((300, 10))
    slots = rng.integers(0, 10, (5, 300))
    own = np.take_along_axis(value, slots.T, 1).T
    game = history(slots, own)
    everybody = envy(game, value, own)
    sample = envy(game, value, own, max_agents=150)
    assert sample.share == pytest.approx(everybody.share, abs=0.03)


def test_what_pays_without_having_a_value_is_nothing_to_be_envied_for():
    found = envy(history([[0, 1]], [[0.2, 0.5]]), np.ones((2, 2)), np.array([[0.2, 0.0]]))
    assert found.share == 0.5  # only u1 envies
    assert found.amount == pytest.approx((1 - 0.5) / 2)
