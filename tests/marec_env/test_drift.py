"""Tastes that turn by themselves, in every game."""

import numpy as np
import pytest

import marec_env
from marec_env.testing import check_scenario
from tests.marec_env.rollouts import SIZES, play, skip

every_scenario = pytest.mark.parametrize("name", marec_env.scenario_names())


@every_scenario
def test_games_conform_while_tastes_turn(name):
    check_scenario(name, **SIZES, drift=0.3)


def test_after_t_steps_a_taste_has_turned_by_t_times_the_drift():
    vec = marec_env.make_vec("basic-v0", 3, **SIZES, drift=0.2)
    scenario = vec.scenario
    for t, timestep in enumerate(play(vec, 0, 4)):
        state = timestep.truth.state
        start = scenario.world.user_vectors[state.episode.users]
        taste = scenario.taste(state)
        assert taste is not None
        cosine = (taste * start).sum(-1)
        np.testing.assert_allclose(cosine, np.cos(0.2 * t), atol=1e-5)


def test_what_is_seen_and_paid_goes_by_the_taste_of_now():
    vec = marec_env.make_vec("basic-v0", 3, **SIZES, drift=0.5)
    for timestep in play(vec, 0, 4):
        scenario, state, _ = timestep.truth
        vectors = scenario.world.item_vectors[state.slate.items]
        taste = scenario.taste(state)
        assert taste is not None
        cosine = (taste[:, :, None] * vectors).sum(-1)
        np.testing.assert_allclose(state.slate.similarity, np.exp(cosine - 1), atol=1e-6)


def test_tastes_turn_in_other_directions_in_other_episodes_and_copies():
    vec = marec_env.make_vec("basic-v0", 2, **SIZES, drift=0.2)
    first = vec.reset(0).truth.state.episode.turn
    later = vec.reset().truth.state.episode.turn
    assert (first[0] != first[1]).any()
    assert (first != later).any()


def test_picks_do_not_turn_them():
    one, other = (
        play(marec_env.make_vec("ecommerce-v0", 2, **SIZES, drift=0.2), 0, 4, policy)
        for policy in (skip, lambda mask, seed, t: mask.argmax(-1))
    )
    for ours, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(ours.items, theirs.items)


def test_without_a_turn_slates_are_those_of_the_table():
    plain, turning = (
        marec_env.make_vec("basic-v0", 3, **SIZES, drift=drift) for drift in (0.0, 1e-12)
    )
    for ours, theirs in zip(play(plain, 0, 4), play(turning, 0, 4), strict=True):
        np.testing.assert_array_equal(ours.items, theirs.items)
        np.testing.assert_allclose(
            ours.truth.state.slate.similarity, theirs.truth.state.slate.similarity, rtol=1e-6
        )


def test_a_drift_below_zero_is_refused():
    with pytest.raises(ValueError, match="drift must be >= 0, got -1"):
        marec_env.make_vec("basic-v0", drift=-1.0)
