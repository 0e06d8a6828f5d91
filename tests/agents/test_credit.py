"""Attributions and credit, by hand and by their axioms."""

import numpy as np
import pytest
import torch

import agents
from agents import Sizes, View
from agents.cooperative.qmix import QMIX
from agents.cooperative.team import scaled
from agents.cooperative.vdn import VDN
from agents.credit import attribution, credit
from agents.independent.ippo import IPPO
from agents.independent.iql import IQL
from agents.layout import PlainLayout
from agents.q_learning import dueling
from agents.random_world import SIZES, RandomWorld

LAYOUT = PlainLayout(2, {"worth": slice(0, 1)}, {"time": slice(0, 1)})
SMALL = Sizes(num_agents=2, observation_size=3, num_actions=3, layout=LAYOUT)


def view_of(observation, mask=None):
    observation = np.array([observation], np.float32)
    mask = np.ones((1, 2, 3), bool) if mask is None else np.array([mask])
    return View(observation, mask, np.ones((1, 2), bool), np.ones(1, bool))


def one_of(view):
    """The first environment of several."""
    return View(view.observation[:1], view.action_mask[:1], view.alive[:1], view.start[:1])


@pytest.fixture
def plain():
    """A candidate scores twice its worth, a skip scores its mean worth, time does not matter."""
    learner = IQL(SMALL, hidden_size=1, num_layers=1, agent_id=False)
    values = {"candidate.weight": torch.ones(1), "head.weight": torch.tensor([2.0, 1, 0])}
    for name, parameter in learner.q.named_parameters():
        parameter.data.copy_(values.get(name, torch.zeros(1)))
    return learner.actor()


def test_what_speaks_for_a_pick_is_its_own_worth_and_against_it_that_of_the_others(plain):
    found = attribution(plain, view_of([[3, 1, 9], [0, 0, 0]]), seat=0, action=0)
    # 2 * 3 - mean(2 * 1, mean(3, 1)) = 6 - 2; d margin / d worth_0 = 2 - 1/4, of worth_1 = -5/4
    assert found.margin == pytest.approx(4)
    assert found.baseline == 0
    assert found.parts == pytest.approx(
        {"worth of the pick": 3 * 1.75, "worth of the others": -1.25, "time": 0}, abs=1e-6
    )


def test_of_a_skip_all_candidates_are_others(plain):
    found = attribution(plain, view_of([[3, 1, 9], [0, 0, 0]]), seat=0, action=2)
    assert found.margin == pytest.approx(2 - 4)  # mean(3, 1) - mean(6, 2)
    assert found.parts == pytest.approx({"worth of the others": -2, "time": 0}, abs=1e-6)


def test_only_what_is_legal_is_an_alternative(plain):
    mask = [[True, False, True], [True] * 3]
    found = attribution(plain, view_of([[3, 1, 9], [0, 0, 0]], mask), seat=0, action=0)
    assert found.margin == pytest.approx(6 - 3)  # a skip counts the legal candidate only
    nothing_else = view_of([[3, 1, 9], [0, 0, 0]], [[False, False, True], [True] * 3])
    with pytest.raises(ValueError, match="only 2 that is legal"):
        attribution(plain, nothing_else, seat=0, action=2)


@pytest.mark.parametrize("sharing", ["all", "none"])
@pytest.mark.parametrize(
    "constants", [{"body": "flat"}, {"body": "candidates"}, {"memory_size": 3}]
)
def test_the_parts_add_up_to_the_margin(sharing, constants):
    learner = IPPO(SIZES, seed=1, sharing=sharing, hidden_size=8, **constants)
    for parameter in learner.policy.parameters():
        parameter.data += 0.3 * torch.randn(
            parameter.shape, generator=torch.Generator().manual_seed(2)
        )
    view = one_of(RandomWorld().view)
    for seat in np.flatnonzero(view.alive[0]):
        action = int(view.action_mask[0, seat].argmax())
        if view.action_mask[0, seat].sum() > 1:
            found = attribution(learner.actor(), view, int(seat), action)
            whole = sum(found.parts.values()) + found.baseline
            assert whole == pytest.approx(found.margin, abs=2e-2 * (1 + abs(found.margin)))


def test_an_attribution_leaves_the_learner_alone():
    learner = IQL(SIZES, hidden_size=8)
    attribution(learner.actor(), one_of(RandomWorld().view), 0, 3)
    for parameter in learner.q.parameters():
        assert parameter.grad is not None
        assert not parameter.grad.any()


def test_in_a_sum_everybody_who_is_there_has_a_credit_of_one():
    learner, world = VDN(SIZES, hidden_size=8), RandomWorld()
    view = world.view._replace(alive=np.array([[True, True, False, True]] * 3))
    reader = learner.actor()
    action = reader.act(view, explore=False)
    found = credit(learner, reader, view, action)
    np.testing.assert_array_equal(found.credit, [[1, 1, 0, 1]] * 3)
    np.testing.assert_allclose(found.total, found.value.sum(1), rtol=1e-6)
    assert (found.value[:, 2] == 0).all()


def test_the_values_of_a_team_that_remembers_are_those_of_what_it_remembers():
    learner, world = VDN(SIZES, hidden_size=8, memory_size=3), RandomWorld()
    reader, action = learner.actor(), np.zeros(world.view.alive.shape, np.int64)
    reader.read(world.view)
    world.step(action)
    view = world.view
    reader.read(view)
    found = credit(learner, reader, view, action)
    seen = np.concatenate([view.observation, reader.memory.now.numpy()], -1)
    told = (torch.from_numpy(x) for x in (seen, view.action_mask, action))
    expected = dueling(learner.q, *told).detach().numpy()
    np.testing.assert_allclose(found.value[view.alive], expected[view.alive], rtol=1e-6)


def test_in_a_mixture_credit_is_the_slope_of_the_total():
    sizes = SIZES._replace(state_size=2)
    learner = QMIX(sizes, hidden_size=8)
    state = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    view = RandomWorld().view._replace(alive=np.ones((3, 4), bool), state=state)
    reader = learner.actor()
    action = reader.act(view, explore=False)
    found = credit(learner, reader, view, action)
    assert (found.credit >= 0).all()
    step = 1e-2
    for n in range(4):
        moved = torch.from_numpy(found.value + step * (np.arange(4) == n)).float()
        with torch.no_grad():
            there = learner.total(moved, torch.from_numpy(scaled(state))).numpy()
        np.testing.assert_allclose(
            (there - found.total) / step, found.credit[:, n], rtol=0.02, atol=1e-3
        )


def test_a_saved_mixture_gives_the_credit_that_it_gave_before(tmp_path):
    sizes = SIZES._replace(state_size=2)
    learner = QMIX(sizes, hidden_size=8, mixing_size=8)
    for parameter in learner._mixer.parameters():
        parameter.data += 0.3
    agents.save(learner, tmp_path)
    state = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    view = RandomWorld().view._replace(alive=np.ones((3, 4), bool), state=state)
    action = learner.act(view, explore=False)
    before, after = (
        credit(each, each.actor(), view, action) for each in (learner, agents.load(tmp_path))
    )
    np.testing.assert_array_equal(after.total, before.total)
    np.testing.assert_array_equal(after.credit, before.credit)
