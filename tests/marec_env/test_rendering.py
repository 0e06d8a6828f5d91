"""The last step as text."""

from dataclasses import replace

import numpy as np

import marec_env
from marec_env.rendering import ansi
from tests.marec_env.rollouts import SIZES, SMALL

NAMED = replace(
    SMALL,
    titles=tuple(f"Film {i}" for i in range(30)),
    topics=np.arange(30) % 2,
    topic_names=("Drama", "Comedy"),
    user_ids=tuple(f"reader {u}" for u in range(40)),
)
PLAIN = replace(SMALL, titles=())


def make(**constants):
    return marec_env.make("basic-v0", render_mode="ansi", **SIZES | constants)


def lines_of(env):
    return str(env.render()).splitlines()[1:]


def picture(catalogue):
    return ansi(catalogue, np.array([7, 9]), np.array([3, -1]), np.array([0.5, 0.0])).splitlines()


def test_a_line_names_the_user_the_item_its_topic_and_the_payoff():
    assert picture(NAMED)[1].split() == ["user_0", "reader", "7", "Film", "3", "Comedy", "0.500"]


def test_a_skip_is_called_a_skip():
    assert picture(NAMED)[2].split() == ["user_1", "reader", "9", "(skips)", "0.000"]


def test_without_names_numbers_are_shown():
    assert picture(PLAIN)[1].split()[:4] == ["user_0", "7", "item", "3"]


def test_long_names_keep_the_columns_apart():
    long = replace(NAMED, titles=("x" * 200,) * 30, user_ids=("y" * 200,) * 40)
    assert len({len(line) for line in picture(long)[1:]}) == 1


def test_an_environment_shows_its_last_step():
    env = make()
    env.reset(seed=0)
    assert env.render() == "no step has been played yet"
    *_, infos = env.step(dict.fromkeys(env.agents, 0))
    lines = lines_of(env)
    assert len(lines) == 5
    for line, info in zip(lines, infos.values(), strict=True):
        assert f"{info['payoff']:.3f}" in line
        assert SMALL.titles[info["item"]] in line


def test_the_last_step_of_an_episode_shows_the_users_who_played_it():
    env = make(users="resampled", horizon=1)
    env.reset(seed=0)
    users = env._vec._state.episode.users[0].tolist()
    env.step(dict.fromkeys(env.agents, 0))
    assert [int(line.split()[1]) for line in lines_of(env)] == users


def test_after_a_reset_nothing_has_been_played():
    env = make(horizon=1)
    env.reset(seed=0)
    env.step(dict.fromkeys(env.agents, 0))
    env.reset()
    assert env.render() == "no step has been played yet"
