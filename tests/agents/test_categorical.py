"""Log-probabilities and entropies, with gradients in closed form."""

import pytest
import torch

from agents.categorical import said_of
from agents.tensors import log_probabilities

R, N, A = 5, 3, 4


@pytest.fixture
def rows():
    rng = torch.Generator().manual_seed(0)
    scores = torch.randn(R, N, A, generator=rng, requires_grad=True)
    mask = torch.rand(R, N, A, generator=rng) < 0.6
    mask[..., 1] = True
    mask[0, 0] = torch.tensor([False, True, False, False])  # no choice
    action = mask.flatten(0, 1).float().multinomial(1, generator=rng).view(R, N)
    return scores, mask, action


def test_two_actions_by_hand():
    scores = torch.tensor([[[0.0, torch.tensor(3.0).log().item(), 50.0]]], requires_grad=True)
    mask, action = torch.tensor([[[True, True, False]]]), torch.tensor([[1]])
    log_prob, entropy = said_of(scores, mask, action)  # probabilities 1/4 and 3/4
    assert log_prob.item() == pytest.approx(-0.2876821)
    assert entropy.item() == pytest.approx(0.5623351)
    (slope,) = torch.autograd.grad(log_prob.sum(), scores)
    assert slope.flatten().tolist() == pytest.approx([-0.25, 0.25, 0])


def test_values_and_gradients_are_those_of_autograd(rows):
    scores, mask, action = rows
    log_prob, entropy = said_of(scores, mask, action)
    log = log_probabilities(scores, mask).movedim(0, -1)
    expected = log.gather(-1, action[..., None]).squeeze(-1)
    probability = log.exp()
    expected_entropy = -(probability * log.where(mask, 0)).sum(-1)
    torch.testing.assert_close(log_prob, expected)
    torch.testing.assert_close(entropy, expected_entropy)
    weight = torch.arange(1.0, R * N + 1).view(R, N)
    loss = (weight * (log_prob.exp() - 0.3 * entropy)).sum()
    wanted = (weight * (expected.exp() - 0.3 * expected_entropy)).sum()
    (found,) = torch.autograd.grad(loss, scores)
    torch.testing.assert_close(found, torch.autograd.grad(wanted, scores)[0])
    assert not found[~mask].any()
    assert not found[0, 0].any()


def test_a_certain_policy_has_neither_entropy_nor_nan():
    scores = torch.tensor([[[0.0, 1000.0]]], requires_grad=True)
    mask = torch.ones(1, 1, 2, dtype=torch.bool)
    log_prob, entropy = said_of(scores, mask, torch.tensor([[1]]))
    (slope,) = torch.autograd.grad(log_prob.sum() + entropy.sum(), scores)
    assert log_prob.item() == 0
    assert entropy.item() == pytest.approx(0, abs=1e-30)
    assert slope.abs().max() < 1e-30
