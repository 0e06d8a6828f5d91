"""A foreign environment keeps its rewards, its masks and its two ways to end."""

import numpy as np
import pytest
from gymnasium import spaces
from mpe2 import simple_spread_v3
from pettingzoo import ParallelEnv

from experiments import foreign
from experiments.pettingzoo_vec import PettingZooVec

SHORT = {"N": 2, "max_cycles": 5}


class Candles(ParallelEnv):
    """Three candles of lengths 2, 3 and `horizon`: each step pays the action; two burn down."""

    metadata = {"name": "candles"}  # noqa: RUF012 - PettingZoo's convention
    possible_agents = ["short", "long", "endless"]  # noqa: RUF012

    def __init__(self, horizon=4, mask_in="infos", continuous=False):
        self.horizon, self.mask_in, self.continuous = horizon, mask_in, continuous

    def observation_space(self, agent):
        """Sizes 1, 2 and 3, so that padding shows."""
        box = spaces.Box(-np.inf, np.inf, (1 + self.possible_agents.index(agent),), np.float32)
        if self.mask_in == "infos":
            return box
        return spaces.Dict(observation=box, action_mask=spaces.MultiBinary(self._num(agent)))

    def action_space(self, agent):
        """2, 3 and 4 actions, counted from 5."""
        if self.continuous:
            return spaces.Box(0, 1, (1,))
        return spaces.Discrete(self._num(agent), start=5)

    def _num(self, agent):
        return 2 + self.possible_agents.index(agent)

    def reset(self, seed=None, options=None):
        """Everyone burns."""
        self.agents, self.t, self.seed = self.possible_agents[:], 0, seed
        return self._seen(self.agents), self._infos(self.agents)

    def step(self, actions):
        """Pays what was played."""
        assert set(actions) == set(self.agents)
        self.t += 1
        acted = self.agents
        ended = {a: self.t >= {"short": 2, "long": 3}.get(a, 99) for a in acted}
        cut = dict.fromkeys(acted, self.t >= self.horizon)
        rewards = {a: float(actions[a]) for a in acted}
        self.agents = [a for a in acted if not ended[a] and not cut[a]]
        return self._seen(acted), rewards, ended, cut, self._infos(acted)

    def state(self):
        """The clock."""
        return np.array([self.t, -self.t], np.float32)

    def _seen(self, agents):
        rows = {a: np.full(1 + self.possible_agents.index(a), 10 + self.t) for a in agents}
        if self.mask_in == "infos":
            return rows
        return {a: {"observation": rows[a], "action_mask": self._mask(a)} for a in agents}

    def _infos(self, agents):
        return {
            a: {"action_mask": self._mask(a)} if self.mask_in == "infos" else {} for a in agents
        }

    def _mask(self, agent):
        mask = np.ones(self._num(agent), np.int8)
        mask[self.t % 2] = 0
        return mask


def candles(num_envs=1, with_state=False, **constants):
    return PettingZooVec(lambda: Candles(**constants), num_envs, with_state)


def state_of(timestep):
    assert timestep.final_state is not None
    return timestep.final_state


def test_simple_spread_pays_and_shows_exactly_what_stepping_it_by_hand_does():
    make = foreign.factory("mpe2.simple_spread_v3", {"N": 3, "max_cycles": 5})
    vec, rng = PettingZooVec(make, num_envs=2, with_state=True), np.random.default_rng(0)
    by_hand = [simple_spread_v3.parallel_env(N=3, max_cycles=5) for _ in range(2)]
    now = vec.reset(seed=7)
    seen = [env.reset(seed=7 + b)[0] for b, env in enumerate(by_hand)]
    for t in range(5):
        actions = rng.integers(5, size=(2, 3))
        np.testing.assert_array_equal(now.observation, [list(s.values()) for s in seen])
        now = vec.step(actions)
        for b, env in enumerate(by_hand):
            seen[b], rewards, *_ = env.step(dict(zip(vec.agent_names, actions[b], strict=True)))
            np.testing.assert_array_equal(
                now.reward[b], np.array(list(rewards.values()), np.float32)
            )
            np.testing.assert_array_equal(state_of(now)[b], env.state())
        assert now.truncated.all() == (t == 4)
        assert not now.terminated.any()
    np.testing.assert_array_equal(now.final_observation, [list(s.values()) for s in seen])
    assert (now.observation != now.final_observation).any(axis=(1, 2)).all()
    assert now.start.all()
    assert now.alive.all()


@pytest.mark.parametrize("mask_in", ["infos", "observation"])
def test_masks_come_from_infos_or_from_the_observation_and_padded_actions_are_illegal(mask_in):
    now = candles(mask_in=mask_in).reset(seed=0)
    np.testing.assert_array_equal(now.action_mask[0], [[0, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 1]])


class Silent(Candles):
    """Nothing is legal for who has just burnt down or been cut, or, at will, for a living one."""

    silences_the_living = False

    def _mask(self, agent):
        is_over = agent not in self.agents
        return super()._mask(agent) * (not (is_over or self.silences_the_living))


def test_an_agent_that_is_over_needs_no_legal_action():
    vec = PettingZooVec(lambda: Silent(horizon=2), num_envs=1)
    vec.reset(seed=0)
    vec.step(np.ones((1, 3), np.int64))
    last = vec.step(np.ones((1, 3), np.int64))
    assert last.final_action_mask[0].tolist() == [[1, 0, 0, 0]] * 3
    assert last.action_mask[0].sum() > 3  # of the next episode


def test_an_agent_that_lives_on_needs_a_legal_action():
    vec = PettingZooVec(Silent, num_envs=1)
    vec.reset(seed=0)
    vec._envs[0].silences_the_living = True
    with pytest.raises(ValueError, match=r"must hold 2 entries, one of them 1, got \[0 0\]"):
        vec.step(np.ones((1, 3), np.int64))


def test_short_observations_are_padded_with_zeros():
    now = candles().reset(seed=0)
    np.testing.assert_array_equal(now.observation[0], [[10, 0, 0], [10, 10, 0], [10, 10, 10]])


def test_actions_count_from_where_the_space_starts():
    vec = candles()
    vec.reset(seed=0)
    np.testing.assert_array_equal(vec.step(np.array([[1, 2, 3]])).reward, [[6, 7, 8]])


def test_agents_die_one_by_one_and_only_the_horizon_truncates():
    vec = candles(horizon=4)
    vec.reset(seed=0)
    steps = [vec.step(np.ones((1, 3), np.int64)) for _ in range(4)]
    terminated = [s.terminated[0].tolist() for s in steps]
    truncated = [s.truncated[0].tolist() for s in steps]
    assert terminated == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert truncated == [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert [s.alive[0].tolist() for s in steps] == [[1, 1, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1]]
    assert [s.start[0] for s in steps] == [False, False, False, True]


def test_a_dead_agent_sees_nothing_is_paid_nothing_and_keeps_one_legal_action():
    vec = candles()
    vec.reset(seed=0)
    now = [vec.step(np.ones((1, 3), np.int64)) for _ in range(3)][-1]
    assert not now.observation[0, :2].any()
    assert now.action_mask[0, :2].tolist() == [[1, 0, 0, 0]] * 2
    assert now.reward[0].tolist() == [0, 6, 6]  # the last step of `long` is still paid


def test_the_true_last_observation_outlives_the_reset():
    vec = candles(horizon=2)
    vec.reset(seed=0)
    vec.step(np.ones((1, 3), np.int64))
    last = vec.step(np.ones((1, 3), np.int64))
    np.testing.assert_array_equal(last.final_observation[0, 2], [12, 12, 12])
    np.testing.assert_array_equal(last.observation[0, 2], [10, 10, 10])
    assert last.final_alive[0].tolist() == [False, True, True]  # burnt down, cut, cut


def test_copies_with_different_horizons_end_on_their_own():
    horizons = iter([1, 2, 2])  # the first copy is built once more to ask for its spaces
    vec = PettingZooVec(lambda: Candles(horizon=next(horizons)), num_envs=3)
    vec.reset(seed=0)
    starts = [vec.step(np.ones((3, 3), np.int64)).start.tolist() for _ in range(2)]
    assert starts == [[True, False, False], [True, True, True]]


def test_an_episode_reports_its_return_and_its_length_where_it_ends():
    vec = candles(num_envs=1, horizon=2)
    vec.reset(seed=0)
    first, second = (vec.step(np.array([[1, 1, 3]])) for _ in range(2))
    assert np.isnan(first.info["episode/return"][0])
    assert second.info["episode/return"][0] == 2 * (6 + 6 + 8) / 3
    assert second.info["episode/length"][0] == 2


def test_later_episodes_have_seeds_of_their_own_that_repeat():
    def seeds():
        vec = candles(num_envs=2, horizon=1)
        vec.reset(seed=3)
        found = []
        for _ in range(3):
            found.append([env.seed for env in vec._envs])
            vec.step(np.ones((2, 3), np.int64))
        return found

    assert seeds() == seeds()
    assert seeds()[0] == [3, 4]
    assert len({seed for row in seeds() for seed in row}) == 6


@pytest.mark.parametrize("played", [0, 1, 3, 7])
def test_copies_go_on_where_a_snapshot_was_taken(played):
    def later(vec):
        actions = np.random.default_rng(1).integers(0, 5, (6, 2, 2))
        return [vec.step(action) for action in actions]

    def spread():
        return PettingZooVec(foreign.factory("mpe2.simple_spread_v3", SHORT), 2)

    vec = spread()
    before = vec.reset(seed=3)
    for action in np.random.default_rng(0).integers(0, 5, (played, 2, 2)):
        before = vec.step(action)
    snapshot = vec.snapshot()
    other = spread()
    restored = other.restore(snapshot)
    np.testing.assert_array_equal(restored.observation, before.observation)
    np.testing.assert_array_equal(restored.alive, before.alive)
    for ours, theirs in zip(later(other), later(vec), strict=True):
        for name in ("observation", "reward", "start", "truncated", "final_observation"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
        assert set(ours.info) == set(theirs.info)
        for name, value in ours.info.items():
            np.testing.assert_array_equal(value, theirs.info[name])


def test_a_policy_may_use_its_array_of_actions_again():
    vec = candles()
    vec.reset(seed=0)
    actions = np.zeros((1, 3), np.int64)
    for action in (0, 1):
        actions[:] = action
        vec.step(actions)
    assert vec.snapshot()["played.0"].tolist() == [[0, 0, 0], [1, 1, 1]]


def test_agents_that_left_before_the_snapshot_stay_away():
    vec = candles()
    vec.reset(seed=0)
    for _ in range(3):
        vec.step(np.ones((1, 3), np.int64))
    other = candles()
    assert other.restore(vec.snapshot()).alive.tolist() == [[False, False, True]]


def test_an_environment_that_does_not_repeat_itself_cannot_be_restored():
    vec = candles()
    vec.reset(seed=0)
    snapshot = vec.snapshot()
    snapshot["observation"] = snapshot["observation"] + 1
    with pytest.raises(ValueError, match="must show the same again after a reset"):
        vec.restore(snapshot)


def test_a_snapshot_of_other_copies_is_refused():
    vec = candles(num_envs=2)
    vec.reset(seed=0)
    with pytest.raises(ValueError, match="must be of 1 copies, got 2"):
        candles().restore(vec.snapshot())


def test_the_state_is_the_environments_own():
    vec = candles(with_state=True, horizon=2)
    vec.reset(seed=0)
    vec.step(np.ones((1, 3), np.int64))
    last = vec.step(np.ones((1, 3), np.int64))
    assert state_of(last).tolist() == [[2, -2]]


def test_continuous_actions_are_refused():
    with pytest.raises(ValueError, match=r"actions must be Discrete, got Box.* for short"):
        candles(continuous=True)
