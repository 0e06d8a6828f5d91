"""The loop shows a policy what it may see, tells a learner what happened, and counts rightly."""

import numpy as np
import pytest

from agents.contract import Sizes
from agents.exploration import sample_legal
from agents.independent.ippo import IPPO
from experiments import acting, loop
from experiments.records import Averager, Record, known_mean
from marec_env import Catalogue, make_vec

CATALOGUE = Catalogue.synthetic(seed=1, num_users=8, num_items=32)
SMALL = {"catalogue": CATALOGUE, "num_agents": 3, "pool_size": 8, "slate_size": 4, "horizon": 5}


def ecommerce(num_envs=4, **changes):
    return make_vec("ecommerce-v0", num_envs, with_state=True, **SMALL | changes)


def sizes_of(env):
    game, now = env.scenario, env.reset(0)
    return Sizes(game.num_agents, now.observation.shape[-1], game.num_actions, layout=game.layout)


def equal(a, b):
    """Whether two nested dicts of arrays, tensors and numbers are the same bit for bit."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[name], b[name]) for name in a)
    return bool(np.array_equal(np.asarray(a), np.asarray(b)))


class First:
    """Takes the first legal action and keeps all it is shown and told."""

    def __init__(self):
        self.views, self.transitions, self.explored = [], [], []

    def act(self, view, *, explore):
        self.views.append(view)
        self.explored.append(explore)
        return view.action_mask.argmax(-1)

    def learn(self, transition) -> dict[str, float]:
        self.transitions.append(transition)
        return {"told": len(self.transitions)} if len(self.transitions) % 2 == 0 else {}

    def actor(self):
        return First()

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


class Moody:
    """A learner that draws and has no actor."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def act(self, view, *, explore):
        return sample_legal(view.action_mask, self.rng)

    def learn(self, transition):
        return {}


class Central(First):
    is_central = True


class Privileged(First):
    privileged = True


@pytest.mark.parametrize(
    ("kind", "sees_state", "sees_truth"),
    [(First, False, False), (Central, True, False), (Privileged, True, True)],
)
def test_state_and_truth_are_shown_only_to_those_whose_class_asks(kind, sees_state, sees_truth):
    learner = kind()
    list(loop.train(ecommerce(), learner, steps=4, seed=0))
    view, told = learner.views[0], learner.transitions[0]
    assert (view.state is not None, view.truth is not None) == (sees_state, sees_truth)
    assert (told.next_view.state is not None) == sees_state
    assert told.next_view.truth is None


def test_every_step_is_told_once_and_leads_from_what_was_seen_to_its_true_successor():
    learner, env = First(), ecommerce()
    list(loop.train(env, learner, steps=4 * 7, seed=3))
    now = env.reset(3)
    for view, told in zip(learner.views, learner.transitions, strict=True):
        assert told.view is view
        np.testing.assert_array_equal(view.observation, now.observation)
        now = env.step(told.action)
        np.testing.assert_array_equal(told.reward, now.reward)
        np.testing.assert_array_equal(told.payoff, now.payoff)
        np.testing.assert_array_equal(told.next_view.observation, now.final_observation)
        np.testing.assert_array_equal(told.truncated, now.truncated)
    assert len(learner.transitions) == 7
    assert all(learner.explored)


def test_steps_are_summed_over_the_copies():
    records = list(loop.train(ecommerce(), First(), steps=30, seed=0))
    assert [record.step for record in records] == [4, 8, 12, 16, 20, 24, 28]


def test_an_episode_shows_up_on_the_step_that_ends_it_and_what_a_learner_says_when_it_says_it():
    records = list(loop.train(ecommerce(), First(), steps=24, seed=0))
    assert ["episode/welfare" in r.values for r in records] == [0, 0, 0, 0, 1, 0]
    assert ["learner/told" in r.values for r in records] == [0, 1, 0, 1, 0, 1]


def test_every_action_of_a_living_agent_is_counted():
    records = list(loop.train(ecommerce(), First(), steps=4, seed=0))
    first = ecommerce().reset(0).action_mask.argmax(-1)
    assert (
        records[0].counts["train/actions"].tolist()
        == np.bincount(first.ravel(), minlength=5).tolist()
    )


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        (np.zeros((4, 3)), r"integers of shape \[B, N\] = \(4, 3\), got float64"),
        (np.zeros((3, 4), int), r"got int64 of shape \(3, 4\)"),
        (np.full((4, 3), 5), "got 5 for agent 0 of copy 0, where"),
        (np.full((4, 3), -1), "got -1 for agent 0 of copy 0, where"),
    ],
)
def test_an_illegal_action_is_never_played(action, sentence):
    policy = First()
    policy.act = lambda view, *, explore: action
    with pytest.raises(acting.IllegalAction, match=sentence):
        list(loop.train(ecommerce(), policy, steps=4, seed=0))


def test_a_masked_action_is_illegal_for_the_living_only():
    view = acting.look(ecommerce().reset(0), First())
    mask = np.ones_like(view.action_mask)
    mask[0, 0] = [False, False, False, False, True]
    masked = view._replace(action_mask=mask)
    policy = First()
    policy.act = lambda view, *, explore: np.zeros((4, 3), np.int64)
    with pytest.raises(acting.IllegalAction, match=r"got 0 for agent 0 of copy 0, where \[4\]"):
        acting.act(policy, masked, explore=False)
    alive = view.alive.copy()
    alive[0, 0] = False
    assert not acting.act(policy, masked._replace(alive=alive), explore=False).any()


def test_evaluation_pays_what_the_environment_paid():
    env = ecommerce()
    played = loop.evaluate(env, First(), 4, seed=9, explore=False)
    now, payoff = env.reset(9), np.zeros((4, 3))
    for _ in range(5):
        now = env.step(now.action_mask.argmax(-1))
        payoff += now.payoff
    np.testing.assert_array_equal(played.payoff, payoff)
    np.testing.assert_allclose(played.metrics["welfare"], played.returns / 5, rtol=1e-6)
    assert played.length.tolist() == [5] * 4
    assert played.actions.sum() == 4 * 3 * 5
    assert sum(played.items.values()) == played.actions[:-1].sum()


def test_what_each_agent_has_of_its_own_is_kept_by_agent_and_averaged_in_records():
    played = loop.evaluate(ecommerce(3), First(), 4, seed=9, explore=False)
    np.testing.assert_allclose(played.metrics["return"], played.payoff, rtol=1e-6)
    *_, last = loop.train(ecommerce(), First(), steps=20, seed=9)
    assert last.values["episode/return"] == pytest.approx(played.payoff.mean(), rel=1e-6)


def test_a_mean_is_over_what_is_defined():
    assert known_mean(np.array([[1.0, np.nan], [4.0, 1.0]])) == 2
    assert np.isnan(known_mean(np.full((2, 3), np.nan)))


@pytest.mark.parametrize("num_envs", [1, 3, 7, 9])
def test_an_episode_does_not_depend_on_how_many_are_played_at_once(num_envs):
    whole = loop.evaluate(ecommerce(7), First(), 7, seed=5, explore=False)
    parts = loop.evaluate(ecommerce(num_envs), First(), 7, seed=5, explore=False)
    np.testing.assert_array_equal(whole.payoff, parts.payoff)
    np.testing.assert_array_equal(whole.actions, parts.actions)
    assert whole.items == parts.items


def test_evaluation_is_played_by_the_actor():
    learner = First()
    loop.evaluate(ecommerce(), learner, 4, seed=0, explore=True)
    assert learner.views == []


def test_a_learner_without_an_actor_is_copied():
    learner = Moody()
    before = learner.rng.bit_generator.state
    loop.evaluate(ecommerce(), learner, 4, seed=0, explore=True)
    assert learner.rng.bit_generator.state == before


def test_weights_with_and_without_evaluation_are_equal_bit_for_bit():
    def weights(evaluates):
        env, elsewhere = ecommerce(), ecommerce(2)
        learner = IPPO(sizes_of(env), seed=1, rollout_steps=5, minibatch_size=16)
        for _ in loop.train(env, learner, steps=80, seed=0):
            if evaluates:
                for explore in (False, True):
                    loop.evaluate(elsewhere, learner, 2, seed=7, explore=explore)
        return learner.state_dict()

    assert equal(weights(False), weights(True))


def averaged(records, every):
    averager = Averager(every)
    found = [averager.add(record) for record in records]
    return [record for record in (*found, averager.flush()) if record is not None]


def test_averages_skip_what_is_missing_and_counts_add_up():
    records = [
        Record(2, {"a": 1.0}, {"n": np.array([1, 0])}),
        Record(4, {"a": 3.0, "b": 5.0}, {"n": np.array([0, 2])}),
        Record(6, {"a": np.nan}, {}),
    ]
    (one,) = averaged(records, every=4)
    assert (one.step, one.values) == (4, {"a": 2.0, "b": 5.0})
    assert one.counts["n"].tolist() == [1, 2]


def test_the_last_window_may_be_short():
    records = [Record(step, {"a": float(step)}, {}) for step in (2, 4, 6)]
    assert [(r.step, r.values["a"]) for r in averaged(records, every=4)] == [(4, 3.0), (6, 6.0)]
