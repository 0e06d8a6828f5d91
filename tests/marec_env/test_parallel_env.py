"""The PettingZoo face: spaces, dictionaries, masks, endings, and what it refuses."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import marec_env
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES

SKIP = SIZES["slate_size"]


def make(scenario: Any = "ecommerce-v0", **constants):
    return marec_env.make(scenario, **SIZES | constants)


def begun(scenario: Any = "ecommerce-v0", seed=0, **constants):
    env = make(scenario, **constants)
    env.reset(seed=seed)
    return env


def everybody(env, action=SKIP):
    return dict.fromkeys(env.agents, action)


# --- spaces --------------------------------------------------------------------------------------


def test_agents_are_named_after_their_seats():
    assert make().possible_agents == ["user_0", "user_1", "user_2", "user_3", "user_4"]


def test_nobody_is_there_before_the_first_reset():
    assert make().agents == []


def test_observations_masks_and_states_lie_in_their_spaces():
    env = make()
    observations, infos = env.reset(seed=0)
    while env.agents:
        for agent, observation in observations.items():
            assert env.observation_space(agent).contains(observation)
            assert infos[agent]["action_mask"].dtype == np.int8
            assert infos[agent]["action_mask"].shape == (SKIP + 1,)
        assert env.state_space.contains(env.state())
        observations, *_, infos = env.step(everybody(env, 0))


def test_the_mask_can_be_part_of_the_observation():
    env = make(mask_in_observation=True)
    observations, infos = env.reset(seed=0)
    for agent, observation in observations.items():
        assert env.observation_space(agent).contains(observation)
        np.testing.assert_array_equal(observation["action_mask"], infos[agent]["action_mask"])


def test_a_space_is_the_same_object_at_every_call():
    env = make()
    assert env.observation_space("user_0") is env.observation_space("user_0")
    assert env.action_space("user_3") is env.action_space("user_3")


def test_a_masked_sample_of_the_space_is_legal():
    env = make(stock_share=0.1)
    _, infos = env.reset(seed=0)
    while env.agents:
        actions = {
            agent: env.action_space(agent).sample(infos[agent]["action_mask"])
            for agent in env.agents
        }
        *_, infos = env.step(actions)
        assert not any(info["illegal"] for info in infos.values())


# --- time ----------------------------------------------------------------------------------------


def test_the_horizon_truncates_everybody_and_terminates_nobody():
    env = begun()
    for t in range(1, 6):
        _, _, terminations, truncations, _ = env.step(everybody(env))
        assert set(truncations.values()) == {t == 5}
        assert set(terminations.values()) == {False}
    assert env.agents == []


def test_whoever_leaves_terminates_alone_and_is_not_heard_of_again():
    env = begun(Leaving, num_exits=12)
    *_, terminations, truncations, _ = env.step(everybody(env) | {"user_1": 0, "user_3": 2})
    assert [agent for agent, left in terminations.items() if left] == ["user_1", "user_3"]
    assert not any(truncations.values())
    assert env.agents == ["user_0", "user_2", "user_4"]
    observations, rewards, *_ = env.step(everybody(env))
    assert list(observations) == list(rewards) == ["user_0", "user_2", "user_4"]


def test_whoever_leaves_sees_zeros_and_may_only_skip():
    env = begun(Leaving, num_exits=12)
    observations, *_, infos = env.step(everybody(env) | {"user_1": 0})
    assert not observations["user_1"].any()
    np.testing.assert_array_equal(infos["user_1"]["action_mask"], [0, 0, 0, 0, 1])
    np.testing.assert_array_equal(env.action_mask("user_1"), [0, 0, 0, 0, 1])


def test_where_nobody_is_left_the_episode_ends_before_the_horizon():
    env = begun(Leaving, num_exits=12)
    env.step(everybody(env, 0))
    assert env.agents == []
    observations, _ = env.reset()
    assert len(observations) == 5


def test_an_episode_ends_with_its_metrics():
    env = begun()
    for _ in range(4):
        *_, infos = env.step(everybody(env, 0))
        assert "episode" not in infos["user_0"]
    *_, infos = env.step(everybody(env, 0))
    assert 0 < infos["user_0"]["episode"]["episode/welfare"] < 1


def test_whoever_leaves_early_is_told_at_once_what_is_its_own():
    env = begun("news-v0", threshold=0.5, temper=1.2, horizon=8)  # who skips twice is gone
    paid = dict.fromkeys(env.agents, 0.0)
    infos: dict = {}
    while env.agents:
        actions = everybody(env, 0) | ({"user_1": SKIP} if "user_1" in env.agents else {})
        *_, terminations, truncations, infos = env.step(actions)
        for agent, info in infos.items():
            paid[agent] += info["payoff"]
            assert ("episode" in info) == (terminations[agent] or truncations[agent])
        if terminations.get("user_1"):
            assert env.agents, "others go on"
            told = infos["user_1"]["episode"]
            assert told == {"episode/return": paid["user_1"], "episode/stayed": 3}
    for agent, info in infos.items():
        assert info["episode"]["episode/return"] == pytest.approx(paid[agent], rel=1e-6)


def test_what_was_handed_out_is_never_written_to_again():
    env = make()
    observations, infos = env.reset(seed=0)
    handed_out = []
    for _ in range(12):
        for agent in env.agents:
            for array in (observations[agent], infos[agent]["action_mask"]):
                handed_out.append((array, array.copy()))
        observations, *_, infos = env.step(everybody(env, 1))
        if not env.agents:
            observations, infos = env.reset()
    for given, copied in handed_out:
        np.testing.assert_array_equal(given, copied)


# --- actions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [5, -1, 10**30, -(10**30), np.int64(99), np.uint64(2**64 - 1)])
def test_an_action_that_does_not_exist_counts_as_a_skip_and_is_flagged(action):
    env = begun()
    _, rewards, *_, infos = env.step(everybody(env) | {"user_2": action})
    assert (rewards["user_2"], infos["user_2"]["item"]) == (0, -1)
    assert [info["illegal"] for info in infos.values()] == [False, False, True, False, False]


def test_a_pick_of_what_is_sold_out_counts_as_a_skip_and_is_flagged():
    env = begun(stock_share=0.1, restock_every=5, slate_size=12)
    sold_out = int(env.action_mask("user_0").argmin())
    assert env.action_mask("user_0")[sold_out] == 0
    _, rewards, *_, infos = env.step(everybody(env, 12) | {"user_0": sold_out})
    assert (rewards["user_0"], infos["user_0"]["item"]) == (0, -1)
    assert infos["user_0"]["illegal"]


@pytest.mark.parametrize("action", [3, np.int8(3), np.uint64(3), np.array(3)])
def test_any_kind_of_integer_is_an_action(action):
    plain, other = begun(), begun()
    expected = plain.step(everybody(plain) | {"user_1": 3})[1]
    assert other.step(everybody(other) | {"user_1": action})[1] == expected


@pytest.mark.parametrize(
    "action", [1.0, float("nan"), None, "0", np.array([0]), np.array([0, 1]), np.float64(2)]
)
def test_an_action_that_is_no_integer_is_refused_in_one_sentence(action):
    env = begun()
    with pytest.raises(ValueError, match="action of 'user_1' must be an integer, got"):
        env.step(everybody(env) | {"user_1": action})


def test_a_truth_value_is_not_an_action():
    env = begun()
    with pytest.raises(ValueError, match="action of 'user_0' must be an integer, got True"):
        env.step(everybody(env, True))


def test_a_missing_action_is_refused_in_one_sentence():
    env = begun()
    actions = everybody(env)
    del actions["user_4"]
    with pytest.raises(ValueError, match="need an action of every living agent, none of 'user_4'"):
        env.step(actions)


def test_actions_that_are_not_by_agent_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match="actions must be a dict by agent, got list"):
        begun().step([0, 1, 2, 3, 4])  # type: ignore[arg-type]


def test_an_unknown_agent_is_refused_in_one_sentence():
    env = begun()
    message = "agent must be one of user_0 ... user_4, got 'user_5'"
    with pytest.raises(ValueError, match=message):
        env.step(everybody(env) | {"user_5": 0})
    for method in (env.observation_space, env.action_space, env.action_mask):
        with pytest.raises(ValueError, match=message):
            method("user_5")


def test_a_refused_step_changes_nothing():
    env, untouched = begun(), begun()
    with pytest.raises(ValueError, match="must be an integer"):
        env.step(everybody(env) | {"user_1": 0.5})
    np.testing.assert_array_equal(
        env.step(everybody(env, 0))[0]["user_0"],
        untouched.step(everybody(untouched, 0))[0]["user_0"],
    )


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "a"])
def test_a_seed_out_of_range_is_refused_in_one_sentence(seed):
    with pytest.raises(ValueError, match=r"seed must be an integer in \[0, 2\^63\), got"):
        make().reset(seed=seed)


def test_a_step_before_the_first_reset_or_after_the_end_is_refused():
    env = make()
    with pytest.raises(RuntimeError, match="call reset first"):
        env.step({})
    env.reset(seed=0)
    while env.agents:
        env.step(everybody(env))
    with pytest.raises(RuntimeError, match="call reset first"):
        env.step({})


def test_a_mask_before_the_first_reset_is_refused():
    with pytest.raises(RuntimeError, match="call reset first"):
        make().action_mask("user_0")


def test_a_batch_is_no_pettingzoo_environment():
    with pytest.raises(ValueError, match="a PettingZoo env is one environment, got 2"):
        marec_env.ScenarioParallelEnv(marec_env.make_vec("basic-v0", 2, **SIZES))


# --- what it tells -------------------------------------------------------------------------------


@pytest.mark.parametrize("objective", ["cooperative", "competitive"])
def test_the_payoff_is_told_beside_the_reward(objective):
    env = begun(objective=objective)
    _, rewards, *_, infos = env.step(everybody(env, 0))
    payoff = np.array([info["payoff"] for info in infos.values()])
    others = (payoff.sum() - payoff) / 4
    expected = np.full(5, payoff.mean()) if objective == "cooperative" else payoff - others
    np.testing.assert_allclose(list(rewards.values()), expected, atol=1e-6)


def test_the_state_that_closes_an_episode_is_told_until_the_reset():
    env = begun()
    for _ in range(5):
        env.step(everybody(env))
    closing = env.state()
    env.reset()
    assert (env.state() != closing).any()


def test_an_unknown_render_mode_is_refused_in_one_sentence():
    with pytest.raises(
        ValueError, match="must be None or one of rgb_array, human, ansi, got 'rgb'"
    ):
        make(render_mode="rgb")


def test_rendering_without_a_mode_warns_as_gymnasium_does(monkeypatch):
    warned = []
    monkeypatch.setattr(gymnasium.logger, "warn", warned.append)
    assert begun().render() is None
    assert "render_mode" in warned[0]


def test_the_mask_after_the_last_step_is_that_of_the_last_step():
    env = marec_env.make("ecommerce-v0", horizon=3)
    env.reset(seed=0)
    infos = {}
    while env.agents:
        *_, infos = env.step(dict.fromkeys(env.agents, 0))
    for agent, info in infos.items():
        np.testing.assert_array_equal(env.action_mask(agent), info["action_mask"])
