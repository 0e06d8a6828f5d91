"""COMA: what an action added, the others' actions being what they were."""

from types import SimpleNamespace

import numpy as np
import torch

from agents.cooperative.coma import COMA
from agents.random_world import SIZES, RandomWorld

from .worlds import Told, ends_of, penalty

CENTRAL = SIZES._replace(state_size=5)


def seen_by(learner, view, action):
    told = learner._told(view, action)
    return learner._seen(view.observation, view.action_mask, action, told)


def test_the_advantage_is_what_the_action_added_to_the_mean_of_all():
    # Q is the payoff itself; of a uniform policy the counterfactual is the mean of a column
    payoff = penalty(-25)
    world = Told(payoff, num_envs=3)
    learner = COMA(world.sizes, hidden_size=8, sharing="none")
    for parameter in learner.policy.parameters():
        parameter.data.zero_()

    def q(told, mask):  # the columns: observed, state, three actions of agent 0, three of agent 1
        other = told[..., 2:5] + told[..., 5:8]  # one of them is hidden
        return SimpleNamespace(scores=other @ torch.tensor(payoff).float().mT)

    learner.critic.network.forward = q
    action = np.array([[0, 0], [0, 2], [1, 2]])
    merit = learner._merit(seen_by(learner, world.view, action), torch.zeros(3, 2))
    mean = payoff.mean(0)  # -5, 4, -5: the game is symmetric
    expected = [
        [-25 - mean[0], -25 - mean[0]],
        [10 - mean[2], 10 - mean[0]],
        [0 - mean[2], 0 - mean[1]],
    ]
    np.testing.assert_allclose(merit.numpy(), np.array(expected), rtol=1e-5)


def test_each_agent_is_told_what_the_others_who_are_there_do_but_not_what_it_does():
    for agent_id in (True, False):
        learner, view = COMA(CENTRAL, hidden_size=8, agent_id=agent_id), RandomWorld(CENTRAL).view
        alive = view.alive.copy()
        alive[1, 2] = False
        action = np.arange(12).reshape(3, 4) % 4
        batch = seen_by(learner, view._replace(alive=alive), action)
        rows = torch.arange(len(batch.action))
        joined = batch.at(rows).told.joined(batch.observation).view(3, 4, -1)
        assert view.state is not None
        for b in range(3):
            for n in range(4):
                others = np.eye(4)[action[b]] * alive[b][:, None]
                others[n] = 0
                expected = np.concatenate([view.state[b] / 5**0.5, others.ravel()])
                np.testing.assert_allclose(joined[b, n, -21:], expected, rtol=1e-6)


def test_illegal_actions_are_never_counted():
    learner, view = COMA(CENTRAL, hidden_size=8), RandomWorld(CENTRAL).view
    action = learner.act(view, explore=True)
    batch = seen_by(learner, view, action)
    before = learner._merit(batch, torch.zeros(batch.action.shape))
    scores = learner._q.scores
    learner._q.scores = lambda piece: scores(piece) + 1000 * ~piece.action_mask
    after = learner._merit(batch, torch.zeros(batch.action.shape))
    torch.testing.assert_close(before, after, rtol=0, atol=0)


def test_targets_are_lambda_returns_of_the_critic_that_lags_behind():
    learner = COMA(
        CENTRAL, hidden_size=8, rollout_steps=2, discount=0.5, trace_decay=0.5, sharing="none"
    )
    rng = torch.Generator().manual_seed(3)
    for parameter in learner._judge.network.parameters():
        parameter.data += 0.3 * torch.randn(parameter.shape, generator=rng)
    world, steps = RandomWorld(CENTRAL), []
    everybody, never = np.ones((3, 4), bool), np.zeros((3, 4), bool)
    for _ in range(2):
        view = world.view._replace(alive=everybody)
        transition = world.step(learner.act(world.view, explore=True))
        steps.append(transition._replace(view=view, terminated=never, truncated=never))
        learner._rollout.add(learner._step(steps[-1]))
    stored = learner._rollout.take()
    said = []
    for step in steps:
        q = learner._judge.value(seen_by(learner, step.view, step.action))
        said.append(q.numpy().reshape(3, 4))
    drawn = learner._rng.bit_generator.state
    following = learner._value(steps[1].next_view._replace(alive=everybody))
    learner._rng.bit_generator.state = drawn  # the same actions are foreseen again
    batch, _ = learner._batch(stored, steps[1])
    norm = learner.critic.norm
    target = (batch.known[..., 2] * norm.std + norm.mean).numpy().reshape(2, 3, 4)
    r0, r1 = (step.payoff.mean(1, keepdims=True) for step in steps)
    last = r1 + 0.5 * following
    first = r0 + 0.5 * (0.5 * said[1] + 0.5 * last)
    np.testing.assert_allclose(target, [first, last], rtol=1e-3, atol=1e-4)


def test_the_critic_that_lags_moves_a_share_of_the_way_at_every_update():
    learner = COMA(CENTRAL, hidden_size=8, rollout_steps=2, target_rate=0.25)
    world = RandomWorld(CENTRAL)
    before = [p.clone() for p in learner._judge.network.parameters()]
    for _ in range(2):
        learner.learn(world.step(learner.act(world.view, explore=True)))
    online, after = learner.critic.network.parameters(), learner._judge.network.parameters()
    for old, new, source in zip(before, after, online, strict=True):
        torch.testing.assert_close(new, old + 0.25 * (source - old))


def test_a_pair_finds_the_best_cell_where_missing_it_costs_nothing():
    assert ends_of(COMA, penalty(0), bonus=0.0) == 10
