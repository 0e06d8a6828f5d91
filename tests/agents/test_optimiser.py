"""One step of Adam, with each set of weights clipped on its own."""

import torch

from agents import Sizes
from agents.networks import Architecture, Heads
from agents.optimiser import SetAdam
from agents.sharing import Sharing

HEADS = Heads(has_scores=True)


def build(sharing: Sharing = "none", agent_id=False):
    return Architecture(
        sizes=Sizes(3, 2, 2),
        sharing=sharing,
        body="flat",
        hidden_size=4,
        num_layers=1,
        agent_id=agent_id,
        device=torch.device("cpu"),
        rng=torch.Generator().manual_seed(0),
    ).build(HEADS)


def loss(network, scale=(1.0, 1.0, 1.0)):
    observation, mask = torch.ones(5, 3, 2), torch.ones(5, 3, 2, dtype=torch.bool)
    scores = network(observation, mask).scores - 1
    return (scores.square().sum((0, 2)) * torch.tensor(scale)).sum()


def stepped(network, optimiser, *scales):
    return optimiser.step((loss(network, scale) for scale in scales), 0.01)


def test_it_is_adam_where_nothing_is_clipped():
    ours, theirs = build(), build()
    adam = torch.optim.Adam(theirs.parameters(), lr=0.01, eps=1e-5)
    optimiser = SetAdam([ours], 1e9)
    for _ in range(3):
        stepped(ours, optimiser, (1, 1, 1))
        adam.zero_grad()
        loss(theirs).backward()
        adam.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_losses_add_up():
    whole, pieces = build(), build()
    stepped(whole, SetAdam([whole], 1.0), (3, 3, 3))
    stepped(pieces, SetAdam([pieces], 1.0), (1, 1, 1), (2, 2, 2))
    for a, b in zip(whole.parameters(), pieces.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_a_large_gradient_of_one_set_does_not_slow_down_the_others():
    calm, wild = build(), build()
    stepped(calm, SetAdam([calm], 0.1), (1, 1, 1))
    stepped(wild, SetAdam([wild], 0.1), (1, 1, 1e6))
    for a, b in zip(calm.parameters(), wild.parameters(), strict=True):
        torch.testing.assert_close(a[:2], b[:2], rtol=0, atol=0)


def test_a_clipped_gradient_has_the_norm_asked_for_in_every_set():
    cases: list[tuple[Sharing, bool]] = [
        ("none", False),
        ("none", True),
        ((0, 1, 0), True),
        ((1, 2, 0), True),
        ("all", True),
    ]
    for sharing, agent_id in cases:
        network = build(sharing, agent_id)
        stepped(network, SetAdam([network], 0.1), (1, 10, 100))
        sets = network.sets
        squares = torch.zeros(sets.num_sets)
        for name, parameter in network.named_parameters():
            assert parameter.grad is not None
            by_row = parameter.grad.flatten(1).square().sum(1)
            squares += sets.sum(by_row[None]) if name == "agent_id.vector" else by_row
        torch.testing.assert_close(squares.sqrt(), torch.full_like(squares, 0.1), rtol=1e-3, atol=0)


def test_what_is_an_agents_own_is_clipped_with_its_set_whatever_the_order_of_the_sets():
    calm, wild = build((1, 2, 0), agent_id=True), build((1, 2, 0), agent_id=True)
    stepped(calm, SetAdam([calm], 0.1), (1, 1, 1))
    stepped(wild, SetAdam([wild], 0.1), (1, 1, 1e6))
    for (name, a), b in zip(calm.named_parameters(), wild.parameters(), strict=True):
        others = [0, 1] if name == "agent_id.vector" else [1, 2]
        assert a.grad is not None
        assert b.grad is not None
        torch.testing.assert_close(a.grad[others], b.grad[others], rtol=0, atol=0)


def test_a_loaded_optimiser_takes_the_same_next_step():
    network = build()
    optimiser = SetAdam([network], 1.0)
    stepped(network, optimiser, (1, 1, 1))
    other = build()
    other.load_state_dict(network.state_dict())
    loaded = SetAdam([other], 1.0)
    loaded.load_state_dict(optimiser.state_dict())
    stepped(network, optimiser, (1, 1, 1))
    stepped(other, loaded, (1, 1, 1))
    for a, b in zip(network.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
