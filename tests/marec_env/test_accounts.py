"""What a scenario says of its episodes; broken/accounts.py has those that do it wrong."""

import numpy as np
import pytest

import marec_env
from marec_env.testing.accounts import check_metrics
from tests.marec_env.broken.accounts import Tells
from tests.marec_env.rollouts import SIZES


def test_a_game_that_says_more_of_its_episodes_conforms():
    check_metrics(Tells(**SIZES))


def test_what_a_scenario_says_comes_with_the_step_that_ends_an_episode():
    env = marec_env.make_vec(Tells, num_envs=2, **SIZES)
    first = now = env.step(env.reset(0).action_mask.argmax(-1))
    while not now.start.any():
        now = env.step(now.action_mask.argmax(-1))
    np.testing.assert_array_equal(now.info["episode/steps"], [env.scenario.horizon] * 2)
    np.testing.assert_allclose(now.info["episode/opening"], first.payoff, rtol=1e-6)


def test_each_agent_of_the_pettingzoo_face_gets_its_own_number():
    env = marec_env.make(Tells, **SIZES)
    env.reset(seed=0)
    _, opening, _, _, infos = env.step(dict.fromkeys(env.agents, 0))
    while env.agents:
        *_, infos = env.step(dict.fromkeys(env.agents, 0))
    for agent, info in infos.items():
        assert info["episode"]["episode/opening"] == pytest.approx(opening[agent], rel=1e-6)
        assert info["episode"]["episode/steps"] == env.scenario.horizon
    returns = [info["episode"]["episode/return"] for info in infos.values()]
    welfare = infos["user_0"]["episode"]["episode/welfare"]
    assert np.mean(returns) / env.scenario.horizon == pytest.approx(welfare)
