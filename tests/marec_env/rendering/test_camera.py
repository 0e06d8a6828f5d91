"""Environments show their last step in every mode."""

import numpy as np
import pytest

from tests.marec_env.rendering.scenes import make, played
from tests.marec_env.rollouts import SMALL


def lines_of(env):
    return str(env.render()).splitlines()[2:]


def test_the_modes_and_the_pace_are_told_as_gymnasium_wants_it():
    metadata = make(None).metadata
    assert metadata["render_modes"] == ["rgb_array", "human", "ansi"]
    assert metadata["render_fps"] == 2


def test_the_text_shows_the_last_step():
    env = make("ansi")
    env.reset(seed=0)
    assert env.render() == "no step has been played yet"
    infos = played(env, 1)
    lines = lines_of(env)
    assert len(lines) == 5
    for line, info in zip(lines, infos.values(), strict=True):
        assert f"{info['payoff']:.3f}" in line
        assert SMALL.titles[info["item"]] in line


def test_the_text_adds_up_what_was_paid():
    env = make("ansi")
    env.reset(seed=0)
    total = np.zeros(5)
    for _ in range(5):
        *_, infos = env.step(dict.fromkeys(env.agents, 0))
        total += [info["payoff"] for info in infos.values()]
    assert [line.split()[-1] for line in lines_of(env)] == [f"{value:.3f}" for value in total]


def test_the_last_step_of_an_episode_shows_the_users_who_played_it():
    env = make("ansi", users="resampled", horizon=1)
    env.reset(seed=0)
    users = env.timestep.truth.state.episode.users[0].tolist()
    env.step(dict.fromkeys(env.agents, 0))
    assert [int(line.split()[1]) for line in lines_of(env)] == users


def test_after_a_reset_nothing_has_been_played():
    env = make("ansi", horizon=1)
    played(env, 1)
    env.reset()
    assert env.render() == "no step has been played yet"


def test_a_picture_follows_from_the_seed_and_the_picks():
    first, second, other = (make("rgb_array", "ecommerce-v0") for _ in range(3))
    for env, steps in ((first, 2), (second, 2), (other, 3)):
        played(env, steps)
    image = first.render()
    assert isinstance(image, np.ndarray)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, second.render())
    assert (image != other.render()).any()


def test_pictures_change_nothing_of_a_game():
    shown, unseen = make("rgb_array", "ecommerce-v0"), make(None, "ecommerce-v0")
    for _ in range(2):
        assert repr(played(shown, 3)) == repr(played(unseen, 3))
        shown.render()


@pytest.mark.parametrize("mode", ["rgb_array", "ansi"])
def test_before_the_first_reset_there_is_nothing_to_show(mode):
    with pytest.raises(RuntimeError, match="call reset first: there is nothing to show yet"):
        make(mode).render()
