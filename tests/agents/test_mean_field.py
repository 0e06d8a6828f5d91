"""Mean fields, by hand, and learners that read them."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from agents import Population, Sizes, Transition, View
from agents.fixed import Fixed
from agents.large_population.mean_field import MeanField, others_share
from agents.large_population.mean_field_ac import MeanFieldAC
from agents.large_population.mean_field_q import MeanFieldQ
from agents.layout import PlainLayout
from agents.random_world import SIZES, RandomWorld
from agents.replay import Experience

from .worlds import NAMES, Bandit, mean_reward, train

SMALL: dict[str, Any] = {"hidden_size": 16, "warmup": 64, "batch_size": 64, "learning_rate": 5e-3}
ALL = np.arange(3)
THREE = Sizes(3, 3, 3, layout=PlainLayout(2, {"a": slice(0, 1)}, {"user": slice(0, 1)}))


def look(items: list[list[int]], alive=(True, True, True), start: bool = False) -> View[np.ndarray]:
    """Some agents, one environment, with slates of two items; nothing else is to be seen."""
    return View(
        observation=np.zeros((1, len(items), 3), np.float32),
        action_mask=np.ones((1, len(items), 3), bool),
        alive=np.array([alive]),
        start=np.array([start]),
        items=np.array([items], np.int32),
    )


def crowd(view: View[np.ndarray]) -> list[list[float]]:
    """The columns that were added to the candidates, of the only environment."""
    assert view.observation.shape == (1, 3, 5)
    return view.observation[0, :, [1, 3]].T.tolist()


def test_the_field_of_a_candidate_is_the_share_of_the_others_who_picked_its_item():
    picked, alive = np.array([[7, 7, 4]]), np.ones((1, 3), bool)
    asked = np.array([[[7, 4], [4, 9], [7, 4]]])
    share = others_share(picked, alive, ALL, asked)
    assert share.tolist() == [[[0.5, 0.5], [0.5, 0.0], [1.0, 0.0]]]


def test_who_has_departed_and_who_skips_picks_nothing():
    asked = np.full((1, 4, 1), 7)
    there, four = np.array([[True, True, False, False]]), np.arange(4)
    departed = others_share(np.array([[7, 7, 7, 7]]), there, four, asked)
    assert departed[0, :, 0].tolist() == [1.0, 1.0, 1.0, 1.0]  # of the one, or of the two, others
    skipping = others_share(np.array([[7, -1, -1, 7]]), np.ones((1, 4), bool), four, asked)
    np.testing.assert_allclose(skipping[0, :, 0], [1 / 3, 2 / 3, 2 / 3, 1 / 3])


def test_who_is_alone_has_a_field_of_zero():
    alive, two = np.array([[True, False]]), np.arange(2)
    share = others_share(np.array([[7, 7]]), alive, two, np.full((1, 2, 1), 7))
    assert share[0, 0, 0] == 0.0


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3))
def test_the_field_is_the_same_whatever_the_numbers_of_the_items(seed, num_envs, num_agents, num):
    rng, shape = np.random.default_rng(seed), (num_envs, num_agents)
    picked, alive = rng.integers(-1, 4, shape), rng.random(shape) < 0.7
    seats = np.flatnonzero(rng.random(num_agents) < 0.7)
    asked = rng.integers(0, 4, (num_envs, len(seats), num))
    few = others_share(picked, alive, seats, asked)
    far = np.array([0, 10**9, 10**9 + 1, 2 * 10**9])  # a table of so many would fill the memory
    many = others_share(np.where(picked < 0, -1, far[picked]), alive, seats, far[asked])
    np.testing.assert_array_equal(many, few)


def test_environments_do_not_mix():
    picked, alive = np.array([[3, 3], [5, 5]]), np.ones((2, 2), bool)
    share = others_share(picked, alive, np.arange(2), np.full((2, 2, 1), 3))
    assert share[..., 0].tolist() == [[1.0, 1.0], [0.0, 0.0]]


def test_the_field_follows_an_item_to_its_new_place_and_ends_with_the_episode():
    field = MeanField(THREE)
    first = look([[1, 2], [2, 1], [1, 3]], start=True)
    assert crowd(field.join(first)) == [[0.0, 0.0]] * 3
    field.remember(first, np.array([[0, 0, 2]]))  # items 1 and 2, and a skip
    assert crowd(field.join(look([[2, 1], [1, 2], [3, 2]]))) == [[0.5, 0.0], [0.5, 0.0], [0.0, 0.5]]
    assert crowd(field.join(look([[2, 1], [1, 2], [3, 2]], start=True))) == [[0.0, 0.0]] * 3


def test_without_items_the_field_is_the_mean_action_of_the_others():
    sizes = THREE._replace(layout=None)
    field = MeanField(sizes)
    assert field.sizes.observation_size == 6
    view = look([[0, 0]] * 3, alive=(True, True, False))
    field.remember(view, np.array([[2, 0, 1]]))
    seen = field.join(view).observation
    assert seen[0, :, 3:].tolist() == [[1, 0, 0], [0, 0, 1], [0.5, 0, 0.5]]


def of_its_own(sizes, seed):
    """A policy on one of three seats, built for it alone."""
    return MeanFieldAC(sizes, seed=seed, hidden_size=8)


def shown_all(sizes, seed):
    """A policy built for all three, of which it plays one."""
    return Fixed(MeanFieldAC(THREE, seed=seed, hidden_size=8), explore=True)


def nested(sizes, seed):
    """A population of one."""
    return Population({"*": of_its_own}, sizes, seed)


class Second:
    """Picks candidate 1, whatever it is."""

    def __init__(self, sizes, seed=0):
        self.sizes = sizes

    def act(self, view, *, explore):
        return np.ones(view.alive.shape, np.int64)


@pytest.mark.parametrize("part", [of_its_own, shown_all, nested])
@pytest.mark.parametrize("is_actor", [False, True])
def test_in_a_mixed_population_the_field_is_of_what_was_played_by_everybody(part, is_actor):
    sizes = THREE._replace(agent_names=("user_0", "user_1", "user_2"))
    population = Population({"user_1": part, "*": Second}, sizes)
    if is_actor:
        population = population.actor()
    view = look([[1, 2], [4, 3], [1, 5]], start=True)
    view.action_mask[0, 1] = [True, False, False]  # it has no choice
    assert population.act(view, explore=True).tolist() == [[1, 0, 1]]  # items 2, 4 and 5
    policy = population.parts[0].policy
    while not hasattr(policy, "_field"):
        policy = policy.parts[0].policy if hasattr(policy, "parts") else policy._player
    shown = [0, 1, 2] if part is shown_all else [1]
    asked = look([[2, 4]] * len(shown), alive=[True] * len(shown))
    columns = policy._field.join(asked).observation[0, shown.index(1), [1, 3]]
    assert columns.tolist() == [0.5, 0.0]  # one of the two others, and nobody but itself


def test_slates_without_items_are_refused():
    with pytest.raises(ValueError, match="needs the items of the slates"):
        MeanField(THREE).join(look([[0, 0]] * 3)._replace(items=None))


def test_what_is_learnt_has_the_field_before_the_step_and_after_it():
    learner = MeanFieldQ(THREE, hidden_size=8, sharing="none", warmup=10**6)
    view, after = look([[1, 2], [2, 1], [1, 3]], start=True), look([[1, 2], [1, 2], [1, 2]])
    for seen in (view, after):
        seen.action_mask[..., -1] = False  # somebody picks what everybody sees next
    never, paid = np.zeros((1, 3), bool), np.zeros((1, 3), np.float32)
    for now, following in ((view, after), (after, view._replace(start=np.array([False])))):
        action = learner.act(now, explore=True)
        learner.learn(Transition(now, action, paid, paid, never, never, following))
    stored = learner._replay.state_dict()["ring"]
    np.testing.assert_array_equal(stored["next_observation"][0], stored["observation"][1])
    assert after.items is not None
    picked = np.append(np.array([[1, 2], [2, 1], [1, 3]]), [[-1]] * 3, 1)[
        np.arange(3), stored["action"][0]
    ]
    expected = others_share(picked[None], np.ones((1, 3), bool), ALL, after.items)
    np.testing.assert_array_equal(stored["observation"][1][:, [1, 3]], expected[0])
    assert expected.any()
    assert not stored["observation"][0].any()


def test_a_target_counts_what_the_boltzmann_policy_would_get():
    learner = MeanFieldQ(Bandit.sizes, hidden_size=8, discount=0.5, temperature=0.2)
    for parameter in learner.target_q.parameters():
        parameter.data += 0.3
    rng = torch.Generator().manual_seed(0)
    seen = torch.rand(6, 1, 11, generator=rng)
    mask, yes = torch.ones(6, 1, 4, dtype=torch.bool), torch.ones(6, 1, dtype=torch.bool)
    mask[:, :, 1] = False
    rows = Experience(seen, mask, yes, torch.zeros(6, 1).long(), torch.ones(6, 1), yes, seen, mask)
    _, _, target = learner._errors(rows)
    legal = [0, 2, 3]
    weight = torch.exp(learner.q(seen, mask).scores[..., legal] / 0.2)
    weight = weight / weight.sum(-1, keepdim=True)
    scores, value = learner.target_q(seen, mask)
    scores = scores[..., legal]
    worth = value + (weight * (scores - scores.mean(-1, keepdim=True))).sum(-1)
    torch.testing.assert_close(target, 1 + 0.5 * worth)


def test_sampled_play_is_drawn_from_the_boltzmann_policy():
    learner = MeanFieldQ(Bandit.sizes, hidden_size=8, temperature=2.0)
    view = Bandit(num_envs=1).view
    seen = learner._field.join(view)
    scores = learner.q(torch.tensor(seen.observation), torch.tensor(seen.action_mask)).scores
    expected = (scores / learner.temperature).softmax(-1).detach().numpy()
    actor = learner.actor()
    drawn = np.stack([actor.act(view, explore=True) for _ in range(4_000)])
    shares = (drawn[..., None] == np.arange(4)).mean(0)
    np.testing.assert_allclose(shares, expected, atol=0.03)


class Minority:
    """Two items: who picks what fewer picked at the last step is paid 1; seven agents, 10 steps.

    The least crowded item is seen in the mean field only.
    """

    sizes = Sizes(
        num_agents=7,
        observation_size=3,
        num_actions=3,
        agent_names=tuple(f"user_{n}" for n in range(7)),
        layout=PlainLayout(2, {"nothing": slice(0, 1)}, {"nothing": slice(0, 1)}),
    )

    def __init__(self, num_envs: int = 16, seed: int = 0):
        self._rng, self._num_envs, self._time = np.random.default_rng(seed), num_envs, 0
        self._crowd = np.zeros((num_envs, 2))  # of the last step, by item
        self.view = self._look(is_start=True)

    def _look(self, is_start: bool) -> View[np.ndarray]:
        shape = (self._num_envs, 7)
        return View(
            observation=np.zeros((*shape, 3), np.float32),
            action_mask=np.ones((*shape, 3), bool),
            alive=np.ones(shape, bool),
            start=np.full(self._num_envs, is_start),
            items=self._rng.permuted(np.tile(np.arange(2), (*shape, 1)), axis=-1),
        )

    def step(self, action: np.ndarray) -> Transition[np.ndarray]:
        """The reward is of the last step's crowd."""
        view = self.view
        assert view.items is not None
        items = np.append(view.items, np.full((*action.shape, 1), -1), -1)
        item = np.take_along_axis(items, action[..., None], -1)[..., 0]
        least = self._crowd.argmin(1)[:, None]
        is_told = (self._crowd[:, 0] != self._crowd[:, 1])[:, None]
        reward = ((item == least) & is_told).astype(np.float32)
        self._crowd = (item[..., None] == np.arange(2)).sum(1)
        self._time = (self._time + 1) % 10
        cut = np.full(action.shape, self._time == 0)
        following = self._look(is_start=False)
        self.view = following._replace(start=cut[:, 0])
        if self._time == 0:
            self._crowd = np.zeros_like(self._crowd)
        return Transition(view, action, reward, reward, ~cut & False, cut, following)


@pytest.mark.parametrize(
    "make",
    [
        lambda sizes: MeanFieldQ(sizes, epsilon_steps=2_000, discount=0.0, **SMALL),
        lambda sizes: MeanFieldAC(sizes, hidden_size=16, learning_rate=1e-2, discount=0.0),
    ],
    ids=["q", "ac"],
)
def test_who_reads_the_field_goes_where_the_others_did_not(make):
    learner = make(Minority.sizes)
    train(learner, Minority(), 300)
    # the first of ten steps pays nobody; without the field, half of the rest is all there is
    assert mean_reward(learner.actor(), Minority(seed=1), 50) > 0.75


def test_no_agent_is_known_by_name_unless_asked_for():
    assert MeanFieldQ(SIZES, hidden_size=8).q.agent_id is None
    assert MeanFieldQ(SIZES, hidden_size=8, agent_id=True).q.agent_id is not None


def test_an_evaluation_has_a_field_of_its_own():
    learner, world = MeanFieldAC(SIZES, hidden_size=8), RandomWorld()
    actor = learner.actor()
    actor.act(world.view, explore=True)
    before = learner._field.state_dict()
    actor.act(world.view, explore=True)
    for name, x in learner._field.state_dict().items():
        np.testing.assert_array_equal(x, before[name])
    assert before["alive"].shape == (0, 0)


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(ValueError, match="temperature must be > 0, got 0"):
        MeanFieldQ(Bandit.sizes._replace(agent_names=NAMES), temperature=0)
