"""Rows of several steps: what they hold, what is made of them, and where gradients go."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from agents.independent.iql import IQL
from agents.random_world import SIZES, RandomWorld
from agents.sequences import Sequences

from .gradients import check_total_derivative

S, H = SIZES.observation_size, 6
CASES = pytest.mark.parametrize(
    "constants",
    [{"agent_id": False}, {"sharing": "all"}, {"sharing": "none"}, {"sharing": (0, 0, 1, 1)}],
    ids=["alike", "all", "none", "groups"],
)


class Told(NamedTuple):
    """A row of a step in which only the time is told."""

    time: Any
    alive: Any


def cut(count: int) -> Any:
    """Rows of `count` steps of one environment with two agents, each a row of its own."""
    sequences, found = Sequences(Told, 1, num_steps=3, burn_in=2), []
    for t in range(count):
        step = Told(np.array([[t, 100 + t]]), np.ones((1, 2), bool))
        found.append(sequences.add(step, np.array([t == 4]), torch.tensor([[[-t], [-100 - t]]])))
    return [rows for rows in found if rows is not None]


def test_rows_overlap_by_the_burn_in_so_that_every_step_is_learnt_from_once():
    first, second = cut(8)
    assert first.time[..., 0].tolist() == [[0, 1, 2, 3, 4], [100, 101, 102, 103, 104]]
    assert second.time[..., 0].tolist() == [[3, 4, 5, 6, 7], [103, 104, 105, 106, 107]]
    assert second.start[..., 0].tolist() == [[False, True, False, False, False]] * 2


def test_a_row_begins_with_the_memory_of_its_first_step():
    _, second = cut(8)
    assert second.memory[..., 0].tolist() == [[-3], [-103]]


def test_who_is_dead_while_there_is_something_to_learn_takes_no_room():
    sequences, begins = Sequences(Told, 1, num_steps=2, burn_in=1), np.zeros(1, bool)
    rows = None
    for alive in ([True, True], [True, False], [False, False]):
        step = Told(np.array([[7, 8]]), np.array([alive]))
        rows = sequences.add(step, begins, torch.ones(1, 2, 1))
    assert rows is not None
    assert rows.time[:, 0].tolist() == [[7]]


class Played:
    """A learner that played, its rows, and what it remembered whenever it saw something."""

    def __init__(self, num_steps: int = 11, **constants: Any):
        given: dict[str, Any] = {
            "hidden_size": 8,
            "memory_size": H,
            "sequence_steps": 3,
            "burn_in": 2,
        } | constants
        self.learner: Any = IQL(SIZES, **given)
        world = RandomWorld()
        rng, self.rows, self.remembered = torch.Generator().manual_seed(0), [], {}
        for parameter in self.learner.q.parameters():
            parameter.data += 0.1 * torch.randn(parameter.shape, generator=rng)
        sequences, live = self.learner._sequences, self.learner._live
        for _ in range(num_steps):
            transition = world.step(self.learner.act(world.view, explore=True))
            view = transition.view
            rows = sequences.add(self.learner._step(transition), view.start, live.before)
            for b, n in np.argwhere(view.alive):
                self.remembered[view.observation[b, n].tobytes()] = live.now[b, n]
            self.rows += [] if rows is None else [rows._make(torch.tensor(x) for x in rows)]

    def unrolled(self, rows: Any, own: Any = None, other: Any = None) -> Any:
        """By the online network and its target, if none are given."""
        own = self.learner.q if own is None else own
        other = self.learner.target_q if other is None else other
        return self.learner._sequences.unrolled(rows, own.memory, other.memory)

    def check(self, seen: torch.Tensor, is_meant: torch.Tensor) -> int:
        """That [R, n, S + H] holds what was remembered; how often there was something to check."""
        count = 0
        for joined in seen.detach()[is_meant]:
            expected = self.remembered.get(joined[:S].numpy().tobytes())
            if expected is not None:
                torch.testing.assert_close(joined[S:], expected)
                count += 1
        return count


@CASES
def test_unrolled_with_the_weights_that_played_is_what_was_remembered(constants):
    played = Played(**constants)
    for rows in played.rows[1:]:
        steps, _ = played.unrolled(rows)
        assert steps.alive.any(1).all()
        assert played.check(steps.observation, steps.alive) == rows.alive[:, 2:].sum()


@CASES
def test_what_follows_is_remembered_after_what_came_before_it(constants):
    played = Played(**constants)
    steps, _ = played.unrolled(played.rows[1])
    goes_on = steps.alive & steps.continues
    assert played.check(steps.next_observation, goes_on) > 10


def test_the_target_network_remembers_for_itself():
    played = Played()
    q, target = played.learner.q, played.learner.target_q  # which has other weights by now
    steps, _ = played.unrolled(played.rows[1])
    swapped, _ = played.unrolled(played.rows[1], own=target, other=q)
    torch.testing.assert_close(steps.target_observation, swapped.next_observation)
    torch.testing.assert_close(steps.next_observation, swapped.target_observation)
    assert not torch.isclose(steps.target_observation, steps.next_observation)[..., S:].all()


@CASES
def test_the_gradient_of_pieces_and_of_their_past_is_the_total_derivative(constants):
    played = Played(**constants, sequence_steps=4, burn_in=0)  # which has no gradient
    q, target, rows = played.learner.q.double(), played.learner.target_q.double(), played.rows[1]
    rows = rows._make(x.double() if x.is_floating_point() else x for x in rows)
    num_rows = len(played.unrolled(rows, q, target)[0].alive)
    rng = torch.Generator().manual_seed(0)
    weight = torch.randn(num_rows, 1, SIZES.num_actions, dtype=torch.float64, generator=rng)

    def parts():
        steps, past = played.unrolled(rows)
        pieces = zip(
            *(x.split(5) for x in (steps.observation, steps.action_mask, weight)), strict=True
        )
        return ((w * q(seen, mask).scores).sum() for seen, mask, w in pieces), past

    check_total_derivative(q.memory, parts)
