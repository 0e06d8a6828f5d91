"""QMIX: a mixture that no agent's value can lower, and that the state decides."""

import numpy as np
import pytest
import torch

from agents import Sizes
from agents.cooperative.qmix import QMIX, Mixer
from agents.cooperative.team import TeamExperience, scaled
from agents.q_learning import dueling
from agents.random_world import SIZES

from .test_vdn import following_values, moved, transitions
from .worlds import Told, mean_reward, train


def mixer(num_agents: int = 3, state_size: int = 4) -> Mixer:
    return Mixer(num_agents, state_size, 8, 16, torch.Generator().manual_seed(0))


def test_no_agents_value_lowers_the_value_of_the_team():
    rng = torch.Generator().manual_seed(1)
    q = torch.randn(200, 3, generator=rng, requires_grad=True)
    state = 3 * torch.randn(200, 4, generator=rng)
    (gradient,) = torch.autograd.grad(mixer()(q, state).sum(), q)
    assert (gradient >= 0).all()
    assert (gradient > 0).any()


def test_the_mixture_is_the_one_of_the_equation():
    mix, q, state = mixer(2), torch.tensor([[0.5, -2.0]]), torch.tensor([[1.0, 0.0, -1.0, 2.0]])
    weight, last = mix.first_weight(state).abs().view(2, 8), mix.second_weight(state).abs()
    inner = q @ weight + mix.first_bias(state)
    hidden = torch.where(inner > 0, inner, inner.exp() - 1)
    expected = (hidden * last).sum() + mix.value(state).squeeze()
    torch.testing.assert_close(mix(q, state).squeeze(), expected)


def test_the_state_decides_how_much_an_agent_counts():
    q = torch.zeros(2, 3, requires_grad=True)
    state = torch.stack([torch.ones(4), -torch.ones(4)])
    (gradient,) = torch.autograd.grad(mixer()(q, state).sum(), q)
    assert not torch.allclose(gradient[0], gradient[1])


def test_without_a_global_state_it_is_refused():
    with pytest.raises(ValueError, match="qmix needs a global state, got none"):
        QMIX(Sizes(2, 1, 3))


def test_a_target_mixes_what_follows_by_the_state_that_follows():
    sizes = SIZES._replace(state_size=5)
    learner = QMIX(sizes, hidden_size=8, discount=0.5, bootstrap_at_horizon=False)
    moved(learner.target_q)
    moved(learner._target_mixer)
    ends = 0
    for transition in transitions(learner, sizes, 14):
        row = TeamExperience._make(map(torch.tensor, map(np.array, learner._step(transition))))
        _, q, target = learner._errors(row)
        values = torch.tensor(following_values(learner, transition)).float()
        assert transition.next_view.state is not None
        mixed = learner._target_mixer(values, torch.tensor(scaled(transition.next_view.state)))
        goes_on = transition.view.alive & ~transition.terminated & ~transition.truncated
        expected = transition.payoff.mean(1) + 0.5 * mixed.detach().numpy() * goes_on.any(1)
        np.testing.assert_allclose(target.numpy(), expected, rtol=1e-4, atol=1e-5)
        own = dueling(learner.q, row.observation, row.action_mask, row.action)
        assert transition.view.state is not None
        state = torch.tensor(scaled(transition.view.state))
        torch.testing.assert_close(q, learner._mixer(own.where(row.alive, 0), state))
        ends += (~goes_on.any(1)).sum()
    assert ends > 0


def test_it_finds_the_best_cell_of_a_game_of_coordination():
    world = Told(np.diag([1.0, 3.0, 2.0]))
    learner = QMIX(
        world.sizes,
        discount=0.0,
        epsilon_steps=2_000,
        hidden_size=16,
        warmup=64,
        batch_size=64,
        learning_rate=5e-3,
        learning_rate_steps=8_000,
    )
    train(learner, world, 500)
    assert mean_reward(learner.actor(), world, 1) == 3.0
