"""A rollout remembered anew: which rows a minibatch has, and where its gradients go."""

from typing import Any

import numpy as np
import pytest
import torch

from agents.independent.ippo import IPPO
from agents.random_world import SIZES, RandomWorld
from agents.recall import Recall

from .gradients import check_total_derivative

H = 6
CASES = pytest.mark.parametrize(
    "constants",
    [{"agent_id": False}, {"sharing": "all"}, {"sharing": "none"}, {"sharing": (0, 0, 1, 1)}],
    ids=["alike", "all", "none", "groups"],
)


def made(**constants) -> Any:
    given: dict[str, Any] = {"hidden_size": 8, "memory_size": H, "rollout_steps": 5} | constants
    learner, rng = IPPO(SIZES, **given), torch.Generator().manual_seed(0)
    for parameter in learner.policy.parameters():
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=rng)
    return learner


def recalled(learner, rollouts: int = 2) -> Any:
    """The last of some rollouts, as rows as they were read, and who of them was alive."""
    world, steps, transition = RandomWorld(), None, None
    for _ in range(rollouts * learner.rollout_steps):
        transition = world.step(learner.act(world.view, explore=True))
        learner._rollout.add(learner._step(transition))
        if learner._rollout.is_full:
            steps = learner._rollout.take()
    assert steps is not None
    assert transition is not None
    batch, _ = learner._batch(steps, transition)
    alive = learner._rows(steps.alive)
    return Recall(learner.policy.memory, steps, batch, alive), batch, alive


@CASES
def test_rows_remembered_with_the_weights_that_played_are_those_that_were_read(constants):
    recall, batch, alive = recalled(made(**constants))
    numbered = batch._replace(action=torch.arange(alive.numel()).view_as(alive))
    recall._batch = numbered
    chosen = torch.tensor(recall.units[1:])
    rows, every, is_there, _ = recall.take(chosen)
    found = rows.action[:, 0] // alive.shape[1]  # of the rollout
    in_chosen = torch.isin(torch.arange(len(alive)) % len(recall._first), chosen)
    assert set(found.tolist()) == set((in_chosen & alive.any(1)).nonzero().squeeze(1).tolist())
    assert every.tolist() == list(range(len(found)))
    torch.testing.assert_close(is_there, alive[found])
    torch.testing.assert_close(rows.observation[is_there], batch.observation[found][is_there])


@CASES
def test_a_policy_that_did_not_change_plays_as_it_did_when_it_remembers_anew(constants):
    learner = made(**constants, num_epochs=1, learning_rate=1e-30, learning_rate_end=0.0)
    world, seen = RandomWorld(), []
    for _ in range(20):
        metrics = learner.learn(world.step(learner.act(world.view, explore=True)))
        seen += [metrics["approx_kl"]] if metrics else []
    assert len(seen) == 4
    np.testing.assert_allclose(seen, 0, atol=1e-7)


@CASES
def test_the_gradient_of_pieces_and_of_their_past_is_the_total_derivative(constants):
    learner = made(**constants)
    recall, _, _ = recalled(learner)
    policy = learner.policy.double()
    recall._observation, recall._first = recall._observation.double(), recall._first.double()
    chosen = torch.tensor(recall.units)
    num_rows, rng = len(recall.take(chosen)[1]), torch.Generator().manual_seed(0)
    weight = torch.randn(num_rows, 1, SIZES.num_actions, dtype=torch.float64, generator=rng)

    def parts():
        rows, every, _, past = recall.take(chosen)
        pieces = (rows.at(part) for part in every.split(5))
        scored = (policy(piece.observation, piece.action_mask).scores for piece in pieces)
        return ((w * x).sum() for w, x in zip(weight.split(5), scored, strict=True)), past

    check_total_derivative(policy.memory, parts)


def test_the_critic_reads_what_the_policy_remembers_and_does_not_teach_it():
    learner = made(entropy_bonus=0.0)
    recall, _, _ = recalled(learner)
    rows, *_ = recall.take(torch.tensor(recall.units))
    seen = rows.observation
    learner.critic(rows).sum().backward()
    assert seen.grad is not None
    assert seen.grad[..., -H:].any()
    seen.grad.zero_()
    without_advantage = rows._replace(known=rows.known * torch.tensor([1, 0, 1]))
    total: dict[str, torch.Tensor] = {}
    learner._loss(without_advantage, torch.ones(rows.action.shape), total).backward()
    assert total["value_loss"] > 0
    assert not seen.grad.any()
