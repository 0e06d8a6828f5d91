"""Central critics: the state they see, the team they judge, and who has left it."""

from dataclasses import fields

import numpy as np
import pytest
import torch

from agents import Sizes
from agents.cooperative.coma import COMA
from agents.cooperative.maa2c import MAA2C
from agents.cooperative.mappo import MAPPO
from agents.independent.ia2c import IA2C
from agents.independent.ippo import IPPO
from agents.random_world import SIZES, RandomWorld

from .test_vdn import Gift
from .worlds import KNOWN_ENDS, ends_of, mean_reward, train

CENTRAL = SIZES._replace(state_size=5)
each_learner = pytest.mark.parametrize("learner_class", [MAA2C, MAPPO, COMA])
FAST = {"hidden_size": 16, "learning_rate": 1e-2, "learning_rate_end": 1e-2, "rollout_steps": 5}


def small(learner_class, **constants):
    return learner_class(CENTRAL, hidden_size=8, **constants)


@each_learner
def test_without_a_global_state_it_is_refused(learner_class):
    name = learner_class.__name__.lower()
    with pytest.raises(ValueError, match=f"{name} needs a global state, got none"):
        learner_class(Sizes(2, 1, 3))


@pytest.mark.parametrize(("alone", "team"), [(IA2C, MAA2C), (IPPO, MAPPO)])
def test_a_team_has_the_constants_of_who_learns_alone(alone, team):
    defaults = [{x.name: x.default for x in fields(each)} for each in (alone, team)]
    assert defaults[0] == defaults[1]


@pytest.mark.parametrize("sharing", ["all", "none", (0, 0, 1, 1)])
@pytest.mark.parametrize("agent_id", [True, False])
def test_the_critic_reads_the_state_beside_what_each_agent_sees(sharing, agent_id):
    learner, view = small(MAPPO, sharing=sharing, agent_id=agent_id), RandomWorld(CENTRAL).view
    assert view.state is not None
    state = np.repeat(view.state[:, None] / np.float32(5**0.5), 4, 1)
    seen = torch.tensor(np.concatenate([view.observation, state], -1))
    expected = learner.critic.network(seen, torch.tensor(view.action_mask)).value
    np.testing.assert_allclose(
        learner._value(view), expected.detach().numpy(), rtol=1e-5, atol=1e-6
    )
    other = learner._value(view._replace(state=view.state + 1))
    assert (other != learner._value(view)).any(1).all()


def test_what_a_batch_is_told_is_told_to_every_row_of_its_step():
    anonymous, named = small(MAPPO, agent_id=False), small(MAPPO, agent_id=True)
    view = RandomWorld(CENTRAL).view
    for learner, rows in ((anonymous, [0, 5, 11]), (named, [0, 2])):
        told = learner._told(view, np.zeros((3, 4), np.int64))
        batch = learner._seen(view.observation, view.action_mask, np.zeros((3, 4), np.int64), told)
        piece = batch.at(torch.tensor(rows))
        steps = [row * learner._sets.num_agents // 4 for row in rows]
        assert view.state is not None
        for joined, step in zip(piece.told.joined(piece.observation), steps, strict=True):
            state = torch.tensor(view.state[step]) / 5**0.5
            torch.testing.assert_close(joined[..., -5:], state.expand(len(joined), 5))


def test_a_team_is_paid_together_and_goes_on_while_anybody_does():
    learner, world = small(MAPPO, bootstrap_at_horizon=False), RandomWorld(CENTRAL)
    partings = ends = 0
    for _ in range(40):
        transition = world.step(learner.act(world.view, explore=True))
        step = learner._step(transition)
        goes_on: np.ndarray = transition.view.alive & ~transition.terminated & ~transition.truncated
        anybody = np.repeat(np.any(goes_on, axis=1)[:, None], 4, 1)
        np.testing.assert_array_equal(step.is_linked, anybody)
        np.testing.assert_array_equal(step.continues, anybody)
        paid = np.repeat(transition.payoff.mean(1)[:, None], 4, 1)
        np.testing.assert_array_equal(step.reward, paid)
        partings += (transition.terminated & anybody).sum()
        ends += (~anybody).sum()
    assert partings > 0
    assert ends > 0


def test_who_leaves_counts_on_what_the_critic_says_for_those_who_stay():
    learner = small(MAPPO)
    value = np.array([[1, 2, 6, 50], [1, 2, 3, 4]], np.float32)
    alive = np.array([[True, True, True, False], [False] * 4])
    np.testing.assert_array_equal(learner._worth(value, alive), [[1, 2, 6, 3], [0, 0, 0, 0]])


def test_the_last_step_of_who_leaves_is_paid_by_what_the_team_earns_later():
    # two steps; the first agent leaves after the first one: its target counts the second as well
    world = Gift(num_envs=2)
    sizes = world.sizes._replace(state_size=1)
    learner = MAPPO(sizes, rollout_steps=2, trace_decay=1.0, discount=0.5, hidden_size=8)
    state, everybody = np.ones((2, 1), np.float32), np.ones((2, 2), bool)
    both = world.view._replace(state=state)
    one = both._replace(alive=everybody & [False, True])
    learner.act(both, explore=True)
    action, pay = np.zeros((2, 2), np.int64), np.array([[4, 0], [8, 0]], np.float32)
    leaves, never = everybody & [True, False], everybody & False
    step = world.step(action)._replace(view=both, next_view=one, payoff=pay, truncated=never)
    learner._rollout.add(learner._step(step._replace(terminated=leaves)))
    later = step._replace(view=one, payoff=pay[:, ::-1], next_view=both, terminated=~leaves)
    learner._rollout.add(learner._step(later))
    value = learner._value(both)
    mean, std = learner.critic.norm.mean, learner.critic.norm.std
    batch, _ = learner._batch(learner._rollout.take(), later)
    assert (mean, std) == (0, 1)
    target = batch.known[..., 2] * learner.critic.norm.std + learner.critic.norm.mean
    target = target.reshape(2, 2, 2).numpy()  # [T, B, N]
    np.testing.assert_allclose(target[0], [[2 + 1, 2 + 1], [4 + 2, 4 + 2]], rtol=1e-4)
    np.testing.assert_allclose(target[1, :, 1], [2, 4], rtol=1e-4)
    assert np.isfinite(value).all()


@each_learner
def test_what_the_dead_see_and_do_changes_nothing(learner_class):
    weights = []
    for noise in (0, 7):
        learner, world = small(learner_class, rollout_steps=5), RandomWorld(CENTRAL)
        for _ in range(10):
            transition = world.step(learner.act(world.view, explore=True))
            dead = ~transition.view.alive
            transition.action[dead] = 3 if noise else 0
            transition.view.observation[dead] += np.float32(noise)
            learner.learn(transition)
        weights.append([p.detach() for p in learner.policy.parameters()])
    torch.testing.assert_close(weights[0], weights[1], rtol=0, atol=0)


@pytest.mark.parametrize("learner_class", [MAA2C, MAPPO])
@pytest.mark.parametrize(("payoff", "bonus", "worth"), KNOWN_ENDS)
def test_it_ends_where_policy_gradients_are_known_to_end(learner_class, payoff, bonus, worth):
    assert ends_of(learner_class, payoff, bonus) == worth


@each_learner
def test_who_is_paid_by_the_other_learns_to_give(learner_class):
    class ToldGift(Gift):
        def __init__(self):
            super().__init__()
            self.sizes = self.sizes._replace(state_size=1)
            self.view = self.view._replace(state=np.ones((16, 1), np.float32))

    learner = learner_class(ToldGift().sizes, **FAST)
    train(learner, ToldGift(), 200)
    assert mean_reward(learner.actor(), ToldGift(), 1) == 1.0
