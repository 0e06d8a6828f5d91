"""Shapes, types and numbers; the clock; who leaves."""

from typing import Any

import numpy as np

from ..nested import flatten
from ..scenario import Scenario
from ..sight_check import check_sight
from ..streams import single
from .episodes import (
    Step,
    distinct_num_copies,
    expect,
    expect_array,
    play,
    refusal_fails,
    streams_of,
)

SURE = 4  # agents that all terminate at the horizon: no coincidence any more


def check_forms(scenario: Scenario) -> None:
    """Every array has its axes, type and only finite numbers; some picks, all skips are legal."""
    num_copies = distinct_num_copies(scenario)
    state = scenario.reset(streams_of(num_copies))
    _check_state(scenario, state, num_copies)
    is_playable = False
    for step in play(scenario):
        is_playable |= scenario.action_mask(step.state)[..., :-1].any()
        _check_outcome(step)
        _check_state(scenario, step.following, num_copies)
    expect(is_playable, "some picks must be legal, the mask never allows anything but the skip")


def check_time(scenario: Scenario) -> None:
    """`step` counts from 0; the horizon is left to the environment, which truncates there."""
    start = scenario.reset(streams_of(2)).step
    expect(not start.any(), f"reset must set step to 0, got {start.tolist()}")
    for step in play(scenario):
        before, after = step.state.step, step.following.step
        counted = f"step must count up by one, got {before.tolist()} and then {after.tolist()}"
        expect(np.array_equal(after, before + 1), counted)
        is_last = step.t + 1 == scenario.horizon
        leaving = step.alive & step.outcome.terminated
        expect(
            not (is_last and step.alive.sum() >= SURE and np.array_equal(leaving, step.alive)),
            "the horizon must not be reported as termination, but all agents terminate there",
        )


def check_departures(scenario: Scenario) -> None:
    """Whoever has left is paid nothing and never comes back, whatever happens to the others."""
    for step in play(scenario):
        _check_present(scenario, step)
        again = np.argwhere(step.outcome.terminated & ~step.alive)
        if len(again):
            raise AssertionError(
                f"an agent that has left must not come back, but agent {again[0, 1]} leaves a "
                f"second time at step {step.t}"
            )
        paid = np.argwhere((step.outcome.payoff != 0) & ~step.alive)
        if len(paid):
            b, n = paid[0]
            payoff = step.outcome.payoff[b, n]
            raise AssertionError(
                f"an agent that has left must be paid 0 from then on, got {payoff} at step {step.t}"
            )


def _check_present(scenario: Scenario, step: Step) -> None:
    """Wishes of those who have left do not count: `present` says who they are."""
    present = scenario.present(step.state)
    if present is None:
        expect(step.alive.all(), "present must say who has left, it says None")
        return
    wrong = np.argwhere(present != step.alive)
    if len(wrong):
        b, n = wrong[0]
        said, found = ("present", "has left") if present[b, n] else ("absent", "has not left")
        raise AssertionError(
            f"present must say who has not left, but agent {n} is {said} at step {step.t} and "
            f"{found}: nobody comes back"
        )


def _check_state(scenario: Scenario, state: Any, num_copies: int) -> None:
    for name in ("step", "episode", "slate"):
        expect(hasattr(state, name), f"the state must have {name!r}, it has {state._fields}")
    for name, leaf in flatten(state, "state"):
        is_array = isinstance(leaf, np.ndarray) and not leaf.dtype.hasobject
        expect(is_array, f"{name} must be an array of numbers, got {type(leaf).__name__}")
        has_copies = leaf.ndim > 0 and len(leaf) == num_copies
        expect(has_copies, f"{name} must have B = {num_copies} as first axis, got {leaf.shape}")
    with refusal_fails():
        check_sight(scenario, state)
    each = (num_copies, scenario.num_agents)
    size, actions = scenario.layout.observation_size, scenario.num_actions
    expect_array(
        "observe's result", "[B, N, S]", scenario.observe(state), (*each, size), np.float32
    )
    mask = scenario.action_mask(state)
    expect_array("action_mask's result", "[B, N, A]", mask, (*each, actions), np.bool_)
    expect(mask[..., -1].all(), "action K, the skip, must always be legal, it is masked")
    joint = scenario.global_state(state)
    size = scenario.global_state(scenario.reset(single(0))).shape[-1]
    expect_array("global_state's result", "[B, G]", joint, (num_copies, size), np.float32)


def _check_outcome(step: Step) -> None:
    outcome, each = step.outcome, step.actions.shape
    expect_array("payoff", "[B, N]", outcome.payoff, each, np.float64)
    expect_array("terminated", "[B, N]", outcome.terminated, each, np.bool_)
    slots = np.append(step.state.slate.slots, np.full((*each, 1), -1), axis=2)
    picked = np.take_along_axis(slots, step.given["actions"][..., None], axis=2)[..., 0]
    expect(
        np.array_equal(outcome.picks.slot, picked),
        "picks.slot must be the slot behind each action, -1 for a skip, "
        f"got {np.asarray(outcome.picks.slot).tolist()} instead of {picked.tolist()}",
    )
    for name, values in outcome.diagnostics.items():
        has_copies = np.ndim(values) > 0 and len(values) == len(step.actions)
        expect(has_copies, f"diagnostics[{name!r}] must have B as first axis")
