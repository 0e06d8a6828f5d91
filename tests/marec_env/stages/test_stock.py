"""Equation (1) of models/stage.py, and the law of service behind it."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from marec_env.models.congestion import crowd_factor
from marec_env.models.rationing import chance_of_service, serve
from tests.marec_env.reference.random_games import game, joint_choices, random_stage

SIMILARITY = [[0.9, 0.1], [0.5, 0.1], [0.5, 0.1]]


def test_random_rationing_pays_the_value_times_the_chance_times_the_crowd():
    stage = game([[1, 0], [0.6, 0], [0.3, 0]], stock=[2, 1], beta=0.5)
    np.testing.assert_allclose(
        stage.payoffs(np.array([0, 0, 0])), np.array([1, 0.6, 0.3]) * 2 / 3 * 2**-0.5
    )


def test_affinity_serves_the_most_similar_and_tosses_among_equals():
    stage = game(np.ones((3, 2)), stock=[2, 1], similarity=SIMILARITY)
    np.testing.assert_array_equal(stage.payoffs(np.array([0, 0, 0])), [1, 0.5, 0.5])


def test_without_scarcity_or_crowds_a_pick_pays_its_value():
    stage = game([[0.2, 0.7], [0.3, 0.4]])
    np.testing.assert_array_equal(stage.payoffs(np.array([1, 1])), [0.7, 0.4])


def test_a_skip_pays_nothing_and_leaves_the_stock_to_others():
    stage = game([[0.2, 0.7], [0.3, 0.4]], stock=[1, 1])
    np.testing.assert_array_equal(stage.payoffs(np.array([2, 1])), [0, 0.4])


def test_an_illegal_choice_is_refused():
    stage = replace(game([[1.0, 2.0]]), legal=np.array([[True, False]]))
    with pytest.raises(ValueError, match="agent 0 chose a masked candidate"):
        stage.picks(np.array([1]))


@pytest.mark.parametrize("rationing", ["random", "affinity"])
@pytest.mark.parametrize("seed", range(20))
def test_expected_payoffs_are_the_mean_over_every_order_of_service(seed, rationing):
    stage = random_stage(seed, num_agents=4, beta=0.5, rationing=rationing)
    stage = replace(stage, similarity=stage.similarity.round(1))  # with ties
    orders = np.array(list(itertools.permutations(range(4))), float)  # [24, N], equally likely
    seats = np.arange(4)
    for choice in joint_choices(stage)[::7]:
        picks = np.tile(stage.picks(choice), (24, 1))
        affinity = np.pad(stage.precedence, ((0, 0), (0, 1)))[seats, choice]
        stock = np.tile(stage.stock, (24, 1))
        served, _, _, demand, _ = serve(picks, stock, orders, np.tile(affinity, (24, 1)))
        crowd = np.take_along_axis(np.minimum(demand, stock), np.maximum(picks, 0), 1)
        value = np.pad(stage.value, ((0, 0), (0, 1)))[seats, choice]
        mean = (served * value * crowd_factor(crowd, 0.5)).mean(0)
        np.testing.assert_allclose(stage.payoffs(choice), mean, atol=1e-12)


def test_many_joint_choices_are_paid_as_each_alone():
    stage = random_stage(3, num_agents=4, beta=1.0, rationing="affinity")
    choices = joint_choices(stage)
    together = stage.payoffs(choices)
    np.testing.assert_array_equal(together, [stage.payoffs(row) for row in choices])
    np.testing.assert_array_equal(stage.welfare(choices), together.sum(1))


def test_one_unit_among_three_is_a_third_each():
    chance, demand = chance_of_service(np.array([0, 0, 0]), np.zeros(3), np.array([1]))
    np.testing.assert_array_equal(chance, [1 / 3] * 3)
    np.testing.assert_array_equal(demand, [3, 3, 3])


def test_who_picks_nothing_is_not_served():
    chance, demand = chance_of_service(np.array([-1, 0]), np.zeros(2), np.array([1]))
    np.testing.assert_array_equal(chance, [0, 1])
    np.testing.assert_array_equal(demand, [0, 1])
