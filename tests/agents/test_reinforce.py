"""REINFORCE: whole lives only, weighted with what they still earned."""

from typing import Any

import numpy as np
import pytest
import torch

from agents.independent.reinforce import REINFORCE
from agents.lives import Lives
from agents.rollout import Steps

from .worlds import Bandit, Clock, MatrixGame, ends_of, mean_reward, penalty, train


def step(number: int, **what: Any) -> Steps:
    """One of an environment with two agents, both there and going on unless `what` says more."""
    shape = (1, 2)
    fields = dict.fromkeys(Steps._fields, np.zeros(shape, np.float32)) | {
        "observation": np.full((*shape, 1), number, np.float32),
        "alive": np.ones(shape, bool),
        "is_linked": np.ones(shape, bool),
    }
    return Steps(**fields | {name: np.array([x]) for name, x in what.items()})


def test_only_lives_that_have_ended_are_learnt_from_and_the_others_are_carried_over():
    lives = Lives(num_steps=1, max_life=9)
    lives.add(step(0))
    lives.add(step(1, is_linked=[False, True]))  # the first agent leaves
    assert lives.is_full
    taken = lives.take()
    assert taken.alive[:, 0].tolist() == [[True, False], [True, False]]
    assert not lives.is_full
    lives.add(step(2, is_linked=[True, False]))  # the first is back, the other leaves
    assert lives.is_full
    taken = lives.take()
    assert taken.observation[:, 0, 0, 0].tolist() == [0, 1, 2]
    assert taken.alive[:, 0].tolist() == [
        [False, True],  # the first was learnt from before
        [False, True],
        [False, True],  # what has just begun waits
    ]
    state = lives.state_dict()
    assert state["steps"]["observation"][:, 0, 0, 0].tolist() == [2]
    assert state["steps"]["alive"][:, 0].tolist() == [[True, False]]


def test_lives_wait_until_there_is_as_much_of_them_as_was_asked_for():
    lives = Lives(num_steps=2, max_life=9)
    lives.add(step(0, is_linked=[False, False]))
    assert not lives.is_full
    lives.add(step(1))
    assert not lives.is_full
    lives.add(step(2, is_linked=[False, False]))
    assert lives.is_full


def test_a_number_of_steps_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="at least 1 step, got 0"):
        Lives(0, 9)


def test_the_gradient_weighs_actions_with_standardised_returns_to_go():
    world = MatrixGame(penalty(-5), num_envs=2)
    learner = REINFORCE(
        world.sizes, rollout_steps=1, hidden_size=8, discount=0.5, entropy_bonus=0, seed=1
    )
    taken = []
    ends = np.ones((2, 2), bool)
    for t in range(3):
        transition = world.step(learner.act(world.view, explore=True))
        transition = transition._replace(terminated=ends & (t == 2), truncated=ends & False)
        taken.append(transition)
        if t < 2:
            assert learner.learn(transition) == {}
    r0, r1, r2 = (transition.reward for transition in taken)
    gain = np.stack([r0 + 0.5 * r1 + 0.25 * r2, r1 + 0.5 * r2, r2])
    weight = torch.tensor((gain - gain.mean()) / gain.std())
    action = torch.tensor(np.stack([transition.action for transition in taken]))
    scores = learner.policy(torch.ones(6, 2, 1), torch.ones(6, 2, 3).bool()).scores
    log_probability = scores.log_softmax(-1).view(3, 2, 2, 3)
    chosen = log_probability.gather(-1, action[..., None])[..., 0]
    first = learner.policy.own.weight
    expected = torch.autograd.grad(-(weight * chosen).mean(), first)[0]
    assert learner.learn(taken[-1])
    torch.testing.assert_close(first.grad, expected, rtol=1e-4, atol=1e-6)


def test_a_return_ends_with_the_life():
    learner, lives = REINFORCE(MatrixGame(penalty(0)).sizes, discount=0.5), Lives(1, 99)
    nothing = np.zeros((2, 0), np.float32)
    shapes = {
        "action_mask": np.ones((2, 3), bool), "action": [0, 0], "start": False,
        "memory": nothing, "told": nothing,
    }  # fmt: skip
    linked = [[True, True], [False, True], [True, True], [False, False]]  # two lives, and one
    for t, paid in enumerate([1, 2, 4, 8]):
        lives.add(step(t, reward=[paid, paid], is_linked=linked[t], **shapes))
    batch, _ = learner._batch(lives.take(), None)  # pyright: ignore[reportArgumentType]  # unread
    returns = np.array([[2.0, 4], [2, 6], [8, 8], [8, 8]])  # 1 + 2/2, 2; 1 + 2/2 + 4/4 + 8/8, ...
    expected = (returns - returns.mean()) / returns.std()
    np.testing.assert_allclose(batch.known[..., 1].reshape(4, 2), expected, atol=1e-5)


def test_it_learns_to_pick_the_best_candidate():
    learner = REINFORCE(
        Bandit.sizes, hidden_size=16, rollout_steps=1, learning_rate=5e-3, learning_rate_end=5e-3
    )
    train(learner, Bandit(num_envs=64), 500)
    assert mean_reward(learner.actor(), Bandit(seed=1), 50) > 0.72


@pytest.mark.parametrize(("payoff", "worth"), [(penalty(0), 10), (penalty(-25), 2)])
def test_it_ends_where_policy_gradients_are_known_to_end(payoff, worth):
    assert ends_of(REINFORCE, payoff, bonus=0.0) == worth


def test_a_life_that_does_not_end_is_one_clear_sentence_and_fills_no_memory():
    world = Clock(horizon=10)
    learner = REINFORCE(world.sizes, hidden_size=8, rollout_steps=5, max_life=9)
    with pytest.raises(ValueError, match="must end within max_life = 9 steps, got one of 10 that"):
        train(learner, world, 20)
    train(REINFORCE(world.sizes, hidden_size=8, rollout_steps=5, max_life=10), world, 20)
