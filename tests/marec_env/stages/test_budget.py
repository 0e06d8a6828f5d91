"""Equations (1) to (3) of stages/budget.py."""

import numpy as np

from marec_env.reference.climbing import joint_choices
from marec_env.stages import Stage
from tests.marec_env.reference.random_markets import market, random_market

SKIP = 2


def test_pickers_of_a_small_budget_share_it_in_proportion_to_their_prices():
    stage = market([[0.6, 0.5], [0.9, 0.5]], left=[0.5, 1.0])
    np.testing.assert_allclose(stage.payoffs(np.array([0, 0])), [0.2, 0.3])
    np.testing.assert_allclose(stage.payoffs(np.array([0, 1])), [0.5, 0.5])


def test_a_skip_pays_nothing_and_leaves_the_budget_to_others():
    stage = market([[0.6, 0.5], [0.9, 0.5]], left=[0.5, 1.0])
    np.testing.assert_allclose(stage.payoffs(np.array([0, SKIP])), [0.5, 0])


def test_alone_an_agent_is_paid_its_price_or_what_is_left():
    stage = market([[0.6, 0.5]], left=[0.5, 1.0])
    np.testing.assert_array_equal(stage.alone, [[0.5, 0.5]])


def test_everybody_sees_the_bid():
    stage = random_market(3)
    np.testing.assert_array_equal(stage.public_factor, stage.bid[stage.slot])


def test_spent_is_the_share_of_a_budget_that_is_gone():
    stage = market(np.ones((1, 3)), left=[0.5, 2.0, np.inf], budget=[2.0, 2.0, np.inf])
    np.testing.assert_allclose(stage.spent, [[0.75, 0, 0]])


def test_welfare_is_what_is_paid_of_all_budgets():
    for seed in range(60):
        stage = random_market(seed)
        choices = joint_choices(stage)
        np.testing.assert_allclose(stage.welfare(choices), stage.payoffs(choices).sum(-1))


def test_replies_are_the_payoffs_of_deviations():
    for seed in range(60):
        stage = random_market(seed)
        for choice in joint_choices(stage)[::3]:
            found, expected = stage.replies(choice), Stage.replies(stage, choice)  # one by one
            np.testing.assert_allclose(found, expected, atol=1e-12)
