"""Rewards or payoffs: each learner learns from one of the two, and large errors count linearly."""

from typing import Any

import numpy as np
import pytest
import torch

from agents import AGENTS
from agents.independent.ippo import IPPO
from agents.random_world import SIZES, RandomWorld
from agents.tensors import to_tensor
from agents.testing import _equal

from .small import SMALL

CENTRAL = SIZES._replace(state_size=5)
DELTA = 0.5


def by_payoffs(name: str) -> bool:
    """Teams are paid together whatever the objective is, and a model of payoffs says so."""
    return name == "supervised" or getattr(AGENTS[name], "is_cooperative", False)


def state_after(name: str, *, reward: float, payoff: float) -> dict[str, Any]:
    """Everything a learner knows after 20 steps with rewards and payoffs times these."""
    sizes = CENTRAL if getattr(AGENTS[name], "is_central", False) else SIZES
    learner, world = AGENTS[name](sizes, **SMALL.get(name, {})), RandomWorld(sizes)
    for _ in range(20):
        now = world.step(learner.act(world.view, explore=True))
        paid = now._replace(reward=reward * now.reward, payoff=payoff * now.payoff)
        learner.learn(paid)
    return learner.weights() if hasattr(learner, "weights") else learner.state_dict()


@pytest.mark.parametrize("name", [name for name in AGENTS if name != "random"])
def test_only_rewards_matter_or_only_payoffs_where_a_team_or_a_model_learns(name):
    one, two = 1.0, -2.0
    plain = state_after(name, reward=one, payoff=one)
    same = state_after(name, reward=one, payoff=two)
    other = state_after(name, reward=two, payoff=one)
    if by_payoffs(name):
        same, other = other, same
    assert _equal(same, plain)
    assert not _equal(other, plain)


def linear_beyond(distance: torch.Tensor) -> torch.Tensor:
    """Huber's loss: half of the square up to DELTA, then a line."""
    assert distance.min() < DELTA < distance.max()
    return torch.where(distance <= DELTA, distance.square() / 2, DELTA * (distance - DELTA / 2))


@pytest.mark.parametrize("name", ["iql", "vdn", "qmix", "maddpg"])
def test_errors_of_values_beyond_huber_delta_count_linearly(name):
    constants = {"hidden_size": 8, "warmup": 10**6, "huber_delta": DELTA}
    learner, world = AGENTS[name](CENTRAL, **constants), RandomWorld(CENTRAL)
    for _ in range(20):
        learner.learn(world.step(learner.act(world.view, explore=True)))
    sampled = learner._replay.sample(32, np.random.default_rng(0))
    rows = sampled._make(to_tensor(x, learner._device) for x in sampled)
    loss, *rest = learner._errors(rows)
    if name == "maddpg":
        loss, distance, *_ = rest[0]
    else:
        q, target = rest
        distance = (q - target).abs()
    torch.testing.assert_close(loss, linear_beyond(distance))


def test_errors_of_a_critic_beyond_huber_delta_count_linearly():
    learner = IPPO(SIZES, hidden_size=8, rollout_steps=8, huber_delta=DELTA)
    world = RandomWorld()
    last: Any = None
    for _ in range(8):
        last = world.step(learner.act(world.view, explore=True))
        learner._rollout.add(learner._step(last))
    batch, _ = learner._batch(learner._rollout.take(), last)
    piece = batch.at(torch.arange(len(batch.action)))
    distance = (learner.critic(piece) - piece.known[..., 2]).abs()
    torch.testing.assert_close(learner._errors(piece)["value_loss"], linear_beyond(distance))
