"""Noise is the last thing that happens to a reward, and happens to nothing else."""

from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env import Streams, objective
from marec_env.explain import explain
from marec_env.reference import PLAYERS, players_of
from marec_env.streams import Purpose
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES, any_action, play, skip

HORIZON = SIZES["horizon"]
DEVIATION = 0.5

every_scenario = pytest.mark.parametrize("scenario", [*marec_env.scenario_names(), Leaving])


def make_vec(scenario: Any = "ecommerce-v0", num_envs=3, **arguments):
    return marec_env.make_vec(scenario, num_envs, **SIZES | arguments)


def both(scenario: Any = "ecommerce-v0", num_steps=3 * HORIZON, policy=any_action, **arguments):
    """Pairs of time steps, without and with noise, of the same game played alike."""
    found = [
        play(make_vec(scenario, payoff_noise=noise, **arguments), 7, num_steps, policy)
        for noise in (0.0, DEVIATION)
    ]
    return list(zip(*found, strict=True))


def noise_of(calm, shaken):
    """[B, N] float64."""
    return shaken.reward.astype(float) - calm.reward


@every_scenario
def test_noise_changes_rewards_and_nothing_else(scenario):
    for calm, shaken in both(scenario):
        for name, value in shaken._asdict().items():
            if name not in ("reward", "truth"):
                np.testing.assert_equal(value, getattr(calm, name), name)
        np.testing.assert_equal(shaken.truth.state, calm.truth.state)


@every_scenario
def test_noise_is_of_every_pick_that_is_served_and_of_no_other(scenario):
    before, *played = both(scenario)
    alive = before[0].alive
    for calm, shaken in played:
        picked = calm.info["item"] >= 0
        served = alive & picked & calm.info.get("served", picked)
        np.testing.assert_array_equal(noise_of(calm, shaken) != 0, served)
        alive = calm.alive


def test_noise_has_mean_zero_and_the_deviation_that_is_asked_for():
    pairs = both("basic-v0", 40 * HORIZON)[1:]
    noise = np.concatenate([noise_of(*pair)[pair[0].info["item"] >= 0] for pair in pairs])
    assert abs(noise.mean()) < 3 * DEVIATION / np.sqrt(len(noise))
    assert noise.std() == pytest.approx(DEVIATION, rel=0.05)


@pytest.mark.parametrize("wanted", ["independent", "cooperative", "competitive", "angle:30"])
def test_noise_is_added_after_the_objective_and_has_an_address(wanted):
    pairs = both("basic-v0", HORIZON, skip_nothing, objective=wanted)
    seeds = np.arange(7, 10, dtype=np.uint64)
    for t, (calm, shaken) in enumerate(pairs[1:], start=1):
        streams = Streams(seeds, np.zeros_like(seeds), np.full_like(seeds, t))
        z = streams.normal(Purpose.NOISE, SIZES["num_agents"])
        payoff = payoffs_of(pairs[t - 1][0])
        expected = (objective.rewards(payoff, wanted) + DEVIATION * z).astype(np.float32)
        np.testing.assert_array_equal(shaken.reward, expected)
        np.testing.assert_array_equal(calm.payoff, payoff.astype(np.float32))


def skip_nothing(mask, seed, t):
    """Everybody picks the first candidate."""
    return np.zeros(mask.shape[:2], np.int64)


def payoffs_of(before):
    """What the first candidates pay, [B, N] float64."""
    scenario, state, _ = before.truth
    return scenario.world.values(state.episode, state.slate)[..., 0]


def test_noise_is_the_same_whatever_is_picked():
    rewards = []
    for pick in range(2):
        vec = make_vec("basic-v0", payoff_noise=DEVIATION)
        vec.reset(3)
        after = vec.step(np.full((3, 5), pick))
        rewards.append(after.reward.astype(float) - after.payoff)
    np.testing.assert_allclose(*rewards, atol=1e-6)


def test_noise_differs_between_agents_copies_steps_and_episodes():
    pairs = both("basic-v0", 2 * HORIZON, skip_nothing)[1:]
    noise = np.array([noise_of(*pair) for pair in pairs])  # [2 T, B, N]
    assert len(np.unique(noise.round(5))) == noise.size


def test_twice_the_deviation_is_twice_the_noise():
    one, two = (
        play(make_vec("basic-v0", payoff_noise=deviation), 7, HORIZON) for deviation in (0.5, 1.0)
    )
    for small, large in zip(one, two, strict=True):
        reward, payoff = small.reward.astype(float), small.payoff
        np.testing.assert_allclose(large.reward - payoff, 2 * (reward - payoff), atol=1e-6)


def test_a_copy_has_the_noise_of_the_single_environment_with_its_seed():
    together = play(make_vec(payoff_noise=DEVIATION), 7, 2 * HORIZON)
    alone = play(make_vec(num_envs=1, payoff_noise=DEVIATION), 9, 2 * HORIZON)
    for many, one in zip(together, alone, strict=True):
        np.testing.assert_array_equal(many.reward[2:], one.reward)


def test_noise_goes_on_after_a_snapshot_as_without():
    vec, resumed = make_vec(payoff_noise=DEVIATION), make_vec(payoff_noise=DEVIATION)
    now = play(vec, 7, 2)[-1]
    resumed.restore(vec.snapshot())
    actions = any_action(now.action_mask, 7, 2)
    np.testing.assert_array_equal(vec.step(actions).reward, resumed.step(actions).reward)


def test_whoever_skips_is_paid_exactly_nothing():
    for _, shaken in both(policy=skip):
        assert not shaken.reward.any()


def test_both_other_faces_pay_with_noise_and_tell_the_payoff_without():
    vec = make_vec(num_envs=1, payoff_noise=DEVIATION)
    env = marec_env.make("ecommerce-v0", **SIZES, payoff_noise=DEVIATION)
    single = marec_env.make_single("ecommerce-v0", **SIZES, payoff_noise=DEVIATION)
    now = vec.reset(3)
    env.reset(seed=3)
    single.reset(seed=3)
    actions = now.action_mask.argmax(-1)  # as greedy does
    after = vec.step(actions)
    _, rewards, _, _, infos = env.step(dict(zip(env.agents, actions[0], strict=True)))
    _, reward, _, _, info = single.step(actions[0, 0])
    assert list(rewards.values()) == after.reward[0].tolist()
    assert [told["payoff"] for told in infos.values()] == after.payoff[0].tolist()
    assert (reward, info["payoff"]) == (after.reward[0, 0], after.payoff[0, 0])
    assert reward != info["payoff"]


@pytest.mark.parametrize("player", players_of(marec_env.make_vec("ecommerce-v0").scenario))
def test_reference_players_play_as_if_there_were_no_noise(player):
    found = []
    for noise in (0.0, DEVIATION):
        vec = make_vec(num_envs=1, payoff_noise=noise)
        policy, now = PLAYERS[player](vec.scenario, seed=0), vec.reset(5)
        for _ in range(HORIZON):
            now = vec.step(policy.act(now, explore=False))
            found.append(now.payoff)
    np.testing.assert_array_equal(found[:HORIZON], found[HORIZON:])


def test_an_explanation_is_of_the_payoff():
    texts = []
    for noise in (0.0, DEVIATION):
        env = marec_env.make("ecommerce-v0", **SIZES, payoff_noise=noise)
        env.reset(seed=5)
        env.step(dict.fromkeys(env.agents, 0))
        texts.append([explain(env, agent).text() for agent in env.possible_agents])
    assert texts[0] == texts[1]


@pytest.mark.parametrize("noise", [-0.1, float("inf"), float("nan")])
def test_a_deviation_out_of_range_is_one_sentence(noise):
    with pytest.raises(ValueError, match=r"payoff_noise must be (>= 0|finite), got"):
        make_vec(payoff_noise=noise)
