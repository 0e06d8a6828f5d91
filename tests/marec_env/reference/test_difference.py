"""What each agent's pick was worth to everybody together."""

from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env.models.congestion import crowd_factor
from marec_env.models.rationing import serve
from marec_env.reference import difference_rewards
from marec_env.streams import Purpose
from tests.marec_env.reference.difference_in_shops import closed_form
from tests.marec_env.rollouts import SIZES, any_action


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
    rewards = closed_form(picks, value, stock, draw, beta=beta, affinity=affinity)
    now = realised_welfare(picks, value, stock, draw, beta, affinity)
    for seat in range(6):
        without = picks.copy()
        without[:, seat] = -1
        lost = now - realised_welfare(without, value, stock, draw, beta, affinity)
        np.testing.assert_allclose(rewards[:, seat], lost, atol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
def test_three_identical_pickers_have_the_difference_of_two_crowds(beta):
    rewards = closed_form(
        np.zeros((1, 3), int), np.ones((1, 3)), np.array([[3]]), np.zeros((1, 3)), beta=beta
    )
    np.testing.assert_allclose(rewards, 3 ** (1 - beta) - 2 ** (1 - beta), atol=1e-12)


def test_who_takes_the_last_unit_from_another_is_worth_the_difference():
    rewards = closed_form(
        np.array([[0, 0]]), np.array([[0.5, 0.8]]), np.array([[1]]), np.array([[0.9, 0.1]]), beta=0
    )
    np.testing.assert_allclose(rewards, [[-0.3, 0]])


def played(name, num_steps=2, **constants) -> Any:
    """The state, actions and draws of a later step, three copies."""
    vec = marec_env.make_vec(name, 3, **SIZES | constants)
    now = vec.reset(0)
    for t in range(num_steps):
        now = vec.step(any_action(now.action_mask, 0, t))
    scenario, state, streams = now.truth
    return scenario, state, any_action(now.action_mask, 0, 9), streams.at(state.step + 1)


@pytest.mark.parametrize(
    "constants", [{}, {"beta": 0.5, "rationing": "affinity"}, {"stock_share": 0.2, "beta": 1.0}]
)
def test_played_again_without_an_agent_a_shop_pays_what_the_closed_form_says(constants):
    scenario, state, actions, streams = played("ecommerce-v0", **constants)
    picked = scenario.step(state, actions, streams)[1].picks
    found = closed_form(
        picked.slot,
        picked.similarity * picked.rating,
        state.stock,
        streams.uniform(Purpose.RATIONING, 1, scenario.num_agents)[:, 0],
        beta=scenario.beta,
        affinity=picked.similarity if scenario.rationing == "affinity" else None,
    )
    ours = difference_rewards(scenario, state, actions, streams)
    np.testing.assert_allclose(ours, found, atol=1e-12)


@pytest.mark.parametrize("name", marec_env.scenario_names())
def test_whoever_skips_makes_no_difference(name):
    scenario, state, actions, streams = played(name)
    actions[:, 1] = scenario.slate_size
    assert not difference_rewards(scenario, state, actions, streams)[:, 1].any()


def test_among_friends_an_agent_is_worth_its_own_and_the_company_it_is_to_others():
    scenario, state, _, streams = played("social-v0", 0, edges=(0, 1))
    slots = state.slate.slots[0]
    shared = sorted(set(slots[0].tolist()) & set(slots[1].tolist()))[0]
    actions = np.full((3, 5), 4)
    actions[0, :2] = [int(np.flatnonzero(slots[u] == shared)[0]) for u in (0, 1)]
    payoff = scenario.step(state, actions, streams)[1].payoff
    found = difference_rewards(scenario, state, actions, streams)
    np.testing.assert_allclose(found[0, :2], payoff[0, :2] + scenario.iota)
