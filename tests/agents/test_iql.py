"""IQL: values that are known, and what must not enter a target."""

import numpy as np
import pytest
import torch

from agents.independent.iql import IQL
from agents.random_world import SIZES, RandomWorld
from agents.replay import Experience

from .worlds import Bandit, Clock, Corridor, mean_reward, train

SMALL = {"hidden_size": 16, "warmup": 64, "batch_size": 64, "learning_rate": 5e-3}


def q_values(learner, view):
    observation, mask = torch.tensor(view.observation), torch.tensor(view.action_mask)
    scores, value = learner.q(observation, mask)
    legal = mask.float()
    mean = (scores * legal).sum(-1, keepdim=True) / legal.sum(-1, keepdim=True)
    return (value[..., None] + scores - mean).detach().numpy()


@pytest.mark.parametrize("body", ["candidates", "flat"])
def test_it_learns_to_pick_the_best_candidate(body):
    learner = IQL(Bandit.sizes, body=body, epsilon_steps=2_000, **SMALL)
    train(learner, Bandit(), 300)
    assert mean_reward(learner.actor(), Bandit(seed=1), 50) > 0.7


@pytest.mark.parametrize(
    ("world", "at_horizon", "worth"),
    [
        (Clock(), False, (1 - 0.8**5) / (1 - 0.8)),
        (Clock(), True, 1 / (1 - 0.8)),
        (Clock(is_terminal=True), True, (1 - 0.8**5) / (1 - 0.8)),
    ],
    ids=["the horizon is part of the game", "the cut game goes on", "the game ends"],
)
def test_the_value_of_the_start_is_the_known_one(world, at_horizon, worth):
    learner = IQL(
        world.sizes,
        discount=0.8,
        target_rate=0.1,
        bootstrap_at_horizon=at_horizon,
        learning_rate_steps=4_000,
        **SMALL,
    )
    train(learner, world, 500)
    np.testing.assert_allclose(q_values(learner, world.view), worth, rtol=0.03)


@pytest.mark.parametrize("sharing", ["all", "none"])
def test_values_in_a_corridor_fall_with_the_distance(sharing):
    world = Corridor()
    learner = IQL(
        world.sizes,
        sharing=sharing,
        discount=0.8,
        target_rate=0.1,
        epsilon_end=0.5,
        epsilon_steps=1_000,
        learning_rate_steps=6_000,
        replay_ratio=8,
        **SMALL,
    )
    train(learner, world, 800)
    cells = np.arange(4)[:, None].repeat(2, 1)
    q = q_values(learner, world._look(cells))
    np.testing.assert_allclose(q[..., 1], 0.8 ** (3 - cells), atol=0.04)
    # a step to the left, where it is legal, is two cells worse
    np.testing.assert_allclose(q[1:, :, 0], 0.8 ** (5 - cells[1:]), atol=0.06)


def test_an_illegal_action_never_enters_a_target():
    # the skip is all that is legal next: its Q' alone may count, whatever the others promise
    learner = IQL(Bandit.sizes, hidden_size=8, discount=1.0, bootstrap_at_horizon=True)
    rows, rng = 5, torch.Generator().manual_seed(0)
    observation = torch.rand(rows, 1, 8, generator=rng)
    skip_only = torch.tensor([False, False, False, True]).expand(rows, 1, 4)
    everything, yes = (
        torch.ones(rows, 1, 4, dtype=torch.bool),
        torch.ones(rows, 1, dtype=torch.bool),
    )
    nothing = torch.zeros(rows, 1, dtype=torch.int64)
    batch = (observation, everything, yes, nothing, torch.zeros(rows, 1), yes)
    _, _, target = learner._errors(Experience(*batch, observation, skip_only))
    expected = learner.target_q(observation, skip_only).value  # dueling: Q = V for one action
    torch.testing.assert_close(target, expected)


def test_the_target_takes_the_best_action_of_q_and_its_worth_from_the_target_network():
    learner = IQL(Bandit.sizes, hidden_size=8, discount=1.0)
    for parameter in learner.target_q.parameters():
        parameter.data += 0.3
    observation = torch.rand(6, 1, 8, generator=torch.Generator().manual_seed(0))
    mask, yes = torch.ones(6, 1, 4, dtype=torch.bool), torch.ones(6, 1, dtype=torch.bool)
    nothing = torch.zeros(6, 1, dtype=torch.int64)
    batch = (observation, mask, yes, nothing, torch.ones(6, 1), yes, observation, mask)
    _, _, target = learner._errors(Experience(*batch))
    best = learner.q(observation, mask).scores.argmax(-1, keepdim=True)
    scores, value = learner.target_q(observation, mask)
    q = value[..., None] + scores - scores.mean(-1, keepdim=True)
    torch.testing.assert_close(target, 1 + q.gather(-1, best).squeeze(-1))


def weights(learner):
    return [p.detach() for p in learner.q.parameters()]


@pytest.mark.parametrize("sharing", ["all", (0, 0, 1, 1)])
def test_rewards_and_observations_of_the_dead_change_nothing(sharing):
    given = {"sharing": sharing, "agent_id": False, "hidden_size": 8, "warmup": 8, "batch_size": 16}
    learners = [IQL(SIZES, **given) for _ in range(2)]
    for learner, noise in zip(learners, (0, 7), strict=True):
        world = RandomWorld()
        for _ in range(20):
            transition = world.step(learner.act(world.view, explore=True))
            dead = ~transition.view.alive
            transition.reward[dead] += noise
            transition.view.observation[dead] += np.float32(noise)
            learner.learn(transition)
    torch.testing.assert_close(weights(learners[0]), weights(learners[1]), rtol=0, atol=0)


@pytest.mark.parametrize(("num_envs", "num_steps"), [(4, 64), (32, 8)])
def test_updates_keep_pace_with_experience_however_many_environments_deliver_it(
    num_envs, num_steps
):
    learner = IQL(Bandit.sizes, hidden_size=8, warmup=0, batch_size=128, replay_ratio=2.0)
    train(learner, Bandit(num_envs=num_envs), num_steps)
    assert learner.updates == 64 * 4 * 2 * 2 / 128


def test_a_step_of_more_agents_than_a_batch_is_replayed_as_often_as_any():
    learner = IQL(Bandit.sizes, sharing="none", hidden_size=8, warmup=0, batch_size=1)
    train(learner, Bandit(num_envs=4), 8)
    assert learner.updates == 4 * 8 * 4  # rows of two agents, each replayed four times


def test_nothing_is_learnt_before_the_warmup():
    learner = IQL(Bandit.sizes, hidden_size=8, warmup=100, batch_size=32)
    metrics = [train(learner, Bandit(), 1) for _ in range(4)]
    assert [bool(x) for x in metrics] == [False, False, False, True]


def test_a_replay_that_is_full_before_the_warmup_ends_it():
    # rows of two agents: 33 agent-transitions are 16 rows, that is 32
    learner = IQL(Bandit.sizes, sharing="none", hidden_size=8, replay_capacity=33, batch_size=32)
    metrics = [train(learner, Bandit(num_envs=8), 1) for _ in range(3)]
    assert [bool(x) for x in metrics] == [False, True, True]


@pytest.mark.parametrize(
    ("rate", "period", "moved"), [(1.0, 3, (False, False, True)), (0.1, 1, (True, True, True))]
)
def test_the_target_network_follows_by_copies_or_by_small_steps(rate, period, moved):
    constants = {"target_rate": rate, "target_period": period, "warmup": 0, "batch_size": 32}
    learner, world = IQL(Bandit.sizes, hidden_size=8, replay_ratio=1.0, **constants), Bandit()
    for has_moved in moved:
        before = learner.target_q.own.weight.clone()
        train(learner, world, 1)
        assert torch.equal(learner.target_q.own.weight, before) != has_moved
    is_copy = torch.equal(learner.target_q.own.weight, learner.q.own.weight)
    assert is_copy == (rate == 1.0)


def test_epsilon_falls_with_the_environment_steps():
    learner, world = IQL(Bandit.sizes, hidden_size=8, epsilon_steps=64), Bandit()
    assert learner.epsilon == 1.0
    train(learner, world, 2)
    assert learner.epsilon == pytest.approx(0.525)
    train(learner, world, 9)
    assert learner.epsilon == 0.05


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"epsilon_start": 2.0}, r"epsilon_start must lie in \[0, 1\], got 2.0"),
        ({"batch_size": 0}, "batch_size must be > 0, got 0"),
        ({"warmup": -1}, "warmup must be >= 0, got -1"),
        ({"learning_rate": float("inf")}, "learning_rate must be finite, got inf"),
        ({"replay_ratio": float("inf")}, "replay_ratio must be finite, got inf"),
        ({"replay_capacity": 0}, "at least 1 agent-transitions, got 0"),
    ],
)
def test_constants_that_make_no_sense_are_refused(constants, message):
    with pytest.raises(ValueError, match=message):
        IQL(Bandit.sizes, **constants)


def test_its_actor_is_greedy_even_if_it_explores():
    learner, view = IQL(Bandit.sizes, hidden_size=8), Bandit(num_envs=64).view
    actor = learner.actor()
    np.testing.assert_array_equal(actor.act(view, explore=True), actor.act(view, explore=False))
    assert (learner.act(view, explore=True) != actor.act(view, explore=False)).any()


@pytest.mark.parametrize("constants", [{}, {"agent_id": True}, {"memory_size": 2, "burn_in": 1}])
def test_the_living_are_replayed_as_often_as_was_asked_for(constants):
    learner = IQL(
        SIZES, hidden_size=4, warmup=0, batch_size=16, replay_ratio=2.0, sequence_steps=3,
        **constants,
    )  # fmt: skip
    taken, lived = [], 0
    sample = learner._replay.sample

    def counted(num_rows, rng):
        rows = sample(num_rows, rng)
        taken.append(rows.alive[:, 1:].sum() if learner.memory_size else rows.alive.sum())
        return rows

    learner._replay.sample = counted
    world = RandomWorld()
    for _ in range(400):
        lived += world.view.alive.sum()
        learner.learn(world.step(learner.act(world.view, explore=True)))
    assert sum(taken) == pytest.approx(2.0 * lived, rel=0.03)
