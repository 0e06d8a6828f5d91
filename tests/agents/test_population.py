"""Several policies on the seats of one world."""

from functools import partial

import numpy as np
import pytest

from agents import AGENTS, Population
from agents.fixed import Fixed
from agents.independent.iql import IQL
from agents.linucb import LinUCB
from agents.random import Random
from agents.random_world import SIZES, RandomWorld
from agents.testing import _equal

from .small import SMALL


class Always:
    """Always plays one action; remembers what it was shown."""

    def __init__(self, sizes, seed=0, action=0):
        self.sizes, self.seed, self.action = sizes, seed, action
        self.views, self.transitions = [], []

    def act(self, view, *, explore):
        self.views.append(view)
        return np.full(view.alive.shape, self.action)

    def learn(self, transition):
        self.transitions.append(transition)
        return {"action": float(self.action)}


class Oracle(Always):
    privileged = True

    def act(self, view, *, explore):
        assert view.truth == "all"
        return np.tile(np.arange(4), (len(view.alive), 1))


def drawn(name, sizes, seed):
    """A policy that stays as it is, draws, and remembers if it can."""
    memory = {"memory_size": 4} if name in SMALL else {}
    policy = AGENTS[name](SIZES, seed=seed, **SMALL.get(name, {}), **memory)
    return Fixed(policy, explore=True)


def always(action):
    return partial(Always, action=action)


def test_a_seat_goes_to_the_first_pattern_that_matches():
    population = Population({"user_[12]": always(1), "user_[23]": always(2), "*": always(3)}, SIZES)
    action = population.act(RandomWorld().view, explore=False)
    np.testing.assert_array_equal(action, [[3, 1, 1, 2]] * 3)


def test_a_part_gets_sizes_of_its_own_seats():
    population = Population({"user_[03]": always(1), "*": always(2)}, SIZES)
    first, second = (part.policy.sizes for part in population.parts)
    assert (first.num_agents, first.agent_names) == (2, ("user_0", "user_3"))
    assert second.agent_names == ("user_1", "user_2")
    assert first.layout == SIZES.layout


def test_a_part_sees_its_own_seats_and_neither_state_nor_truth():
    population, world = Population({"user_[03]": always(1), "*": always(2)}, SIZES), RandomWorld()
    view = world.view._replace(truth="all", state=np.zeros((3, 2)))
    population.act(view, explore=True)
    seen = population.parts[0].policy.views[0]
    np.testing.assert_array_equal(seen.observation, view.observation[:, [0, 3]])
    assert view.items is not None
    np.testing.assert_array_equal(seen.items, view.items[:, [0, 3]])
    assert seen.truth is None
    assert seen.state is None


def test_a_privileged_part_sees_everything_and_plays_its_own_seats_only():
    population = Population({"user_[13]": Oracle, "*": always(0)}, SIZES)
    assert population.privileged
    action = population.act(RandomWorld().view._replace(truth="all"), explore=False)
    np.testing.assert_array_equal(action, [[0, 1, 0, 3]] * 3)


def test_learners_learn_from_their_own_seats():
    population, world = Population({"user_0": always(1), "*": Random}, SIZES), RandomWorld()
    transition = world.step(population.act(world.view, explore=True))
    assert population.learn(transition) == {"user_0/action": 1.0}
    shown = population.parts[0].policy.transitions[0]
    np.testing.assert_array_equal(shown.reward, transition.reward[:, :1])
    np.testing.assert_array_equal(shown.next_view.alive, transition.next_view.alive[:, :1])


def test_parts_of_one_class_have_different_seeds():
    population = Population({"user_0": Random, "*": Random}, SIZES)
    assert population.parts[0].policy.seed != population.parts[1].policy.seed


def test_the_actor_of_a_population_disturbs_no_learner():
    population = Population({"user_0": LinUCB, "*": Random}, SIZES)
    state = population.state_dict()["user_0"]["rng"]
    population.actor().act(RandomWorld().view, explore=True)
    assert population.state_dict()["user_0"]["rng"] == state


@pytest.mark.parametrize(
    "other",
    [LinUCB, Random, *(partial(drawn, name) for name in ("ippo", "mean_field_q", "exp3"))],
)
def test_a_population_continues_exactly_from_its_state(other):
    parts = {
        "user_[01]": partial(IQL, hidden_size=8, warmup=8, batch_size=16),
        "user_2": other,
        "*": always(3),
    }
    whole, resumed = Population(parts, SIZES), Population(parts, SIZES)
    world, same_world = RandomWorld(), RandomWorld()
    for _ in range(10):
        whole.learn(world.step(whole.act(world.view, explore=True)))
        same_world.step(np.zeros((3, 4), np.int64))
    resumed.load_state_dict(whole.state_dict())
    for _ in range(10):
        action = whole.act(world.view, explore=True)
        np.testing.assert_array_equal(resumed.act(same_world.view, explore=True), action)
        whole.learn(world.step(action))
        resumed.learn(same_world.step(action))
    assert _equal(resumed.state_dict(), whole.state_dict())


def test_an_agent_without_a_part_is_an_error():
    with pytest.raises(ValueError, match="'user_3' does not"):
        Population({"user_[0-2]": Random}, SIZES)


def test_a_pattern_without_an_agent_is_an_error():
    with pytest.raises(ValueError, match="'user_9' must be the first to match some agent"):
        Population({"user_9": Random, "*": Random}, SIZES)


def test_agents_must_have_names():
    with pytest.raises(ValueError, match="must name all 4 agents, got 0 names"):
        Population({"*": Random}, SIZES._replace(agent_names=()))


def test_a_state_of_other_parts_is_refused():
    with pytest.raises(ValueError, match="parts must be"):
        Population({"*": LinUCB}, SIZES).load_state_dict({"user_0": {}})
