"""What each agent's pick was worth to everybody together."""

import numpy as np
import pytest

from marec_env.models.congestion import crowd_factor
from marec_env.models.rationing import serve
from marec_env.reference import difference_rewards


def realised_welfare(picks, value, stock, draw, beta, affinity):
    served, _, _, demand, _ = serve(picks, stock, draw, affinity)
    units = np.minimum(demand, stock)
    crowd = np.take_along_axis(units, np.maximum(picks, 0), 1)
    return (served * value * crowd_factor(crowd, beta)).sum(1)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("rationing", ["random", "affinity"])
def test_they_are_the_welfare_lost_by_skipping_with_the_same_draws(beta, rationing):
    rng = np.random.default_rng(0)
    picks = rng.integers(-1, 3, (200, 6))
    value, draw, affinity = rng.random((3, 200, 6))
    affinity = affinity if rationing == "affinity" else None
    stock = rng.integers(0, 4, (200, 3))
    rewards = difference_rewards(picks, value, stock, draw, beta=beta, affinity=affinity)
    now = realised_welfare(picks, value, stock, draw, beta, affinity)
    for seat in range(6):
        without = picks.copy()
        without[:, seat] = -1
        lost = now - realised_welfare(without, value, stock, draw, beta, affinity)
        np.testing.assert_allclose(rewards[:, seat], lost, atol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
def test_three_identical_pickers_have_the_difference_of_two_crowds(beta):
    rewards = difference_rewards(
        np.zeros((1, 3), int), np.ones((1, 3)), np.array([[3]]), np.zeros((1, 3)), beta=beta
    )
    np.testing.assert_allclose(rewards, 3 ** (1 - beta) - 2 ** (1 - beta), atol=1e-12)


def test_who_takes_the_last_unit_from_another_is_worth_the_difference():
    rewards = difference_rewards(
        np.array([[0, 0]]), np.array([[0.5, 0.8]]), np.array([[1]]), np.array([[0.9, 0.1]]), beta=0
    )
    np.testing.assert_allclose(rewards, [[-0.3, 0]])
