"""Which weights meet which seat, and means that stay within a set."""

import pytest
import torch

from agents.sharing import WeightSets

GROUPS = WeightSets((0, 1, 0), 3)


@pytest.mark.parametrize(
    ("sharing", "of_agent"), [("all", (0, 0, 0)), ("none", (0, 1, 2)), ((1, 0, 1), (1, 0, 1))]
)
def test_sets_of_agents(sharing, of_agent):
    assert WeightSets(sharing, 3).of_agent == of_agent


@pytest.mark.parametrize("sharing", ["all", "none", (0, 1, 0)])
def test_join_undoes_split(sharing):
    x = torch.arange(24.0).view(4, 3, 2)
    sets = WeightSets(sharing, 3)
    torch.testing.assert_close(sets.join(sets.split(x), 4), x)


def test_the_mean_of_a_set_counts_its_living_entries_only():
    alive = torch.tensor([[True, True, True], [True, False, False]])
    x = torch.tensor([[1.0, 10.0, 2.0], [6.0, 99.0, 99.0]])
    assert GROUPS.sum(GROUPS.mean_weight(alive) * x).tolist() == [3.0, 10.0]


def test_a_set_without_anybody_alive_has_weight_zero():
    alive = torch.tensor([[True, False, True]])
    assert GROUPS.mean_weight(alive).tolist() == [[0.5, 0.0, 0.5]]


def test_standardised_entries_have_mean_zero_and_variance_one_in_each_set():
    x = torch.tensor([[1.0, 10.0, 3.0], [1.0, 30.0, 3.0]])
    alive = torch.ones(2, 3, dtype=torch.bool)
    expected = torch.tensor([[-1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]])
    torch.testing.assert_close(GROUPS.standardised(x, alive), expected)


@pytest.mark.parametrize(
    ("sharing", "message"),
    [
        ("some", "'none', 'all' or a group id per agent, got 'some'"),
        ((0, 1), "each of 3 agents, got 2"),
        ((0, 2, 2), r"without gaps, got \(0, 2, 2\)"),
        ((-1, 0, 1), "without gaps"),
    ],
)
def test_a_sharing_that_makes_no_sense_is_refused(sharing, message):
    with pytest.raises(ValueError, match=message):
        WeightSets(sharing, 3)
