"""What all scenarios share: their constants, and what agents see."""

from dataclasses import replace

import numpy as np
import pytest

import marec_env
from marec_env.scenarios.basic import Basic
from marec_env.streams import single
from tests.marec_env.rollouts import SIZES, SMALL

every_scenario = pytest.mark.parametrize("name", marec_env.scenario_names())


@every_scenario
@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"num_agents": 0}, "num_agents must be .*, got 0"),
        ({"num_agents": 41}, "num_agents must be .* 40.* users, got 41"),
        ({"slate_size": 0}, "slate_size .*, got 0"),
        ({"slate_size": 13}, "need .*slate_size <= pool_size <= the catalogue's items, got 13, 12"),
        ({"pool_size": 31}, "need .*pool_size <= the catalogue's items, got 4, 31, 30"),
        ({"near_share": -0.1}, r"near_share must be in \[0, 1\], got -0\.1"),
        ({"near_share": float("nan")}, r"near_share must be in \[0, 1\], got nan"),
        ({"horizon": 0}, "horizon must be >= 1, got 0"),
        ({"horizon": -3}, "horizon must be >= 1, got -3"),
        ({"world_seed": -1}, r"world_seed must be .*, got -1"),
        ({"world_seed": 2**63}, r"world_seed must be .*, got 9223372036854775808"),
        ({"users": "random"}, "users must be one of fixed, resampled, held_out, got 'random'"),
        ({"held_out": 1.0}, r"held_out must be in \[0, 1\), got 1\.0"),
        ({"held_out": -0.1}, r"held_out must be in \[0, 1\), got -0\.1"),
        ({"held_out": float("nan")}, r"held_out must be in \[0, 1\), got nan"),
        ({"held_out": 0.2}, r"held_out must be 0 where users is fixed, got 0\.2: all but"),
        ({"users": "held_out"}, "held_out must be > 0 where users is held_out, got 0"),
        ({"users": "held_out", "held_out": 0.1}, r"num_agents must be in 1 \.\.\. 4, .* got 5"),
        ({"users": "resampled", "held_out": 0.9}, r"num_agents must be in 1 \.\.\. 4, .* got 5"),
        ({"items": "new"}, "items must be one of fixed, resampled, got 'new'"),
        ({"similarity": "dot"}, "similarity must be one of cosine, .*, got 'dot'"),
        ({"tau": 0.0}, r"tau must be positive and finite, got 0\.0"),
        ({"offset": float("inf")}, "offset must be finite, got inf"),
    ],
    ids=str,
)
def test_a_constant_out_of_range_is_one_sentence(name, constants, message):
    with pytest.raises(ValueError, match=message) as caught:
        marec_env.make(name, **SIZES | constants)
    assert "\n" not in str(caught.value)


def test_a_similarity_that_can_be_negative_is_refused():
    with pytest.raises(ValueError, match="similarity must not be negative"):
        Basic(**SIZES, similarity="cosine", centred=False)


@every_scenario
def test_scenarios_of_equal_constants_are_equal_and_hash_alike(name):
    one, other = (marec_env.make_vec(name, **SIZES).scenario for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != replace(one, horizon=6)


@every_scenario
@pytest.mark.parametrize("shows_items", [True, False])
def test_the_observation_is_laid_out_as_it_is_described(name, shows_items):
    vec = marec_env.make_vec(name, 2, **SIZES | {"shows_items": shows_items})
    game, now = vec.scenario, vec.reset(0)
    layout = game.layout
    assert now.observation.shape[-1] == layout.observation_size == game.observation_size
    candidates = now.observation[..., : 4 * layout.candidate_size].reshape(2, 5, 4, -1)
    agent = now.observation[..., 4 * layout.candidate_size :]
    episode, slate = now.truth.state.episode, now.truth.state.slate
    np.testing.assert_array_equal(
        candidates[..., layout.candidate["similarity"]][..., 0],
        slate.similarity.astype(np.float32),
    )
    np.testing.assert_array_equal(
        agent[..., layout.agent["user"]], SMALL.centred_user_vectors[episode.users]
    )
    assert ("embedding" in layout.candidate) == shows_items
    if shows_items:
        np.testing.assert_array_equal(
            candidates[..., layout.candidate["embedding"]], SMALL.centred_item_vectors[slate.items]
        )
    assert f"= {game.observation_size} float32." in game.describe_observation()


def test_time_left_counts_down_from_one():
    vec = marec_env.make_vec("basic-v0", 1, **SIZES)
    now, shown = vec.reset(0), []
    for _ in range(5):
        shown.append(now.observation[0, 0, -1])
        now = vec.step(np.zeros((1, 5), int))
    np.testing.assert_allclose(shown, [1, 0.8, 0.6, 0.4, 0.2], rtol=1e-6)
    assert now.final_observation[0, 0, -1] == 0


def test_the_state_holds_slates_as_slots_of_the_pool():
    vec = marec_env.make_vec("basic-v0", 2, **SIZES)
    now = vec.reset(0)
    blocks = vec.global_state().reshape(2, 5, -1)
    similarity = now.truth.state.slate.similarity.astype(np.float32)
    np.testing.assert_array_equal(blocks[..., :4], similarity)
    np.testing.assert_allclose(blocks[..., -4:], now.truth.state.slate.slots / 12, rtol=1e-6)


def test_a_game_without_one_shot_steps_says_so():
    game, state = Basic(**SIZES), Basic(**SIZES).reset(single(0))
    with pytest.raises(TypeError, match="basic-v0 does not describe its steps as one-shot games"):
        marec_env.Scenario.one_shot(game, state)


def test_without_a_catalogue_a_synthetic_one_is_played():
    assert Basic().catalogue == marec_env.Catalogue.synthetic(seed=0)
