"""The objective of PPO, by hand, and what its gradient steps are made of."""

import numpy as np
import pytest
import torch

from agents.independent.ippo import IPPO
from agents.random_world import SIZES

RATIO = torch.tensor([0.5, 1.0, 1.5])


def objective(advantage: float):
    """Values, gradients by the log-probability, and metrics, at the three ratios; clip is 0.2."""
    log_prob = RATIO.log().requires_grad_()
    learner = IPPO(SIZES, hidden_size=8, clip=0.2)
    gain, metrics = learner._objective(log_prob, torch.zeros(3), torch.full((3,), advantage))
    (slope,) = torch.autograd.grad(gain.sum(), log_prob)
    return gain, slope, metrics


@pytest.mark.parametrize(
    ("advantage", "values", "slopes"),
    [
        (1.0, [0.5, 1.0, 1.2], [0.5, 1.0, 0.0]),  # no reason to raise what is raised enough
        (-1.0, [-0.8, -1.0, -1.5], [0.0, -1.0, -1.5]),  # nor to lower what is lowered enough
        (2.0, [1.0, 2.0, 2.4], [1.0, 2.0, 0.0]),
    ],
)
def test_a_gain_beyond_the_clip_counts_no_more_and_has_no_gradient(advantage, values, slopes):
    gain, slope, _ = objective(advantage)
    torch.testing.assert_close(gain, torch.tensor(values))
    torch.testing.assert_close(slope, torch.tensor(slopes))


def test_the_share_of_clipped_ratios_and_the_distance_of_the_policies_are_told():
    _, _, metrics = objective(1.0)
    assert metrics["clip_fraction"].tolist() == [1.0, 0.0, 1.0]
    # ratio - 1 - log ratio: -.5 + log 2, 0, .5 - log 1.5
    torch.testing.assert_close(metrics["approx_kl"], torch.tensor([0.193147, 0.0, 0.094535]))


def test_every_epoch_meets_all_units_once_in_an_order_of_its_own():
    learner = IPPO(SIZES, hidden_size=8, num_epochs=2, minibatch_size=64)
    units, unit_steps = np.arange(32), 4 // learner._sets.num_agents
    parts = [part.tolist() for part in learner._minibatches(units, unit_steps)]
    assert [len(part) for part in parts] == [16] * 4
    first, second = sorted(parts[0] + parts[1]), sorted(parts[2] + parts[3])
    assert first == second == units.tolist()
    assert set(parts[0]) != set(parts[2])
