"""LinUCB against its equations, on arms that are items."""

import numpy as np
import pytest

from agents import Sizes, Transition, View
from agents.linucb import LinUCB

from .worlds import Bandit, MatrixGame, mean_reward, train

ONE = Sizes(1, 1, 2)  # one agent, one number to see, two actions; x = [1, that number]


def look(number, legal=(True, True)):
    return View(
        observation=np.full((1, 1, 1), number, np.float32),
        action_mask=np.array(legal)[None, None],
        alive=np.ones((1, 1), bool),
        start=np.zeros(1, bool),
    )


def pay(learner, view, action, reward):
    x = np.full(view.alive.shape, reward, np.float32)
    a = np.full(view.alive.shape, action)
    no = np.zeros(view.alive.shape, bool)
    learner.learn(Transition(view, a, x, x, no, no, view))


def test_estimate_and_bound_are_those_of_the_equations():
    learner = LinUCB(ONE, alpha=2.0, ridge=1.0)
    pay(learner, look(2.0), action=0, reward=3.0)
    # A = I + [1 2]'[1 2] = [[2, 2], [2, 5]], b = [3, 6]; A^-1 = [[5, -2], [-2, 2]] / 6
    # theta = [.5, 1]; at x = [1, 1] the estimate is 1.5 and x A^-1 x = 3 / 6
    score = learner._score(look(1.0), np.random.default_rng(0))[0, 0]
    np.testing.assert_allclose(score, [1.5 + 2 * 0.5**0.5, 0 + 2 * 2**0.5])


def test_exploring_prefers_the_unknown_arm_and_exploiting_the_better_one():
    learner = LinUCB(ONE, alpha=2.0)
    pay(learner, look(1.0), action=0, reward=1.0)
    assert learner.act(look(1.0), explore=True).item() == 1
    assert learner.act(look(1.0), explore=False).item() == 0


def test_the_best_illegal_arm_is_not_played():
    learner = LinUCB(ONE)
    pay(learner, look(1.0), action=0, reward=1.0)
    assert learner.act(look(1.0, (False, True)), explore=False).item() == 1


def test_many_rewards_at_once_equal_the_same_one_by_one():
    rng = np.random.default_rng(0)
    at_once, one_by_one = LinUCB(ONE), LinUCB(ONE)
    view = View(
        observation=rng.random((50, 1, 1), dtype=np.float32),
        action_mask=np.ones((50, 1, 2), bool),
        alive=rng.random((50, 1)) < 0.8,
        start=np.zeros(50, bool),
    )
    action, reward = rng.integers(2, size=(50, 1)), rng.random((50, 1), dtype=np.float32)
    no = np.zeros((50, 1), bool)
    at_once.learn(Transition(view, action, reward, reward, no, no, view))
    for b in np.flatnonzero(view.alive):
        pay(one_by_one, look(view.observation[b, 0, 0]), action[b, 0], reward[b, 0])
    for name in ("arms", "gram", "moment"):
        np.testing.assert_allclose(at_once.state_dict()[name], one_by_one.state_dict()[name])


def test_an_arm_is_an_item_wherever_it_stands_in_the_slate():
    learner, view = LinUCB(Bandit.sizes), Bandit(num_envs=1).view
    view.observation[:] = 0  # nothing to see but which item it is
    for _ in range(5):
        for action, reward in ((0, 0.1), (1, 0.9), (2, 0.2), (3, 0.0)):
            pay(learner, view, action, reward)
    moved = view._replace(items=np.array([[[1, 2, 0], [2, 0, 1]]]))
    assert learner.act(moved, explore=False).tolist() == [[0, 2]]


@pytest.mark.parametrize("sharing", ["all", "none"])
def test_it_learns_to_pick_the_best_candidate(sharing):
    learner = LinUCB(Bandit.sizes, sharing=sharing)
    train(learner, Bandit(), 60)
    assert mean_reward(learner.actor(), Bandit(seed=1), 50) > 0.74


def test_on_an_environment_without_slates_arms_are_actions():
    world = MatrixGame(np.array([[1, 0, 1], [0, 1, 1], [1, 1, 3]]))
    learner = LinUCB(world.sizes)
    train(learner, world, 50)
    assert mean_reward(learner.actor(), world, 1) == 3.0


def test_private_models_do_not_feel_what_others_are_paid():
    learner = LinUCB(Bandit.sizes, sharing="none", alpha=0.0)
    world = Bandit()
    transition = world.step(np.zeros((16, 2), np.int64))
    transition.reward[:, 1] = 5
    learner.learn(transition)
    score = learner._score(transition.view, None)
    assert score[:, 0].max() < 1.5 < score[:, 1].max()


def test_only_items_that_were_played_take_room_however_large_their_numbers():
    few, many = LinUCB(Bandit.sizes), LinUCB(Bandit.sizes)
    far = np.array([10**9, 5, 2 * 10**9])
    rng = np.random.default_rng(0)
    for view in (Bandit(num_envs=4, seed=seed).view for seed in range(20)):
        action, reward = rng.integers(4, size=(4, 2)), rng.random((4, 2), dtype=np.float32)
        no = np.zeros((4, 2), bool)
        assert view.items is not None
        for learner, items in ((few, view.items), (many, far[view.items])):
            seen = view._replace(items=items)
            learner.learn(Transition(seen, action, reward, reward, no, no, seen))
            np.testing.assert_allclose(learner._score(seen, rng), few._score(view, rng), rtol=1e-12)
    assert many.state_dict()["gram"].shape[0] == 5  # the unknown, a skip and three items


def test_a_state_of_another_world_is_refused():
    with pytest.raises(ValueError, match=r"shapes \[arms, 2, 2\] and \[arms, 2\]"):
        LinUCB(ONE).load_state_dict(LinUCB(Bandit.sizes).state_dict())


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"sharing": "some"}, "'all' or 'none', got 'some'"),
        ({"ridge": 0.0}, "ridge must be > 0, got 0.0"),
        ({"alpha": -1.0}, "alpha must be >= 0, got -1.0"),
        ({"ridge": float("inf")}, "ridge must be finite, got inf"),
    ],
)
def test_constants_that_make_no_sense_are_refused(constants, message):
    with pytest.raises(ValueError, match=message):
        LinUCB(ONE, **constants)
