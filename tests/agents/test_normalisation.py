"""The running norm against plain means and variances."""

import numpy as np
import pytest
import torch

from agents.normalisation import RunningNorm
from agents.sharing import WeightSets

ALL = WeightSets("all", 2)
ALIVE = torch.ones(2, 2, dtype=torch.bool)


def test_after_one_update_it_has_the_mean_and_deviation_of_what_it_saw():
    norm = RunningNorm(1)
    norm.update(ALL, torch.tensor([[1.0, 2.0], [3.0, 6.0]]), ALIVE)
    torch.testing.assert_close(norm.mean, torch.tensor([3.0]))
    torch.testing.assert_close(norm.std, torch.tensor([3.5**0.5]))


def test_two_updates_weigh_as_the_decay_says():
    norm = RunningNorm(1, decay=0.5)
    norm.update(ALL, torch.zeros(2, 2), ALIVE)
    norm.update(ALL, torch.full((2, 2), 3.0), ALIVE)
    torch.testing.assert_close(norm.mean, torch.tensor([2.0]))  # weights .25 and .5, of .75
    torch.testing.assert_close(norm.std, torch.tensor([2**0.5]))


def test_the_dead_do_not_count():
    norm = RunningNorm(1)
    norm.update(ALL, torch.tensor([[1.0, 99.0], [3.0, 99.0]]), ALIVE & torch.tensor([True, False]))
    torch.testing.assert_close(norm.mean, torch.tensor([2.0]))


def test_a_set_without_anybody_alive_keeps_its_norm():
    norm, sets = RunningNorm(2), WeightSets("none", 2)
    norm.update(sets, torch.tensor([[1.0, 5.0]]), ALIVE[:1])
    norm.update(sets, torch.tensor([[9.0, 9.0]]), torch.tensor([[True, False]]))
    torch.testing.assert_close(norm.mean[1], torch.tensor(5.0))


def test_before_anything_was_seen_values_are_in_units_of_the_reward():
    norm = RunningNorm(1)
    assert norm.mean.tolist() == [0.0]
    assert norm.std.tolist() == [1.0]


@pytest.mark.parametrize(("mean", "deviation"), [(1e4, 2.0), (-6000.0, 1.0), (0.0, 1e-3)])
def test_a_deviation_is_right_however_large_or_small_the_targets_are(mean, deviation):
    norm, rng = RunningNorm(1), np.random.default_rng(0)
    for _ in range(200):
        targets = torch.tensor(rng.normal(mean, deviation, (64, 2)), dtype=torch.float32)
        norm.update(ALL, targets, torch.ones(64, 2, dtype=torch.bool))
    assert norm.std.item() == pytest.approx(deviation, rel=0.05)


def test_targets_that_never_vary_do_not_divide_by_zero():
    norm = RunningNorm(1)
    norm.update(ALL, torch.full((2, 2), 7.0), ALIVE)
    torch.testing.assert_close(norm.std, torch.tensor([0.0007]))
