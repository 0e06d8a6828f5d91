"""Episodes: clock, autoreset, departures, objective, snapshots, and what is refused."""

from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env import VectorEnv
from tests.marec_env.broken.shown import ShowsAgentsAsSlots
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES, any_action, go_on, play, skip

HORIZON, SKIP = SIZES["horizon"], SIZES["slate_size"]
SCENARIOS = {name: marec_env.make_vec(name).scenario for name in marec_env.scenario_names()}
WITH_EXOGENOUS_SLATES = [name for name, game in SCENARIOS.items() if game.has_exogenous_slates]


def make_vec(scenario: Any = "ecommerce-v0", num_envs=3, objective="independent", **constants):
    with_state = constants.pop("with_state", False)
    return marec_env.make_vec(scenario, num_envs, objective, with_state, **SIZES | constants)


# --- form ----------------------------------------------------------------------------------------


def test_what_a_game_shows_on_a_wrong_axis_is_refused_before_it_is_read():
    vec = make_vec(ShowsAgentsAsSlots)
    with pytest.raises(ValueError, match=r"of_slot 'wide' must be float64 \[B, M\] = \(3, 12\)"):
        vec.reset(seed=0)


def test_every_array_has_its_documented_shape_and_type():
    vec = make_vec(with_state=True)
    size, actions, state = vec.scenario.observation_size, SKIP + 1, vec.scenario.state_size
    forms = {
        "observation": ((3, 5, size), np.float32),
        "action_mask": ((3, 5, actions), np.bool_),
        "alive": ((3, 5), np.bool_),
        "start": ((3,), np.bool_),
        "items": ((3, 5, SKIP), np.int32),
        "state": ((3, state), np.float32),
        "reward": ((3, 5), np.float32),
        "payoff": ((3, 5), np.float32),
        "terminated": ((3, 5), np.bool_),
        "truncated": ((3, 5), np.bool_),
        "final_observation": ((3, 5, size), np.float32),
        "final_action_mask": ((3, 5, actions), np.bool_),
        "final_alive": ((3, 5), np.bool_),
        "final_state": ((3, state), np.float32),
        "final_items": ((3, 5, SKIP), np.int32),
    }
    for timestep in play(vec, 0, HORIZON + 1):
        for name, (shape, dtype) in forms.items():
            array = getattr(timestep, name)
            assert (array.shape, array.dtype) == (shape, dtype), name
        assert all(len(value) == 3 for value in timestep.info.values())


def test_the_state_is_computed_only_where_it_is_asked_for():
    plain, asked = make_vec(), make_vec(with_state=True)
    now = plain.reset(0)
    assert now.state is now.final_state is None
    np.testing.assert_array_equal(plain.global_state(), asked.reset(0).state)


@pytest.mark.parametrize("num_agents", [64, 65])
def test_above_64_agents_the_state_holds_means_and_variances(num_agents):
    constants = {"catalogue": marec_env.Catalogue.synthetic(num_users=70), "num_agents": num_agents}
    vec = make_vec("basic-v0", 1, **constants)
    vec.reset(0)
    block = 4 * (1 + 1) + 16 + 1  # similarities and slots, user, time left
    assert vec.global_state().shape == (1, block * (64 if num_agents == 64 else 2))


def test_the_state_of_a_large_population_is_the_mean_and_the_variance_over_agents():
    catalogue = marec_env.Catalogue.synthetic(num_users=70)
    vec = make_vec("basic-v0", 2, catalogue=catalogue, num_agents=66)
    now = vec.reset(0)
    similarity = now.truth.state.slate.similarity.astype(np.float32)
    state = vec.global_state()
    np.testing.assert_allclose(state[:, :4], similarity.mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(state[:, 25:29], similarity.var(axis=1), rtol=1e-4)


@pytest.mark.parametrize("sees", ["own", "global"])
def test_in_the_state_whoever_has_left_has_a_block_of_zeros(sees):
    vec = make_vec(Leaving, 2, sees=sees, num_exits=12)
    vec.reset(0)
    actions = np.full((2, 5), 4)
    actions[1, 3] = 0
    vec.step(actions)
    blocks = vec.global_state()[:, : -24 if sees == "global" else None].reshape(2, 5, -1)
    seen = np.any(blocks, axis=-1)
    assert not seen[1, 3]
    assert seen.sum() == 9


# --- time ----------------------------------------------------------------------------------------


def test_the_horizon_truncates_and_the_next_episode_begins_at_once():
    for t, timestep in enumerate(play(make_vec(), 0, 3 * HORIZON)):
        ends = t > 0 and t % HORIZON == 0
        assert timestep.truncated.all() == timestep.truncated.any() == ends
        assert timestep.start.all() == (t % HORIZON == 0)
        assert not timestep.terminated.any()
        assert (timestep.truth.state.step == t % HORIZON).all()


def test_what_closes_an_episode_is_not_what_opens_the_next():
    last = play(make_vec(users="resampled", with_state=True), 0, HORIZON)[-1]
    for name in ("observation", "items", "state"):
        assert (getattr(last, name) != getattr(last, f"final_{name}")).any()


def test_in_mid_episode_what_is_final_is_what_is():
    for timestep in play(make_vec(with_state=True), 0, HORIZON - 1):
        for name in ("observation", "action_mask", "alive", "items", "state"):
            assert getattr(timestep, f"final_{name}") is getattr(timestep, name)


def test_reset_begins_in_every_copy_and_pays_nothing():
    vec = make_vec()
    play(vec, 0, 2)
    now = vec.reset()
    assert now.start.all()
    assert now.alive.all()
    assert not now.reward.any()
    assert now.info == {}


def test_a_horizon_of_one_step_is_an_episode():
    for timestep in play(make_vec(horizon=1), 0, 3)[1:]:
        assert timestep.truncated.all()
        assert timestep.start.all()


@pytest.mark.parametrize("scenario", WITH_EXOGENOUS_SLATES)
def test_the_truth_foresees_the_slates_that_are_met(scenario):
    timesteps = play(make_vec(scenario, 2, users="resampled"), 0, HORIZON - 1)
    for b in range(2):
        truth = timesteps[1].truth
        foreseen = truth.scenario.stages(truth.state, truth.streams, b)
        met = [t.truth.state.slate.slots[b] for t in timesteps[1:]]
        np.testing.assert_array_equal([stage.slot for stage in foreseen], met)


# --- departures ----------------------------------------------------------------------------------


def leaving_episode():
    """Agents 1 and 2 of the first copy leave at the first step, agent 0 at the second."""
    vec = make_vec(Leaving, 2, slate_size=12, num_exits=1)
    vec.reset(0)
    first = np.full((2, 5), 12)
    first[0, [1, 2]] = 0
    second = np.full((2, 5), 12)
    second[0, [0, 1]] = 0
    return vec, vec.step(first), vec.step(second)


def test_terminated_marks_only_the_step_on_which_an_agent_leaves():
    _, first, second = leaving_episode()
    np.testing.assert_array_equal(first.terminated[0], [False, True, True, False, False])
    np.testing.assert_array_equal(second.terminated[0], [True, False, False, False, False])
    assert not first.terminated[1].any()


def test_whoever_left_is_alive_no_more_sees_zeros_and_may_only_skip():
    _, first, _ = leaving_episode()
    np.testing.assert_array_equal(first.alive[0], [True, False, False, True, True])
    assert not first.observation[0, 1].any()
    np.testing.assert_array_equal(first.action_mask[0, 1], [False] * 12 + [True])
    assert first.observation[0, 0].any()


def test_the_actions_of_whoever_left_are_ignored_and_pay_nothing():
    _, _, second = leaving_episode()
    assert second.reward[0, 1] == 0
    assert not second.info["illegal"].any()
    assert second.info["item"][0, 1] == -1


class LeavesAgainAndAgain(Leaving):
    """Reports of seat 0 at every step that it leaves."""

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        outcome.terminated[:, 0] = True
        return following, outcome


def test_nobody_leaves_twice():
    timesteps = play(make_vec(LeavesAgainAndAgain, 2), 0, 3, skip)
    assert [t.terminated[:, 0].tolist() for t in timesteps[1:]] == [
        [True, True],
        [False, False],
        [False, False],
    ]


def test_whoever_left_is_not_truncated():
    vec, _, second = leaving_episode()
    *_, last = go_on(vec, second, 0, range(2, HORIZON), skip)
    np.testing.assert_array_equal(last.truncated[0], [False, False, False, True, True])
    assert last.alive.all()  # of the next episode
    np.testing.assert_array_equal(last.final_alive[0], [False, False, False, True, True])


def test_whoever_leaves_at_the_horizon_is_terminated_and_not_truncated():
    vec = make_vec(Leaving, 1, slate_size=12, num_exits=1, horizon=1)
    vec.reset(0)
    last = vec.step(np.array([[0, 12, 12, 12, 12]]))
    np.testing.assert_array_equal(last.terminated[0], [True, False, False, False, False])
    np.testing.assert_array_equal(last.truncated[0], [False, True, True, True, True])


def test_welfare_is_of_one_episode_over_all_seats_and_steps():
    vec = make_vec(Leaving, 3, num_exits=6)  # episodes of many lengths
    paid, lengths = np.zeros(3), np.zeros(3, int)
    found: list[int] = []
    for t in play(vec, 0, 40)[1:]:
        paid += t.payoff.sum(axis=1, dtype=float)
        lengths += 1
        for b in np.flatnonzero(t.start):
            assert t.info["episode/welfare"][b] == pytest.approx(paid[b] / (5 * HORIZON), rel=1e-6)
            found.append(lengths[b])
        paid[t.start], lengths[t.start] = 0, 0
    assert len(set(found)) > 2


def test_a_copy_that_everybody_left_begins_anew_and_the_others_go_on():
    vec = make_vec(Leaving, 2, slate_size=12, num_exits=1)
    vec.reset(0)
    actions = np.full((2, 5), 12)
    actions[0] = 0
    after = vec.step(actions)
    np.testing.assert_array_equal(after.start, [True, False])
    np.testing.assert_array_equal(after.truth.state.step, [0, 1])
    assert after.alive.all()
    assert not after.final_alive[0].any()
    assert not after.truncated.any()


# --- actions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [SKIP + 1, -1, 2**62])
def test_an_action_outside_the_mask_counts_as_a_skip_and_is_flagged(action):
    vec, honest = make_vec(), make_vec()
    actions = any_action(vec.reset(0).action_mask, 0, 0)
    honest.reset(0)
    actions[1, 2] = action
    found = vec.step(actions)
    actions[1, 2] = SKIP
    expected = honest.step(actions)
    assert list(zip(*np.nonzero(found.info["illegal"]), strict=True)) == [(1, 2)]
    np.testing.assert_array_equal(found.observation, expected.observation)
    np.testing.assert_array_equal(found.reward, expected.reward)


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.uint8, np.uint64])
def test_every_integer_type_is_taken(dtype):
    vec = make_vec()
    vec.reset(0)
    assert not vec.step(np.full((3, 5), SKIP, dtype)).info["illegal"].any()


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (np.zeros((5, 3), int), r"actions must have shape \[B, N\] = \(3, 5\), got \(5, 3\)"),
        (np.zeros(5, int), r"actions must have shape \[B, N\] = \(3, 5\), got \(5,\)"),
        (np.zeros((3, 5)), "actions must be integers, got float64"),
        (np.full((3, 5), np.nan), "actions must be integers, got float64"),
        (np.zeros((3, 5), bool), "actions must be integers, got bool"),
        (np.full((3, 5), None), "actions must be integers, got object"),
    ],
)
def test_actions_of_another_form_are_refused_in_one_sentence(actions, message):
    vec = make_vec()
    vec.reset(0)
    with pytest.raises(ValueError, match=message):
        vec.step(actions)


@pytest.mark.parametrize("method", ["snapshot", "global_state", "final_global_state"])
def test_nothing_can_be_asked_before_the_first_reset(method):
    with pytest.raises(RuntimeError, match=r"call reset\(seed\) first"):
        getattr(make_vec(), method)()


def test_a_step_before_the_first_reset_is_refused():
    with pytest.raises(RuntimeError, match=r"call reset\(seed\) first"):
        make_vec().step(np.zeros((3, 5), int))


@pytest.mark.parametrize("seed", [-1, 2**63, 0.5, "0"])
def test_a_seed_out_of_range_is_refused_in_one_sentence(seed):
    with pytest.raises(ValueError, match=r"seed must be an integer in \[0, 2\^63\), got"):
        make_vec().reset(seed)


@pytest.mark.parametrize("num_envs", [0, -1])
def test_less_than_one_copy_is_refused(num_envs):
    with pytest.raises(ValueError, match=f"num_envs must be an integer >= 1, got {num_envs}"):
        make_vec(num_envs=num_envs)


def test_an_unknown_objective_is_refused_at_construction():
    with pytest.raises(ValueError, match="objective must be one of"):
        VectorEnv(make_vec().scenario, objective="selfless")


def test_without_a_seed_the_first_reset_takes_one_of_its_own():
    first, other = make_vec().reset(), make_vec().reset()
    assert (first.items != other.items).any()


# --- snapshots; that they resume is in test_determinism.py ---------------------------------------


def snapshot_of(**constants):
    vec = make_vec(**constants)
    play(vec, 0, 2)
    return vec.snapshot()


def test_a_snapshot_is_plain_arrays():
    assert all(type(leaf) is np.ndarray for leaf in snapshot_of().values())
    assert not any(leaf.dtype.hasobject for leaf in snapshot_of().values())


def test_a_snapshot_shares_no_memory_with_what_goes_on():
    vec = make_vec()
    play(vec, 0, 2)
    kept = vec.snapshot()
    copied = {name: leaf.copy() for name, leaf in kept.items()}
    vec.step(np.zeros((3, 5), int))
    for name, leaf in kept.items():
        np.testing.assert_array_equal(leaf, copied[name])


def test_a_restored_environment_shares_no_memory_with_its_snapshot():
    kept, vec = snapshot_of(), make_vec()
    now = vec.restore(kept)
    for leaf in kept.values():
        leaf[...] = 0
    assert (now.truth.state.step == 2).all()
    assert vec.step(np.zeros((3, 5), int)).truth.state.step[0] == 3


@pytest.mark.parametrize(
    "foreign",
    [
        {"scenario": "basic-v0"},
        {"beta": 0.5},
        {"world_seed": 1},
        {"num_agents": 4},
        {"catalogue": marec_env.Catalogue.synthetic(num_users=40, num_items=30, embedding_size=4)},
    ],
    ids=str,
)
def test_a_snapshot_of_another_game_is_refused_and_changes_nothing(foreign):
    vec, untouched = make_vec(), make_vec()
    play(vec, 0, 1)
    play(untouched, 0, 1)
    with pytest.raises(ValueError, match="snapshot must be of this ecommerce-v0"):
        vec.restore(snapshot_of(**foreign))
    actions = np.zeros((3, 5), int)
    np.testing.assert_array_equal(vec.step(actions).items, untouched.step(actions).items)


def test_a_snapshot_of_another_number_of_copies_is_refused():
    with pytest.raises(ValueError, match=r"'seed' must be uint64 \(3,\), got uint64 \(2,\)"):
        make_vec().restore(snapshot_of(num_envs=2))


@pytest.mark.parametrize("lost", ["seed", "state.slate.items", "ledger.payoff", "alive"])
def test_an_incomplete_snapshot_is_refused(lost):
    kept = snapshot_of()
    del kept[lost]
    with pytest.raises(ValueError, match=f"snapshot must hold '{lost}'"):
        make_vec().restore(kept)


def test_the_metrics_of_an_interrupted_episode_are_those_of_the_whole():
    vec, other = make_vec(), make_vec()
    play(vec, 0, HORIZON - 1)
    other.restore(vec.snapshot())
    actions = skip(np.zeros((3, 5, SKIP + 1)), 0, 0)
    ours, theirs = vec.step(actions).info, other.step(actions).info
    np.testing.assert_array_equal(ours["episode/welfare"], theirs["episode/welfare"])


@pytest.mark.parametrize("objective", ["cooperative", "competitive", "angle:30"])
def test_whoever_left_gets_no_reward_whatever_the_others_earn(objective):
    vec = make_vec(Leaving, objective=objective)
    timestep, gone = vec.reset(0), 0
    for step in range(HORIZON - 1):
        before = timestep.alive
        timestep = vec.step(any_action(timestep.action_mask, 0, step))
        assert (timestep.reward[~before] == 0).all()
        gone += (~before).sum()
    assert gone > 0


def test_what_is_handed_out_may_be_written_to():
    env, other = make_vec("ecommerce-v0", 2), make_vec("ecommerce-v0", 2)
    for started in (env.reset(0), other.reset(0)):
        assert not started.terminated.any()
    action = np.zeros(other.reset(0).payoff.shape, np.int64)
    now = env.reset(0)
    for array in (now.terminated, now.truncated, now.reward, now.payoff):
        array[:] = 1
    now, expected = env.step(action), other.step(action)
    now.reward[:] = 7
    now.truncated[:] = True
    np.testing.assert_array_equal(now.payoff, expected.payoff)
    np.testing.assert_array_equal(now.terminated, expected.terminated)
    np.testing.assert_array_equal(env.step(action).terminated, other.step(action).terminated)


def test_whoever_writes_to_a_mask_or_to_who_is_there_changes_no_rule():
    env, other = make_vec(Leaving, 2), make_vec(Leaving, 2)
    now, expected = env.reset(0), other.reset(0)
    for _ in range(2 * HORIZON):
        action = expected.action_mask.argmin(axis=2)  # illegal where anything is
        now.action_mask[:], now.alive[:] = True, ~now.alive
        now, expected = env.step(action), other.step(action)
        np.testing.assert_array_equal(now.info["illegal"], expected.info["illegal"])
        np.testing.assert_array_equal(now.payoff, expected.payoff)
        np.testing.assert_array_equal(now.terminated, expected.terminated)
        np.testing.assert_array_equal(now.action_mask, expected.action_mask)


def test_an_illegal_pick_stays_illegal_though_its_mask_was_written_to():
    env = make_vec("ecommerce-v0", 2)
    now = env.reset(0)
    action = now.action_mask.argmin(axis=2)
    is_illegal = ~np.take_along_axis(now.action_mask, action[..., None], axis=2)[..., 0]
    assert is_illegal.any()
    now.action_mask[:] = True
    now = env.step(action)
    np.testing.assert_array_equal(now.info["illegal"], is_illegal)
    assert (now.payoff[is_illegal] == 0).all()
