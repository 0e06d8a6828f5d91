"""Copy b of a batch is, bit for bit, the single environment with its seed; draws are addressed."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import marec_env
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import (
    SIZES,
    any_action,
    assert_same,
    digest,
    first_item,
    go_on,
    play,
    row,
    seen,
    skip,
)

ROOT = Path(__file__).parents[2]
GAMES = {
    "basic": ("basic-v0", {}),
    "basic, all resampled": ("basic-v0", {"users": "resampled", "items": "resampled"}),
    "basic, whole pool": ("basic-v0", {"slate_size": 12, "similarity": "cosine"}),
    "ecommerce": ("ecommerce-v0", {}),
    "ecommerce, by affinity": ("ecommerce-v0", {"rationing": "affinity", "sees": "own"}),
    "ecommerce, all resampled": (
        "ecommerce-v0",
        {"users": "resampled", "items": "resampled", "beta": 0.5, "stock_share": 0.3},
    ),
    "ecommerce, whole pool": (
        "ecommerce-v0",
        {"slate_size": 12, "users": "resampled", "rationing": "affinity", "beta": 1.0},
    ),
    "ads": ("ads-v0", {"budget_share": 0.5}),
    "ads, all resampled": (
        "ads-v0",
        {"users": "resampled", "items": "resampled", "begin_by": 0.2},
    ),
    "news, leaving": ("news-v0", {"threshold": 0.4, "temper": 1.0}),
    "news, all resampled": ("news-v0", {"users": "resampled", "items": "resampled", "scoop": 0.5}),
    "social, word of mouth": ("social-v0", {"num_agents": 6, "degree": 2, "word_of_mouth": 0.8}),
    "social, all resampled": ("social-v0", {"users": "resampled", "items": "resampled"}),
    "leaving": (Leaving, {"users": "resampled"}),
}
every_game = pytest.mark.parametrize(("scenario", "constants"), GAMES.values(), ids=GAMES)

THREE_EPISODES = 3 * SIZES["horizon"] + 2  # steps


def make_vec(scenario, constants, num_envs):
    constants = SIZES | constants
    return marec_env.make_vec(
        scenario, num_envs, objective="competitive", with_state=True, **constants
    )


@every_game
@pytest.mark.parametrize("num_envs", [2, 7, 64])
def test_a_copy_is_the_single_environment_with_its_seed(scenario, constants, num_envs):
    batch = play(make_vec(scenario, constants, num_envs), 40, THREE_EPISODES)
    for b in (0, 1, num_envs - 1):
        alone = play(make_vec(scenario, constants, 1), 40 + b, THREE_EPISODES)
        for ours, theirs in zip(alone, batch, strict=True):
            assert_same(seen(ours), row(seen(theirs), b))


@every_game
def test_a_copy_is_the_pettingzoo_environment_with_its_seed(scenario, constants):
    batch = play(make_vec(scenario, constants, 3), 40, THREE_EPISODES)
    for b in range(3):
        env = marec_env.make(scenario, objective="competitive", **SIZES | constants)
        assert_begins_alike(env, env.reset(seed=40 + b), batch[0], b)
        for t, (before, after) in enumerate(itertools.pairwise(batch)):
            actions = any_action(before.action_mask, 40, t)[b]
            seats = {agent: int(agent.removeprefix("user_")) for agent in env.agents}
            assert list(seats.values()) == np.flatnonzero(before.alive[b]).tolist()
            found = env.step({agent: actions[n] for agent, n in seats.items()})
            assert_steps_alike(found, after, b, seats)
            np.testing.assert_array_equal(env.state(), seen(after)["final_state"][b])
            assert after.start[b] == (not env.agents)
            if not env.agents:
                assert_begins_alike(env, env.reset(), after, b)


def assert_begins_alike(env, found, timestep, b):
    observations, infos = found
    np.testing.assert_array_equal(env.state(), seen(timestep)["state"][b])
    for n, agent in enumerate(observations):
        np.testing.assert_array_equal(observations[agent], timestep.observation[b, n])
        np.testing.assert_array_equal(infos[agent]["action_mask"], timestep.action_mask[b, n])


def assert_steps_alike(found, timestep, b, seats):
    observations, rewards, terminations, truncations, infos = found
    mask = timestep.final_action_mask[b]
    for agent, n in seats.items():
        np.testing.assert_array_equal(observations[agent], timestep.final_observation[b, n])
        np.testing.assert_array_equal(infos[agent]["action_mask"], mask[n])
        assert rewards[agent] == timestep.reward[b, n]
        assert terminations[agent] == timestep.terminated[b, n]
        assert truncations[agent] == timestep.truncated[b, n]
        assert infos[agent]["payoff"] == timestep.payoff[b, n]
        assert infos[agent]["item"] == timestep.info["item"][b, n]
        assert infos[agent]["illegal"] == timestep.info["illegal"][b, n]


@pytest.mark.parametrize(
    ("scenario", "constants"),
    # else picks end episodes, or are heard of
    [game for name, game in GAMES.items() if "leaving" not in name and "social" not in name],
)
@pytest.mark.parametrize("policy", [skip, first_item])
def test_slates_do_not_depend_on_what_is_picked(scenario, constants, policy):
    some = play(make_vec(scenario, constants, 2), 3, THREE_EPISODES)
    others = play(make_vec(scenario, constants, 2), 3, THREE_EPISODES, policy)
    for one, other in zip(some, others, strict=True):
        assert_same(
            {"items": one.items, "users": one.truth.state.episode.users},
            {"items": other.items, "users": other.truth.state.episode.users},
        )


@every_game
@pytest.mark.parametrize("stop", [0, 3, SIZES["horizon"], THREE_EPISODES - 3])
def test_a_restored_snapshot_goes_on_as_if_nothing_had_happened(scenario, constants, stop):
    vec = make_vec(scenario, constants, 3)
    before = play(vec, 5, stop)[-1]
    snapshot = vec.snapshot()
    uninterrupted = go_on(vec, before, 5, range(stop, THREE_EPISODES))
    other = make_vec(scenario, constants, 3)
    now = other.restore(snapshot)
    resumed = go_on(other, now, 5, range(stop, THREE_EPISODES))
    np.testing.assert_array_equal(now.observation, before.observation)
    for ours, theirs in zip(resumed, uninterrupted, strict=True):
        assert_same(seen(ours), seen(theirs))


@every_game
def test_what_was_handed_out_is_never_written_to_again(scenario, constants):
    vec = make_vec(scenario, constants, 3)
    now = vec.reset(0)
    handed_out = []
    for t in range(THREE_EPISODES):
        handed_out.append((seen(now), {name: x.copy() for name, x in seen(now).items()}))
        now = vec.step(any_action(now.action_mask, 0, t))
    vec.reset(1)
    for given, copied in handed_out:
        assert_same(given, copied)


@pytest.mark.parametrize("scenario", ["basic-v0", "ecommerce-v0"])
def test_resetting_without_a_seed_goes_on_to_the_next_episode(scenario):
    vec = make_vec(scenario, {"users": "resampled"}, 2)
    whole = play(vec, 7, SIZES["horizon"])[-1]  # the second episode has begun
    vec.reset(7)
    vec.step(skip(whole.action_mask, 0, 0))
    np.testing.assert_array_equal(vec.reset().observation, whole.observation)


def test_another_seed_is_another_game():
    first, other = (make_vec("ecommerce-v0", {}, 1).reset(seed) for seed in (0, 1))
    assert (first.items != other.items).any()


@pytest.mark.slow
def test_two_processes_see_the_same_bits():
    command = [sys.executable, "-m", "tests.marec_env.rollouts"]
    printed = []
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        printed.append(done.stdout.split())
    here = [digest(name, users="resampled") for name in marec_env.scenario_names()]
    assert printed == [here, here]
