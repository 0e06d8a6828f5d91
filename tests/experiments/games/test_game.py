"""A batch of games is so many single ones, and goes on where it was left."""

from typing import Any

import numpy as np
import pytest

from experiments.games.game import Game, GameVec
from experiments.games.matrix import Climbing
from experiments.games.simple_spread import SimpleSpread

SHORT = SimpleSpread(N=2, max_cycles=4)


def played(vec: GameVec, steps: int, seed: int = 0) -> list[Any]:
    """Random play, the same whatever the batch: copy b's actions follow from b alone."""
    by_copy = [np.random.default_rng([seed, b]) for b in range(vec.num_envs)]
    shape = vec.game.num_agents
    return [
        vec.step(np.stack([rng.integers(0, vec.game.num_actions, shape) for rng in by_copy]))
        for _ in range(steps)
    ]


def assert_same(found: Any, expected: Any) -> None:
    for name, x, y in zip(found._fields, found, expected, strict=True):
        if name == "info":
            assert x.keys() == y.keys()
            for key in x:
                np.testing.assert_array_equal(x[key], y[key])
        else:
            np.testing.assert_array_equal(x, y, err_msg=name)


def test_copy_b_is_the_single_game_with_its_seed():
    many = SHORT.vector_env(5, with_state=True)
    alone = SHORT.vector_env(1, with_state=True)
    many.reset(seed=7)
    alone.reset(seed=7 + 3)
    rng = np.random.default_rng(0)
    for _ in range(10):
        actions = rng.integers(0, 5, (5, 2))
        all_of_them, single = many.step(actions), alone.step(actions[3:4])
        for x, y in zip(all_of_them[:-1], single[:-1], strict=True):
            if x is not None:
                np.testing.assert_array_equal(x[3:4], y)


@pytest.mark.parametrize("steps", [0, 2, 4, 7])
def test_a_batch_goes_on_where_a_snapshot_was_taken(steps: int):
    vec = SHORT.vector_env(3, with_state=True)
    vec.reset(seed=5)
    played(vec, steps)
    snapshot = vec.snapshot()
    expected = played(vec, 6, seed=1)
    restored = SHORT.vector_env(3, with_state=True)
    seen = restored.restore(snapshot)
    assert seen.start.all() == (steps in (0, 4))
    for x, y in zip(played(restored, 6, seed=1), expected, strict=True):
        assert_same(x, y)


def test_a_snapshot_shows_what_was_seen_when_it_was_taken():
    vec = SHORT.vector_env(2)
    vec.reset(seed=5)
    *_, last = played(vec, 2)
    seen = SHORT.vector_env(2).restore(vec.snapshot())
    np.testing.assert_array_equal(seen.observation, last.observation)


def test_a_snapshot_of_other_copies_is_refused():
    vec = SHORT.vector_env(2)
    vec.reset(seed=0)
    with pytest.raises(ValueError, match=r"\(3, 2, 2\), got float64 \(2, 2, 2\)"):
        SHORT.vector_env(3).restore(vec.snapshot())


def test_the_last_step_is_cut_and_shows_both_episodes():
    vec = SHORT.vector_env(2, with_state=True)
    first = vec.reset(seed=0)
    *_, before, last, _ = played(vec, 5)
    assert not before.truncated.any()
    assert not before.start.any()
    assert last.truncated.all()
    assert not last.terminated.any()
    assert last.start.all()
    assert not np.array_equal(last.observation, last.final_observation)
    assert not np.array_equal(last.observation, first.observation)  # another episode
    assert not last.observation[..., :2].any()  # which begins at rest
    np.testing.assert_array_equal(last.final_state, last.final_observation.reshape(2, -1))


def test_an_episode_reports_its_return_per_agent_and_its_length():
    vec = SHORT.vector_env(2)
    vec.reset(seed=0)
    steps = played(vec, 4)
    total = np.sum([step.reward for step in steps], axis=0).mean(axis=1)
    np.testing.assert_allclose(steps[-1].info["episode/return"], total, rtol=1e-6)
    assert steps[-1].info["episode/length"].tolist() == [4, 4]
    assert np.isnan(steps[0].info["episode/return"]).all()


def test_actions_of_another_shape_are_refused():
    vec = Climbing().vector_env(2)
    vec.reset(seed=0)
    with pytest.raises(ValueError, match=r"\[B, N\] = \(2, 2\), got \(2, 3\)"):
        vec.step(np.zeros((2, 3), np.int64))


def test_a_game_must_say_how_it_is_played():
    with pytest.raises(TypeError, match="abstract"):
        Game()  # pyright: ignore[reportAbstractUsage]
