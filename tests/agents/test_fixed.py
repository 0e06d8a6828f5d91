"""A policy that stays as it is, in a population."""

from functools import partial

import numpy as np
import pytest

from agents import Population
from agents.fixed import Fixed
from agents.independent.iql import IQL
from agents.linucb import LinUCB
from agents.random import Random
from agents.random_world import SIZES, RandomWorld
from agents.testing import _equal


class Seats:
    """Plays the number of the seat, and remembers what it was shown."""

    def __init__(self):
        self.views = []

    def act(self, view, *, explore):
        self.views.append((view, explore))
        return np.tile(np.arange(view.alive.shape[1]), (len(view.alive), 1))


class Oracle(Seats):
    privileged = True


def beside(policy, explore=None):
    """The policy on seats 1 and 3, as if trained for all of them; random ones on the others."""
    parts = {"user_[13]": lambda sizes, seed: Fixed(policy, explore=explore), "*": Random}
    return Population(parts, SIZES)


def test_it_is_shown_all_seats_and_plays_its_own():
    policy, view = Seats(), RandomWorld().view
    action = beside(policy).act(view, explore=False)
    np.testing.assert_array_equal(action[:, [1, 3]], [[1, 3]] * 3)
    np.testing.assert_array_equal(policy.views[0][0].observation, view.observation)


def test_only_a_privileged_one_is_shown_state_and_truth():
    view = RandomWorld().view._replace(truth="all", state=np.zeros((3, 2)))
    plain, oracle = Seats(), Oracle()
    assert not beside(plain).privileged
    assert beside(oracle).privileged
    for policy in (plain, oracle):
        beside(policy).act(view, explore=False)
    assert plain.views[0][0].truth is None
    assert plain.views[0][0].state is None
    assert oracle.views[0][0].truth == "all"


@pytest.mark.parametrize(
    ("fixed", "asked", "played"), [(None, False, False), (None, True, True), (True, False, True)]
)
def test_it_plays_as_asked_unless_its_way_is_fixed_too(fixed, asked, played):
    policy = Seats()
    beside(policy, explore=fixed).act(RandomWorld().view, explore=asked)
    assert policy.views[0][1] is played


def test_a_learner_that_is_fixed_neither_learns_nor_is_disturbed():
    make = partial(IQL, SIZES, seed=0, hidden_size=8, warmup=8, batch_size=16)
    learner, untouched, world = make(), make(), RandomWorld()
    population = Population({"user_0": LinUCB, "*": lambda sizes, seed: Fixed(learner)}, SIZES)
    for _ in range(10):
        population.learn(world.step(population.act(world.view, explore=True)))
    assert learner.updates == 0
    assert _equal(learner.state_dict(), untouched.state_dict())


def test_its_actor_has_a_stream_of_its_own():
    fixed, view = Fixed(LinUCB(SIZES, seed=0)), RandomWorld().view
    first = fixed.act(view, explore=True)
    again = Fixed(fixed.policy)
    again.actor().act(view, explore=True)
    np.testing.assert_array_equal(again.act(view, explore=True), first)
