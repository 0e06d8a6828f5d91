"""The conformance tests that PettingZoo ships, and the wrappers its users rely on."""

import importlib
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
import supersuit
from pettingzoo.utils.conversions import aec_to_parallel, parallel_to_aec

import marec_env
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES

with warnings.catch_warnings():  # PettingZoo's own test module makes a game in its own old way
    warnings.filterwarnings("ignore", "The old environment creation API", DeprecationWarning)
    from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, render_test

every_scenario = pytest.mark.parametrize("scenario", [*marec_env.scenario_names(), Leaving])


def make(scenario, **constants):
    return marec_env.make(scenario, **SIZES | constants)


@every_scenario
@pytest.mark.parametrize("mask_in_observation", [False, True])
def test_parallel_api_test_passes(scenario, mask_in_observation):
    parallel_api_test(make(scenario, mask_in_observation=mask_in_observation), num_cycles=30)


@every_scenario
def test_parallel_seed_test_passes(scenario):
    parallel_seed_test(lambda: make(scenario, users="resampled"))


@every_scenario
# embeddings have no natural bound, and whoever has left sees zeros by contract
@pytest.mark.filterwarnings("ignore:Agent's m..imum observation space value is -?infinity")
@pytest.mark.filterwarnings("ignore:Observation numpy array is all zeros")
def test_api_test_passes_on_the_aec_conversion(scenario):
    api_test(parallel_to_aec(make(scenario)), num_cycles=30)


@every_scenario
def test_render_test_passes(scenario, monkeypatch):
    def build(**arguments: Any) -> Any:  # in a mode that PettingZoo says
        return parallel_to_aec(make(scenario, **arguments))

    monkeypatch.setattr(gymnasium.logger, "warn", lambda _: None)  # of human, without a display
    render_test(build)


def test_there_and_back_through_aec_gives_the_same_episode():
    plain, converted = make("ecommerce-v0"), aec_to_parallel(parallel_to_aec(make("ecommerce-v0")))
    plain.reset(seed=3)
    converted.reset(seed=3)
    while plain.agents:
        actions = {agent: n % 5 for n, agent in enumerate(plain.agents)}
        ours, theirs = plain.step(actions), converted.step(actions)
        for agent in actions:
            np.testing.assert_array_equal(ours[0][agent], theirs[0][agent])
        assert ours[1:4] == theirs[1:4]


@pytest.mark.parametrize("name", marec_env.scenario_names())
def test_every_scenario_has_a_module_by_pettingzoos_convention(name):
    module = importlib.import_module(f"marec_env.{name.replace('-', '_')}")
    assert module.parallel_env(**SIZES).scenario == make(name).scenario
    one_by_one = module.env(**SIZES)
    one_by_one.reset(seed=0)
    assert one_by_one.agent_selection == "user_0"


def test_supersuit_makes_a_vector_environment_of_the_agents():
    vec = supersuit.pettingzoo_env_to_vec_env_v1(make("ecommerce-v0"))
    observation, _ = vec.reset(seed=0)
    plain, _ = make("ecommerce-v0").reset(seed=0)
    np.testing.assert_array_equal(observation, list(plain.values()))
    for t in range(12):  # over the end of two episodes
        observation, reward, terminated, truncated, _ = vec.step(np.arange(5) % 4)
        assert np.asarray(observation).shape == (5, plain["user_0"].size)
        assert reward.shape == (5,)
        assert set(truncated) == {(t + 1) % 5 == 0}
        assert not any(terminated)


def test_supersuit_concatenates_vector_environments():
    vec = supersuit.pettingzoo_env_to_vec_env_v1(make("ecommerce-v0"))
    both = supersuit.concat_vec_envs_v1(vec, 2, num_cpus=1, base_class="gymnasium")
    both.reset(seed=0)
    observation, *_ = both.step(np.zeros(10, int))
    assert len(observation) == 10
