"""The supervised model: what it predicts, when it learns, and what it calls accurate."""

import inspect
from typing import Any

import numpy as np
import pytest
import torch

from agents.random_world import SIZES, RandomWorld
from agents.supervised import Supervised

from .worlds import Bandit, Clock, mean_reward, train

SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "epoch_period": 640,
    "batch_size": 64,
    "epsilon_steps": 2_000,
}


@pytest.mark.parametrize("body", ["candidates", "flat"])
def test_it_predicts_what_picks_pay_and_picks_the_best(body):
    learner = Supervised(Bandit.sizes, body=body, learning_rate=5e-3, **SMALL)
    metrics = train(learner, Bandit(), 400)
    world = Bandit(seed=1)
    observation, mask = torch.tensor(world.view.observation), torch.tensor(world.view.action_mask)
    worth = world.view.observation[..., :6:2]
    predicted = learner.predicted(observation, mask).detach().numpy()[..., :3]
    assert np.abs(predicted - worth).mean() < 0.1
    assert metrics["accuracy"] > 0.8
    assert mean_reward(learner.actor(), world, 50) > 0.7


def test_it_looks_no_step_ahead():
    learner = Supervised(Clock().sizes, learning_rate=1e-2, **SMALL)
    train(learner, Clock(), 400)
    view = Clock().view  # all of five steps pay 1
    predicted = learner.predicted(torch.tensor(view.observation), torch.tensor(view.action_mask))
    torch.testing.assert_close(predicted, torch.ones_like(predicted), atol=0.05, rtol=0)


def test_it_predicts_payoffs_whatever_the_rewards_are():
    found = []
    for shift in (0, 7):
        learner, world = Supervised(SIZES, hidden_size=8, epoch_period=16), RandomWorld()
        for _ in range(10):
            transition = world.step(learner.act(world.view, explore=True))
            learner.learn(transition._replace(reward=transition.reward - shift))
        found.append([p.detach().clone() for p in learner.network.parameters()])
    torch.testing.assert_close(found[0], found[1], rtol=0, atol=0)


def test_loss_and_accuracy_of_an_epoch_by_hand():
    # nothing moves at this learning rate, so that all rows are judged by the first weights
    learner = Supervised(
        Bandit.sizes, hidden_size=8, epoch_period=64, learning_rate=1e-12, learning_rate_end=0.0,
        tolerance=0.3,
    )  # fmt: skip
    world, errors, metrics = Bandit(), [], {}
    for _ in range(2):
        view, action = world.view, learner.act(world.view, explore=True)
        predicted = learner.predicted(
            torch.tensor(view.observation), torch.tensor(view.action_mask)
        )
        chosen = np.take_along_axis(predicted.detach().numpy(), action[..., None], -1)[..., 0]
        transition = world.step(action)
        errors.append(chosen - transition.payoff)
        metrics = learner.learn(transition)
    assert metrics["loss"] == pytest.approx(np.square(errors).mean(), rel=1e-4)
    assert metrics["accuracy"] == pytest.approx((np.abs(errors) <= 0.3).mean())
    assert 0 < metrics["accuracy"] < 1


def test_an_epoch_comes_whenever_the_period_is_over():
    learner, world = Supervised(Bandit.sizes, hidden_size=8, epoch_period=64), Bandit()
    is_due = [bool(train(learner, world, 1)) for _ in range(6)]  # of 32 agent-steps each
    assert is_due == [False, True, False, True, False, True]


def test_there_is_nothing_to_discount_and_one_hidden_layer():
    constants = set(inspect.signature(Supervised).parameters)
    assert not constants & {"discount", "num_layers", "memory_size", "target_rate"}
    assert len(Supervised(SIZES, hidden_size=8).network.hidden) == 0
