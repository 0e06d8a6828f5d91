"""Batched products against the same networks written out agent by agent."""

import math
from typing import Any

import pytest
import torch

from agents import Sizes
from agents.layout import PlainLayout
from agents.networks import Architecture, Heads

N, K, C, P = 3, 4, 2, 5
LAYOUT = PlainLayout(K, {"a": slice(0, 1), "b": slice(1, C)}, {"user": slice(0, P)})
SIZES = Sizes(N, K * C + P, K + 1, layout=LAYOUT)
SHARINGS = pytest.mark.parametrize("sharing", ["all", "none", (0, 1, 0)])
BOTH = Heads(has_scores=True, has_value=True)


def fresh(heads=BOTH, sizes=SIZES, **constants) -> Any:
    given = {"sharing": "all", "body": "auto", "hidden_size": 6, "num_layers": 2, "agent_id": None}
    rng, device = torch.Generator().manual_seed(0), torch.device("cpu")
    return Architecture(sizes=sizes, device=device, rng=rng, **given | constants).build(heads)


def build(heads=BOTH, sizes=SIZES, **constants) -> Any:
    """Biases and ids start at 0, where mistakes would hide."""
    network, rng = fresh(heads, sizes, **constants), torch.Generator().manual_seed(1)
    for parameter in network.parameters():
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=rng)
    return network


def batch(rows=7):
    rng = torch.Generator().manual_seed(1)
    mask = torch.rand(rows, N, K + 1, generator=rng) < 0.5
    mask[..., -1] = True
    mask[0, 0, :-1] = False  # nothing but the skip
    return torch.randn(rows, N, K * C + P, generator=rng), mask


def affine(layer, set_id, x):
    bias = 0 if layer.bias is None else layer.bias[set_id, 0]
    return x @ layer.weight[set_id] + bias


@SHARINGS
@pytest.mark.parametrize("agent_id", [True, False])
def test_candidates_are_scored_as_if_the_agents_columns_were_repeated(sharing, agent_id):
    network, (observation, mask) = build(sharing=sharing, agent_id=agent_id), batch()
    scores, value = network(observation, mask)
    for n in range(N):
        g = network.sets.of_agent[n]
        for row in range(len(mask)):
            own = affine(network.own, g, observation[row, n, K * C :])
            own = own + (network.agent_id.vector[n] if agent_id else 0)
            columns = observation[row, n, : K * C].view(K, C)
            hidden = (columns @ network.candidate.weight[g] + own).relu()
            hidden = affine(network.hidden[0], g, hidden).relu()
            score, skip, worth = affine(network.head, g, hidden).unbind(-1)
            legal = mask[row, n, :K] if mask[row, n, :K].any() else torch.ones(K, dtype=torch.bool)
            expected = torch.cat([score, skip[legal].mean()[None]])
            torch.testing.assert_close(scores[row, n], expected)
            torch.testing.assert_close(value[row, n], worth[legal].mean())


@SHARINGS
@pytest.mark.parametrize("agent_id", [True, False])
def test_a_flat_network_is_one_perceptron_per_agent(sharing, agent_id):
    network, (observation, mask) = build(sharing=sharing, agent_id=agent_id, body="flat"), batch()
    scores, value = network(observation, mask)
    for n in range(N):
        g = network.sets.of_agent[n]
        first = affine(network.own, g, observation[:, n])
        first = first + (network.agent_id.vector[n] if agent_id else 0)
        out = affine(network.head, g, affine(network.hidden[0], g, first.relu()).relu())
        torch.testing.assert_close(scores[:, n], out[:, :-1])
        torch.testing.assert_close(value[:, n], out[:, -1])


def test_an_agent_id_is_a_one_hot_input_of_the_first_layer():
    network, (observation, mask) = build(body="flat", agent_id=True), batch()
    one_hot = torch.eye(N).expand(len(mask), N, N)
    wide = build(body="flat", agent_id=False, sizes=SIZES._replace(observation_size=K * C + P + N))
    weights = {k: v for k, v in network.state_dict().items() if k != "agent_id.vector"}
    first = torch.cat([network.own.weight[0], network.agent_id.vector])
    wide.load_state_dict(weights | {"own.weight": first[None]})
    expected = wide(torch.cat([observation, one_hot], -1), mask).scores
    torch.testing.assert_close(network(observation, mask).scores, expected)


def test_candidates_that_change_slots_change_scores_with_them():
    network, (observation, mask) = build(), batch()
    order = torch.tensor([2, 0, 3, 1])
    moved = observation.clone()
    moved[..., : K * C] = observation[..., : K * C].view(-1, N, K, C)[:, :, order].flatten(2)
    moved_mask = mask[..., [*order.tolist(), K]]
    scores, value = network(observation, mask)
    moved_scores, moved_value = network(moved, moved_mask)
    torch.testing.assert_close(moved_scores, scores[..., [*order.tolist(), K]])
    torch.testing.assert_close(moved_value, value)


def test_an_illegal_candidate_weighs_nothing_in_skip_and_value():
    network, (observation, mask) = build(), batch()
    mask[..., :2] = torch.tensor([True, False])
    changed = observation.clone()
    changed[..., C : 2 * C] += 9
    scores, value = network(observation, mask)
    other_scores, other_value = network(changed, mask)
    torch.testing.assert_close(other_scores[..., -1], scores[..., -1])
    torch.testing.assert_close(other_value, value)


@pytest.mark.parametrize("body", ["candidates", "flat"])
def test_the_loss_of_one_agent_reaches_its_own_weights_only(body):
    network, (observation, mask) = build(sharing="none", body=body), batch()
    scores, value = network(observation, mask)
    (scores[:, 1].square().sum() + value[:, 1].square().sum()).backward()
    for parameter in network.parameters():
        assert parameter.grad[1].any()
        assert not parameter.grad[[0, 2]].any()


def test_a_small_gain_starts_with_nearly_equal_scores():
    network = fresh(Heads(has_scores=True, gain=0.01), hidden_size=32)
    scores = network(*batch()).scores
    assert scores.abs().max() < 0.1


def test_weights_start_orthogonal_in_every_set():
    weight = fresh(BOTH, sharing="none", body="flat").hidden[0].weight / math.sqrt(2)
    torch.testing.assert_close(weight @ weight.transpose(1, 2), torch.eye(6).expand(N, 6, 6))
    assert not torch.equal(weight[0], weight[1])


@pytest.mark.parametrize(
    ("changes", "has_id"),
    [
        ({"has_fixed_users": True}, True),
        ({"has_fixed_users": False}, False),
        ({"has_fixed_users": True, "num_agents": 65}, False),
    ],
)
def test_agents_are_told_apart_where_they_are_few_and_always_the_same(changes, has_id):
    network = build(sizes=SIZES._replace(**changes))
    assert ("agent_id.vector" in network.state_dict()) == has_id
    assert network.row_sets.num_agents == (changes.get("num_agents", N) if has_id else 1)


@pytest.mark.parametrize("sharing", ["none", tuple(reversed(range(N)))])
def test_private_weights_need_no_agent_id(sharing):
    network = build(sizes=SIZES._replace(has_fixed_users=True), sharing=sharing)
    assert "agent_id.vector" not in network.state_dict()


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"body": "deep"}, "'auto', 'candidates' or 'flat', got 'deep'"),
        ({"body": "candidates", "sizes": SIZES._replace(layout=None)}, "needs a layout"),
        ({"hidden_size": 0}, "hidden_size must be > 0, got 0"),
        ({"sizes": SIZES._replace(num_actions=9)}, "needs 5 actions .* got 9"),
    ],
)
def test_an_architecture_that_makes_no_sense_is_refused(constants, message):
    with pytest.raises(ValueError, match=message):
        build(**constants)
