"""IPPO: what it learns where the best play is known, and what must not matter to it."""

import numpy as np
import pytest
import torch

from agents.actor_critic import LEAST_ADVANTAGE
from agents.independent.ippo import IPPO
from agents.random_world import SIZES, RandomWorld

from .worlds import Bandit, Clock, MatrixGame, mean_reward, train

SMALL = {"hidden_size": 16, "rollout_steps": 4, "learning_rate": 5e-3, "learning_rate_end": 5e-3}
DISCOUNT = 0.9


@pytest.mark.parametrize("body", ["candidates", "flat"])
def test_it_learns_to_pick_the_best_candidate(body):
    learner = IPPO(Bandit.sizes, body=body, **SMALL)
    train(learner, Bandit(num_envs=64), 200)
    assert mean_reward(learner.actor(), Bandit(seed=1), 50) > 0.73


@pytest.mark.parametrize("sharing", ["all", "none"])
def test_it_finds_the_best_cell_of_a_game_of_coordination(sharing):
    world = MatrixGame(np.diag([1.0, 3.0, 2.0]))
    learner = IPPO(world.sizes, sharing=sharing, discount=0.0, **SMALL)
    train(learner, world, 400)
    assert mean_reward(learner.actor(), world, 1) == 3.0


@pytest.mark.parametrize(
    ("world", "at_horizon", "worth"),
    [
        (Clock(), False, (1 - DISCOUNT**5) / (1 - DISCOUNT)),
        (Clock(), True, 1 / (1 - DISCOUNT)),
        (Clock(is_terminal=True), True, (1 - DISCOUNT**5) / (1 - DISCOUNT)),
    ],
    ids=["the horizon is part of the game", "the cut game goes on", "the game ends"],
)
def test_the_value_of_the_start_is_the_known_one(world, at_horizon, worth):
    learner = IPPO(
        world.sizes,
        hidden_size=16,
        rollout_steps=5,
        learning_rate=1e-2,
        learning_rate_steps=3_000,
        discount=DISCOUNT,
        bootstrap_at_horizon=at_horizon,
    )
    train(learner, world, 750)
    np.testing.assert_allclose(learner._value(world.view), worth, rtol=0.03)


def test_half_a_rollout_later_a_cut_inside_it_is_bootstrapped_with_its_own_successor():
    world = Clock(horizon=2)
    learner = IPPO(world.sizes, rollout_steps=3, hidden_size=8)
    for _ in range(2):
        learner.learn(world.step(learner.act(world.view, explore=True)))
    stored = learner.state_dict()["rollout"]["steps"]
    following = learner._value(world.view)
    np.testing.assert_array_equal(stored["cut_value"][0], np.zeros((8, 2)))
    np.testing.assert_array_equal(stored["cut_value"][1], following)


def weights(learner):
    return [p.detach() for p in learner.policy.parameters()]


def test_rewards_and_observations_of_the_dead_change_nothing():
    learners = [IPPO(SIZES, rollout_steps=5, hidden_size=8) for _ in range(2)]
    for learner, noise in zip(learners, (0, 7), strict=True):
        world = RandomWorld()
        for _ in range(10):
            transition = world.step(learner.act(world.view, explore=True))
            dead = ~transition.view.alive
            transition.reward[dead] += noise
            transition.action[dead] = 3 if noise else 0
            transition.view.observation[dead] += np.float32(noise)
            learner.learn(transition)
    torch.testing.assert_close(weights(learners[0]), weights(learners[1]), rtol=0, atol=0)


def test_private_learners_do_not_feel_the_rewards_of_others():
    learners = [IPPO(SIZES, rollout_steps=5, hidden_size=8, sharing="none") for _ in range(2)]
    for learner, factor in zip(learners, (1, 50), strict=True):
        world = RandomWorld()
        for _ in range(20):
            transition = world.step(learner.act(world.view, explore=True))
            transition.reward[:, 2] *= factor
            transition.reward[:, 2] += transition.action[:, 2] == 0
            learner.learn(transition)
    others = [0, 1, 3]
    for a, b in zip(*map(weights, learners), strict=True):
        torch.testing.assert_close(a[others], b[others], rtol=0, atol=0)
        assert not torch.equal(a[2], b[2])


def test_pieces_that_fit_a_cache_add_up_to_the_whole_minibatch():
    learners = [IPPO(SIZES, rollout_steps=5, hidden_size=8) for _ in range(2)]
    learners[1].policy.piece_rows = learners[1].critic.network.piece_rows = 4
    metrics = [train(learner, RandomWorld(), 5) for learner in learners]
    torch.testing.assert_close(weights(learners[0]), weights(learners[1]), rtol=1e-4, atol=1e-5)
    assert metrics[0] == pytest.approx(metrics[1], rel=1e-3, abs=1e-5)


def test_the_first_gradient_is_that_of_the_policy_gradient():
    # at ratio 1 nothing is clipped: the gradient is -mean A grad log pi, A standardised
    learner = IPPO(Bandit.sizes, rollout_steps=1, num_epochs=1, hidden_size=8, entropy_bonus=0)
    world = Bandit()
    action = learner.act(world.view, explore=True)
    transition = world.step(action)
    observation = torch.tensor(transition.view.observation)
    mask = torch.tensor(transition.view.action_mask)
    value = learner._value(transition.view)
    advantage = torch.tensor(transition.reward - value)  # the horizon is seen: no bootstrap
    unit = torch.tensor(transition.reward).std(correction=0)  # of the targets, A + V = r
    deviation = advantage.std(correction=0) + LEAST_ADVANTAGE * unit
    advantage = (advantage - advantage.mean()) / deviation
    log_probability = learner.policy(observation, mask).scores.log_softmax(-1)
    chosen = log_probability.gather(-1, torch.tensor(action)[..., None])[..., 0]
    weight = learner.policy.own.weight
    expected = torch.autograd.grad(-(advantage * chosen).mean(), weight)[0]
    learner.learn(transition)
    torch.testing.assert_close(weight.grad, expected, rtol=1e-4, atol=1e-6)


def test_nothing_is_learnt_before_a_rollout_is_full():
    world, learner = Bandit(), IPPO(Bandit.sizes, rollout_steps=3, hidden_size=8)
    metrics = [learner.learn(world.step(learner.act(world.view, explore=True))) for _ in range(6)]
    assert [bool(x) for x in metrics] == [False, False, True, False, False, True]


def test_the_learning_rate_falls_with_the_environment_steps():
    constants = {"learning_rate": 1.0, "learning_rate_end": 0.5, "learning_rate_steps": 64}
    learner = IPPO(Bandit.sizes, rollout_steps=1, num_epochs=1, hidden_size=8, **constants)
    assert [train(learner, Bandit(), 1)["learning_rate"] for _ in range(5)] == [
        0.875,
        0.75,
        0.625,
        0.5,
        0.5,
    ]


def test_the_learning_rate_ends_at_a_tenth_of_the_first_unless_told_otherwise():
    learner = IPPO(Bandit.sizes, hidden_size=8, learning_rate=4e-5, learning_rate_steps=64)
    assert learner.rate == 4e-5
    learner.env_steps = 64
    assert learner.rate == pytest.approx(4e-6)


def test_an_actor_that_explores_draws_and_one_that_does_not_repeats_itself():
    learner, view = IPPO(Bandit.sizes, hidden_size=8), Bandit(num_envs=64).view
    actor = learner.actor()
    drawn = [actor.act(view, explore=True) for _ in range(2)]
    best = [actor.act(view, explore=False) for _ in range(2)]
    assert (drawn[0] != drawn[1]).any()
    np.testing.assert_array_equal(best[0], best[1])


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"discount": 1.5}, r"discount must lie in \[0, 1\], got 1.5"),
        ({"num_epochs": 0}, "num_epochs must be > 0, got 0"),
        ({"entropy_bonus": -0.1}, "entropy_bonus must be >= 0, got -0.1"),
        ({"learning_rate": float("nan")}, "learning_rate must be > 0, got nan"),
        ({"learning_rate": float("inf")}, "learning_rate must be finite, got inf"),
        (
            {"learning_rate": 1e-5, "learning_rate_end": 1e-4},
            "exceed .* which is 1e-05, got 0.0001",
        ),
        ({"entropy_bonus": float("inf")}, "entropy_bonus must be finite, got inf"),
        ({"rollout_steps": 0}, "at least 1 step, got 0"),
    ],
)
def test_constants_that_make_no_sense_are_refused(constants, message):
    with pytest.raises(ValueError, match=message):
        IPPO(Bandit.sizes, **constants)


def test_a_missing_gpu_is_one_clear_sentence():
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(ValueError, match="'cuda' needs a CUDA build of torch and a GPU"):
        IPPO(Bandit.sizes, device="cuda")


def test_an_unknown_device_is_one_clear_sentence():
    with pytest.raises(ValueError, match="'cpu', 'cuda' or 'cuda:0', got 'gpu'"):
        IPPO(Bandit.sizes, device="gpu")


def test_there_are_no_more_minibatches_than_sequences_to_fill_them():
    learner = IPPO(SIZES, hidden_size=8, memory_size=4, rollout_steps=8, minibatch_size=1)
    sizes = [len(part) for part in learner._minibatches(np.arange(3), unit_steps=8)]
    assert sizes == [1, 1, 1] * learner.num_epochs


def test_where_actions_do_not_matter_the_error_of_the_critic_teaches_nothing():
    world = Clock(is_terminal=True)
    learner = IPPO(
        world.sizes,
        hidden_size=16,
        rollout_steps=5,
        discount=0.9,
        entropy_bonus=0.0,
        learning_rate=1e-2,
        learning_rate_end=1e-2,
    )
    learnt = train(learner, world, 500)  # the critic: from here on its errors are rounding
    assert learnt["explained_variance"] > 0.9999
    later = train(learner, world, 500)
    assert later["entropy"] == pytest.approx(learnt["entropy"], abs=0.02)
    assert later["entropy"] > 0.1
