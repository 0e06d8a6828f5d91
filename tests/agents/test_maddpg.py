"""MADDPG: what the critic is told, its target, and the gradient that passes an argmax."""

import copy
from typing import Any

import numpy as np
import pytest
import torch

from agents.cooperative.maddpg import MADDPG, Joint, critic_sizes, one_hot, straight_through
from agents.cooperative.team import TeamExperience
from agents.random_world import SIZES, RandomWorld
from agents.tensors import only_legal

from .worlds import Told, mean_reward, train

CENTRAL = SIZES._replace(state_size=5)
SMALL: dict[str, Any] = {"hidden_size": 16, "warmup": 64, "batch_size": 64}


def rows(learner: MADDPG, num_steps: int = 14) -> TeamExperience:
    """Steps of a world in which agents die and episodes are cut."""
    world, steps = RandomWorld(learner.sizes), []
    for _ in range(num_steps):
        steps.append(learner._step(world.step(learner.act(world.view, explore=True))))
    return TeamExperience._make(torch.tensor(np.concatenate(x)) for x in zip(*steps, strict=True))


def test_straight_through_is_one_hot_with_the_gradient_of_the_softmax():
    scores = torch.tensor([0.2, 1.0, -0.5], requires_grad=True)
    drawn = straight_through(scores)
    assert drawn.tolist() == pytest.approx([0, 1, 0], abs=1e-7)
    weight = torch.tensor([3.0, 1.0, 2.0])
    (slope,) = torch.autograd.grad((drawn * weight).sum(), scores)
    soft = scores.softmax(0)
    torch.testing.assert_close(slope, soft * (weight - (soft * weight).sum()))


def test_an_illegal_action_is_never_drawn_and_has_no_gradient():
    scores = torch.tensor([0.2, 9.0, -0.5], requires_grad=True)
    drawn = straight_through(only_legal(scores, torch.tensor([True, False, True])))
    assert drawn.tolist() == pytest.approx([1, 0, 0], abs=1e-7)
    (slope,) = torch.autograd.grad((drawn * torch.tensor([3.0, 5.0, 2.0])).sum(), scores)
    assert slope[1] == 0
    assert slope[0] > 0


@pytest.mark.parametrize("sizes", [CENTRAL, CENTRAL._replace(layout=None)])
def test_the_critic_of_an_agent_is_told_its_own_action_those_of_others_and_the_state(sizes):
    learner = MADDPG(sizes, hidden_size=8)
    sample, seen = rows(learner), []
    played = one_hot(sample.action, sample.action_mask, sample.alive)
    step = Joint(sample.observation, sample.action_mask, played, sample.state)
    learner.critic.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    learner._judged(learner.critic, step, played)
    (told,) = seen
    assert told.shape[-1] == critic_sizes(sizes, 0).observation_size
    own, others, state = told[..., -25:].split([4, 16, 5], -1)  # A, N A and G columns
    torch.testing.assert_close(own, played)
    for n in range(4):
        expected = played.clone()
        expected[:, n] = 0
        torch.testing.assert_close(others[:, n], expected.flatten(1))
        torch.testing.assert_close(state[:, n], sample.state)
    if sizes.layout is not None:  # every candidate says whether it is picked
        torch.testing.assert_close(told[..., [2, 5, 8]], played[..., :3])


def test_the_target_is_the_teams_and_whoever_left_counts_on_those_who_go_on():
    learner = MADDPG(CENTRAL, hidden_size=8, discount=0.5, bootstrap_at_horizon=False)
    rng = torch.Generator().manual_seed(0)
    for network in (learner.target_critic, learner.target_policy):  # which lag behind by now
        for parameter in network.parameters():
            parameter.data += 0.2 * torch.randn(parameter.shape, generator=rng)
    sample = rows(learner)
    mask = sample.next_action_mask
    scores = learner.target_policy(sample.next_observation, mask).scores
    best = scores.masked_fill(~mask, -torch.inf).argmax(-1)
    played = one_hot(best, mask, sample.continues)
    step = Joint(sample.next_observation, mask, played, sample.next_state)
    q = learner._judged(learner.target_critic, step, played).detach()
    target = learner._target(sample).detach()
    some_left = 0
    for r, goes_on in enumerate(sample.continues):
        mean = q[r][goes_on].mean() if goes_on.any() else torch.tensor(0.0)
        expected = sample.reward[r] + 0.5 * torch.where(goes_on, q[r], mean)
        torch.testing.assert_close(target[r], expected)
        some_left += bool(goes_on.any() and not goes_on.all())
    assert some_left > 0


def test_the_policy_climbs_the_critic_and_leaves_it_as_it_is():
    learner = MADDPG(CENTRAL, hidden_size=8, score_penalty=0.0)
    critic, policy = list(learner.critic.parameters()), list(learner.policy.parameters())
    sample = rows(learner)
    rng = copy.deepcopy(learner._rng)
    losses, (error, *_) = learner._errors(sample)
    alone = torch.autograd.grad(error.sum(), critic, retain_graph=True)
    torch.testing.assert_close(torch.autograd.grad(losses.sum(), critic, retain_graph=True), alone)
    climb = torch.autograd.grad(losses.sum(), policy)

    # by hand: - d Q / d a_n, through the softmax of what was drawn with the same noise
    scores = learner.policy(sample.observation, sample.action_mask).scores
    noise = torch.from_numpy(rng.gumbel(size=scores.shape).astype(np.float32))
    drawn = straight_through(only_legal(scores, sample.action_mask) + noise)
    played = one_hot(sample.action, sample.action_mask, sample.alive)
    step = Joint(sample.observation, sample.action_mask, played, sample.state)
    worth = learner._judged(learner.critic, step, drawn).sum()
    torch.testing.assert_close(climb, torch.autograd.grad(-worth, policy))


def test_the_critic_teaches_nothing_to_what_is_remembered():
    learner = MADDPG(CENTRAL, hidden_size=8, score_penalty=0.0)
    sample = rows(learner)
    leaf = sample.observation.clone().requires_grad_()
    losses, (error, *_) = learner._errors(sample._replace(observation=leaf))
    (whole,) = torch.autograd.grad(losses.sum(), leaf, retain_graph=True)
    assert whole.any()  # of the policy
    assert torch.autograd.grad(error.sum(), leaf, allow_unused=True) == (None,)


def test_the_penalty_is_the_mean_square_of_the_legal_scores():
    sample = rows(MADDPG(CENTRAL, hidden_size=8))
    learners = [MADDPG(CENTRAL, hidden_size=8, score_penalty=rho) for rho in (0.0, 2.0)]
    without, with_it = (learner._errors(sample)[1][4].detach() for learner in learners)
    legal = sample.action_mask
    scores = learners[0].policy(sample.observation, legal).scores.masked_fill(~legal, 0)
    torch.testing.assert_close(with_it - without, 2 * scores.square().sum(-1) / legal.sum(-1))


def test_it_finds_the_best_cell_of_a_game_of_coordination():
    world = Told(np.diag([1.0, 3.0, 2.0]))
    learner = MADDPG(
        world.sizes, discount=0.0, learning_rate=5e-3, learning_rate_steps=8_000, **SMALL
    )
    train(learner, world, 500)
    assert mean_reward(learner.actor(), world, 1) == 3.0


def test_it_needs_a_state():
    with pytest.raises(ValueError, match="maddpg needs a global state"):
        MADDPG(SIZES)
