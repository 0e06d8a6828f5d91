"""The gated unit against torch's own, in time, and in what its gradient says."""

from typing import Any

import pytest
import torch

from agents.memory import LiveMemory
from agents.networks import Architecture, Heads
from agents.random_world import SIZES

from .gradients import check_total_derivative

N, H = SIZES.num_agents, 5
BODIES = pytest.mark.parametrize("body", ["candidates", "flat"])
SHARINGS = pytest.mark.parametrize("sharing", ["all", "none", (0, 1, 0, 1)])


def built(**constants) -> Any:
    """A network with biases that are not 0, where mistakes would hide."""
    rng, device = torch.Generator().manual_seed(0), torch.device("cpu")
    given = {"sharing": "all", "hidden_size": 6, "memory_size": H} | constants
    architecture = Architecture(sizes=SIZES, device=device, rng=rng, **given)
    network = architecture.build(Heads(has_scores=True))
    for parameter in network.parameters():
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=rng)
    return network


def steps(num_steps=6, rows=3):
    """Observations, masks and who begins an episode: everybody at first, some later."""
    rng = torch.Generator().manual_seed(1)
    observation = torch.randn(num_steps, rows, N, SIZES.observation_size, generator=rng)
    mask = torch.rand(num_steps, rows, N, SIZES.num_actions, generator=rng) < 0.7
    start = torch.rand(num_steps, rows, 1, generator=rng) < 0.3
    return observation, mask, start.repeat(1, 1, N)


def in_double(memory, *given) -> Any:
    return memory.double(), *(x.double() if x.is_floating_point() else x for x in given)


@BODIES
@SHARINGS
def test_each_agent_runs_the_gated_unit_of_torch_with_the_weights_of_its_set(sharing, body):
    memory = built(sharing=sharing, body=body).memory
    observation, mask, _ = steps(1)
    before = torch.randn(3, N, H, generator=torch.Generator().manual_seed(2))
    after = memory.step(observation[0], mask[0], before)
    features = memory.sets.join(memory.encoder.features(observation[0], mask[0]), 3)
    for n, g in enumerate(memory.sets.of_agent):
        cell = torch.nn.GRUCell(6, H)
        weights = {
            "weight_ih": memory.seen.weight[g].mT,
            "weight_hh": memory.kept.weight[g].mT,
            "bias_ih": memory.seen.bias[g, 0],
            "bias_hh": memory.kept.bias[g, 0],
        }
        cell.load_state_dict(weights)
        torch.testing.assert_close(after[:, n], cell(features[:, n], before[:, n]))


def test_features_are_the_first_hidden_layer_and_its_mean_over_legal_candidates():
    flat, slate = built(body="flat").memory.encoder, built(body="candidates").memory.encoder
    observation, mask, _ = steps(1)
    x, legal = observation[0, 1, 2], torch.tensor([True, False, True, True])
    mask[0, 1, 2] = legal
    of_flat = flat.features(observation[0], mask[0]).view(3, N, -1)[1, 2]
    own, ids = flat.own, flat.agent_id.vector
    torch.testing.assert_close(of_flat, (x @ own.weight[0] + own.bias[0, 0] + ids[2]).relu())
    of_slate = slate.features(observation[0], mask[0]).view(3, N, -1)[1, 2]
    own = x[6:] @ slate.own.weight[0] + slate.own.bias[0, 0] + slate.agent_id.vector[2]
    each = (x[:6].view(3, 2) @ slate.candidate.weight[0] + own).relu()
    torch.testing.assert_close(of_slate, (each[0] + each[2]) / 2)


@BODIES
@SHARINGS
def test_steps_unrolled_are_the_steps_one_by_one_and_begin_empty_where_an_episode_does(
    sharing, body
):
    memory = built(sharing=sharing, body=body).memory
    observation, mask, start = steps()
    now = first = torch.ones(3, N, H)
    unrolled = memory.unroll(observation, mask, start, first)
    assert start[2:].any()
    assert not start.all(0).any()
    for t in range(len(observation)):
        now = torch.where(start[t, :, :1, None], 0, now)
        now = memory.step(observation[t], mask[t], now)
        torch.testing.assert_close(unrolled[t], now)


def test_nothing_is_remembered_across_the_start_of_an_episode():
    memory = built().memory
    observation, mask, start = steps()
    start = torch.zeros_like(start)
    start[3, 1] = True
    other = observation.clone()
    other[:3] += 1
    one, two = (memory.unroll(x, mask, start, torch.zeros(3, N, H)) for x in (observation, other))
    torch.testing.assert_close(one[3:, 1], two[3:, 1], rtol=0, atol=0)
    assert not torch.isclose(one[3:, [0, 2]], two[3:, [0, 2]]).all(-1).any()


@BODIES
def test_gradients_through_time_are_finite_differences(body):
    memory, *given = in_double(built(sharing=(0, 1, 0, 1), body=body).memory, *steps(4))
    first = torch.zeros(3, N, H, dtype=torch.float64)
    given[2][:] = False
    given[2][2, 0] = True
    check_total_derivative(memory, lambda: ([memory.unroll(*given, first)[-1].square().sum()], []))


@BODIES
def test_the_loss_of_one_agent_reaches_its_own_memory_only(body):
    memory = built(sharing="none", body=body).memory
    memory.unroll(*steps(), torch.zeros(3, N, H))[:, :, 1].sum().backward()
    for parameter in memory.parameters():
        assert parameter.grad[1].any()
        assert not parameter.grad[[0, 2, 3]].any()


def test_a_network_reads_what_is_remembered_as_more_of_what_is_seen():
    for body in ("candidates", "flat"):
        network = built(body=body)
        observation, mask, _ = steps(1)
        for remembered in (torch.zeros(3, N, H), torch.ones(3, N, H)):
            seen = torch.cat([observation[0], remembered], -1).requires_grad_()
            network(seen, mask[0]).scores.sum().backward()
            assert seen.grad is not None
            assert seen.grad[..., -H:].abs().min() > 0


def test_what_is_remembered_while_playing_is_what_is_unrolled():
    network = built()
    live, (observation, mask, start) = LiveMemory(network.memory), steps()
    start[0] = True
    expected = network.memory.unroll(observation, mask, start, torch.zeros(3, N, H))
    for t in range(len(observation)):
        joined = live.join(observation[t], mask[t], start[t, :, 0].numpy())
        torch.testing.assert_close(joined, torch.cat([observation[t], expected[t]], -1))


def test_memory_size_must_not_be_negative():
    with pytest.raises(ValueError, match="memory_size must be >= 0, got -1"):
        built(memory_size=-1)
