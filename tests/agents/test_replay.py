"""What a replay keeps, in agents and in rows."""

import numpy as np
import pytest

from agents.replay import Experience, Replay


def step(*rewards, alive=None):
    """One environment per argument, each a list of its agents' rewards."""
    reward = np.array(rewards, np.float32)
    alive = np.ones(reward.shape, bool) if alive is None else np.array(alive, bool)
    return Experience(
        observation=reward[..., None],
        action_mask=np.ones((*reward.shape, 2), bool),
        alive=alive,
        action=np.zeros(reward.shape, np.int64),
        reward=reward,
        continues=alive,
        next_observation=-reward[..., None],
        next_action_mask=np.ones((*reward.shape, 2), bool),
    )


def held(replay, num_rows=500):
    return set(replay.sample(num_rows, np.random.default_rng(0)).reward.ravel().tolist())


def test_the_newest_agent_transitions_are_kept():
    replay = Replay(5, row_agents=1)
    for first in range(0, 8, 4):
        replay.add(step([first, first + 1], [first + 2, first + 3]))
    assert held(replay) == {3, 4, 5, 6, 7}


def test_capacity_counts_agents_where_a_row_holds_several():
    replay = Replay(5, row_agents=2)
    replay.add(step([0, 1], [2, 3], [4, 5]))
    assert replay.size == 2
    assert held(replay) == {2, 3, 4, 5}


def test_the_dead_take_no_room_where_a_row_is_one_agent():
    replay = Replay(4, row_agents=1)
    count = replay.add(step([0, 1], [2, 3], alive=[[1, 0], [0, 1]]))
    assert (count, replay.size) == (2, 2)
    assert held(replay) == {0, 3}


def test_a_step_larger_than_the_ring_leaves_its_last_rows():
    replay = Replay(3, row_agents=1)
    replay.add(step([0, 1], [2, 3], [4, 5]))
    assert held(replay) == {3, 4, 5}


def test_fields_of_a_row_stay_together():
    replay = Replay(16, row_agents=1)
    replay.add(step([0, 1], [2, 3]))
    rows = replay.sample(50, np.random.default_rng(0))
    np.testing.assert_array_equal(rows.observation[..., 0], rows.reward)
    np.testing.assert_array_equal(rows.next_observation[..., 0], -rows.reward)


def test_a_loaded_replay_continues_as_the_saved_one():
    replay, copy = Replay(3, row_agents=1), Replay(3, row_agents=1)
    replay.add(step([0, 1]))
    copy.load_state_dict(replay.state_dict())
    for one in (replay, copy):
        one.add(step([2, 3]))
    np.testing.assert_array_equal(
        copy.sample(9, np.random.default_rng(0)).reward,
        replay.sample(9, np.random.default_rng(0)).reward,
    )


def test_an_empty_replay_cannot_be_sampled():
    with pytest.raises(ValueError, match="got an empty one"):
        Replay(3, row_agents=1).sample(1, np.random.default_rng(0))


def test_a_replay_too_small_for_one_row_is_refused():
    with pytest.raises(ValueError, match="at least 4 agent-transitions, got 3"):
        Replay(3, row_agents=4)
