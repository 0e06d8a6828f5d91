"""IA2C: its gradient, its returns, and the ends it reaches where they are known."""

import numpy as np
import pytest
import torch

from agents.actor_critic import LEAST_ADVANTAGE
from agents.independent.ia2c import IA2C

from .worlds import KNOWN_ENDS, Bandit, Clock, ends_of, mean_reward, train

DISCOUNT = 0.9


def test_it_learns_to_pick_the_best_candidate():
    learner = IA2C(Bandit.sizes, hidden_size=16, learning_rate=1e-2, learning_rate_end=1e-2)
    train(learner, Bandit(num_envs=32), 300)
    assert mean_reward(learner.actor(), Bandit(seed=1), 50) > 0.72


@pytest.mark.parametrize(("payoff", "bonus", "worth"), KNOWN_ENDS)
def test_it_ends_where_policy_gradients_are_known_to_end(payoff, bonus, worth):
    assert ends_of(IA2C, payoff, bonus) == worth


def test_the_value_of_the_start_is_the_known_one():
    world = Clock(is_terminal=True)
    learner = IA2C(
        world.sizes,
        hidden_size=16,
        learning_rate=1e-2,
        learning_rate_steps=4_000,
        discount=DISCOUNT,
    )
    train(learner, world, 750)
    worth = (1 - DISCOUNT**5) / (1 - DISCOUNT)
    np.testing.assert_allclose(learner._value(world.view), worth, rtol=0.03)


def test_the_gradient_is_that_of_n_step_returns_and_of_the_entropy():
    # A(0) = r0 + g r1 + g^2 V(s2) - V(s0) and A(1) = r1 + g V(s2) - V(s1), standardised
    world, bonus = Clock(), 0.1
    constants = {"rollout_steps": 2, "hidden_size": 8, "discount": DISCOUNT, "entropy_bonus": bonus}
    learner = IA2C(world.sizes, **constants)
    steps = []
    for _ in range(2):
        action = learner.act(world.view, explore=True)
        steps.append(world.step(action)._replace(reward=action.astype(np.float32)))
        if len(steps) == 1:
            assert learner.learn(steps[0]) == {}
    first, second = steps
    value = [learner._value(view) for view in (first.view, second.view, second.next_view)]
    later = second.reward + DISCOUNT * value[2]
    advantage = np.stack([first.reward + DISCOUNT * later - value[0], later - value[1]])
    deviation = advantage.std() + LEAST_ADVANTAGE * (advantage + np.stack(value[:2])).std()
    advantage = torch.tensor((advantage - advantage.mean()) / deviation)
    observation = torch.tensor(np.stack([step.view.observation for step in steps]))
    action = torch.tensor(np.stack([step.action for step in steps]))
    scores = learner.policy(observation.flatten(0, 1), torch.ones(16, 2, 2).bool()).scores
    log_probability = scores.log_softmax(-1).view(2, 8, 2, 2)
    chosen = log_probability.gather(-1, action[..., None])[..., 0]
    entropy = -(log_probability.exp() * log_probability).sum(-1)
    weight = learner.policy.own.weight
    expected = torch.autograd.grad(-(advantage * chosen + bonus * entropy).mean(), weight)[0]
    assert learner.learn(second)
    torch.testing.assert_close(weight.grad, expected, rtol=1e-4, atol=1e-6)


def test_the_entropy_bonus_falls_with_the_environment_steps_if_it_is_to():
    world = Bandit()
    constants = {"entropy_bonus": 0.4, "entropy_bonus_end": 0.2, "entropy_bonus_steps": 64}
    learner = IA2C(world.sizes, rollout_steps=1, hidden_size=8, **constants)
    bonuses = []
    for _ in range(5):
        bonuses.append(learner.bonus)
        train(learner, world, 1)
    assert bonuses == pytest.approx([0.4, 0.35, 0.3, 0.25, 0.2])
    assert IA2C(world.sizes, entropy_bonus=0.3).bonus == 0.3


def test_an_entropy_bonus_that_ends_below_0_is_refused():
    with pytest.raises(ValueError, match="entropy_bonus_end must be >= 0, got -1"):
        IA2C(Bandit.sizes, entropy_bonus_end=-1)
