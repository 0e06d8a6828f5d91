"""What there is to show of a step: those who played it, and what they found."""

from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env.rendering.scene import plane_of, scene_of
from tests.marec_env.rendering.scenes import after
from tests.marec_env.rollouts import SIZES, any_action


@pytest.mark.parametrize("scenario", marec_env.scenario_names())
def test_picks_are_those_of_the_step_in_the_pool_in_which_they_were_made(scenario):
    constants: dict[str, Any] = SIZES | {"items": "resampled"}
    vec = marec_env.make_vec(scenario, **constants)
    now = vec.reset(0)
    plane = plane_of(vec.scenario, now.truth.state)
    for t in range(vec.scenario.horizon):  # the last one ends the episode
        found = now.truth.state
        now = vec.step(any_action(now.action_mask, 0, t))
        scene = scene_of(vec.scenario, plane, found, now, np.zeros(5))
        items = now.info["item"][0]
        assert [scene.titles[slot] for slot in scene.picks if slot >= 0] == [
            vec.scenario.catalogue.titles[item] for item in items if item >= 0
        ]
        assert ((scene.picks >= 0) == (items >= 0)).all()


@pytest.mark.parametrize("scenario", marec_env.scenario_names())
def test_what_is_left_is_a_share_with_a_name(scenario):
    scene = after(2, scenario)
    assert (scene.level is None) == (scene.level_name == "")
    if scene.level is not None:
        assert scene.level.shape == scene.items[:, 0].shape
        assert ((scene.level >= 0) & (scene.level <= 1)).all()


def test_users_whose_tastes_move_move():
    assert (after(0, "social-v0").users != after(3, "social-v0").users).any()
    np.testing.assert_array_equal(after(0, "basic-v0").users, after(3, "basic-v0").users)
