"""Exp3 against its equations, among arms some of which are asleep."""

import numpy as np
import pytest

from agents import Sizes, Transition, View
from agents.exp3 import Exp3

ONE = Sizes(1, 1, 3)  # one agent, three actions


def look(legal=(True, True, True), num_envs: int = 1):
    return View(
        observation=np.zeros((num_envs, 1, 1), np.float32),
        action_mask=np.tile(np.array(legal), (num_envs, 1, 1)),
        alive=np.ones((num_envs, 1), bool),
        start=np.zeros(num_envs, bool),
    )


def pay(learner, view, reward_of_action):
    action = learner.act(view, explore=True)
    reward = np.array(reward_of_action, np.float32)[action]
    no = np.zeros(action.shape, bool)
    learner.learn(Transition(view, action, reward, reward, no, no, view))
    return action


def test_one_reward_moves_the_weight_of_its_arm_as_the_equation_says():
    learner = Exp3(ONE, gamma=0.3, reward_scale=1.0)
    action = pay(learner, look(), [0.5, 0.5, 0.5]).item()
    # all arms alike: p = 1 / 3, so that the logarithm grows by .3 * .5 / (1/3 * 3) = .15
    expected = np.zeros(3)
    expected[action] = 0.15
    weights = learner._log_weights(look())[0, 0]
    np.testing.assert_allclose(weights, expected)


def test_probabilities_are_those_of_the_equation_among_the_legal():
    learner = Exp3(ONE, gamma=0.2)
    learner._log_weight = np.log([1.0, 1.0, 3.0, 5.0])  # arm 0 is for the unknown
    found = learner._probabilities(look((True, True, False)))[0, 0]
    np.testing.assert_allclose(found, [0.8 / 4 + 0.1, 0.8 * 3 / 4 + 0.1, 0.0])


def test_it_finds_the_best_arm_and_never_stops_looking():
    learner = Exp3(ONE, gamma=0.1, reward_scale=1.0)
    for _ in range(300):
        pay(learner, look(num_envs=4), [0.2, 0.8, 0.5])
    assert learner.act(look(), explore=False).item() == 1
    assert learner._probabilities(look())[0, 0].min() >= 0.1 / 3 - 1e-12


def test_its_actor_draws_by_the_probabilities_if_it_explores():
    learner = Exp3(ONE, gamma=0.2)
    learner._log_weight = np.log([1.0, 1.0, 3.0, 4.0])
    view, actor = look(num_envs=4_000), learner.actor()
    share = np.bincount(actor.act(view, explore=True).ravel(), minlength=3) / 4_000
    np.testing.assert_allclose(share, learner._probabilities(look())[0, 0], atol=0.03)
    assert set(actor.act(view, explore=False).ravel().tolist()) == {2}


def test_rewards_beyond_the_range_are_cut_and_counted():
    learner, view = Exp3(ONE, gamma=0.3, reward_scale=1.0), look(num_envs=2)
    action = learner.act(view, explore=True)
    no, reward = np.zeros(action.shape, bool), np.array([[-3.0], [7.0]], np.float32)
    found = learner.learn(Transition(view, action, reward, reward, no, no, view))
    assert found["cut_share"] == 1.0
    weights = learner._log_weights(look())[0, 0]
    assert weights.min() == 0.0  # what is below 0 counts as nothing
    np.testing.assert_allclose(weights.max(), 0.3)  # .3 * 1 / (1/3 * 3)


def test_the_best_arm_is_not_played_while_it_is_asleep():
    learner = Exp3(ONE, reward_scale=1.0)
    for _ in range(100):
        pay(learner, look(), [0.0, 1.0, 0.5])
    assert learner.act(look((True, False, True)), explore=False).item() == 2


@pytest.mark.parametrize(
    ("constants", "message"),
    [({"gamma": 0.0}, "gamma must be > 0"), ({"sharing": "some"}, "sharing must be 'all' or")],
)
def test_constants_that_make_no_sense_are_refused(constants, message):
    with pytest.raises(ValueError, match=message):
        Exp3(ONE, **constants)
