"""Thompson sampling: draws of what it believes have the mean and deviation of the equation."""

import numpy as np

from agents import Sizes
from agents.thompson import Thompson

from .test_linucb import look, pay
from .worlds import Bandit, mean_reward, train

ONE = Sizes(1, 1, 2)  # one agent, one number to see, two actions; x = [1, that number]


def test_draws_have_the_mean_and_the_deviation_of_the_equation():
    learner = Thompson(ONE, scale=2.0, ridge=1.0)
    pay(learner, look(2.0), action=0, reward=3.0)
    # theta = [.5, 1] as for LinUCB; at x = [1, 1] the variance of theta . x is 4 x A^-1 x = 4 / 2
    rng = np.random.default_rng(0)
    drawn = np.array([learner._score(look(1.0), rng)[0, 0, 0] for _ in range(4_000)])
    np.testing.assert_allclose(drawn.mean(), 1.5, atol=0.1)
    np.testing.assert_allclose(drawn.std(), 2.0**0.5, rtol=0.05)


def test_without_exploring_it_plays_its_estimates():
    learner = Thompson(ONE, scale=5.0)
    pay(learner, look(1.0), action=1, reward=1.0)
    assert {learner.act(look(1.0), explore=False).item() for _ in range(20)} == {1}


def test_it_learns_to_pick_the_best_candidate():
    learner = Thompson(Bandit.sizes)
    train(learner, Bandit(), 60)
    assert mean_reward(learner.actor(), Bandit(seed=1), 50) > 0.72
