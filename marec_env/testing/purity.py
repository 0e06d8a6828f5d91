"""Methods are functions of what they are given: they write to nothing and remember nothing."""

from typing import Any

import numpy as np

from ..arrays import Array
from ..nested import flatten
from ..scenario import Outcome, Scenario
from .episodes import arguments, expect, first_difference, play, streams_of


def check_purity(scenario: Scenario) -> None:
    """Nothing given is changed; equal arguments give equal results, in arrays of their own."""
    streams = streams_of(3)
    changed = first_difference(_leaves(scenario.reset(streams)), _leaves(scenario.reset(streams)))
    _expect_same("reset", changed)
    for step in play(scenario):
        seen = _seen(scenario, step.state)
        changed = first_difference(step.given, arguments(step.state, step.actions))
        expect(
            changed is None, f"step must not write to what it is given, but {changed} has changed"
        )
        again, outcome = scenario.step(step.state, step.actions, step.streams)
        changed = first_difference(_leaves(again), _leaves(step.following))
        _expect_same("step", changed or first_difference(_results(outcome), _results(step.outcome)))
        seen_again = _seen(scenario, step.state)
        _expect_same("observing", first_difference(seen, seen_again))
        for name, array in seen.items():
            is_own = not np.shares_memory(array, seen_again[name])
            expect(is_own, f"{name} must make a new array at every call, it hands out one twice")


def _leaves(state: Any) -> dict[str, Array]:
    return dict(flatten(state, "state"))


def _results(outcome: Outcome) -> dict[str, Array]:
    picks = dict(flatten(outcome.picks, "picks"))
    return (
        {"payoff": outcome.payoff, "terminated": outcome.terminated} | picks | outcome.diagnostics
    )


def _seen(scenario: Scenario, state: Any) -> dict[str, Array]:
    return {
        "observe": scenario.observe(state),
        "action_mask": scenario.action_mask(state),
        "global_state": scenario.global_state(state),
    }


def _expect_same(what: str, changed: str | None) -> None:
    expect(
        changed is None,
        f"{what} must give the same for the same state, actions and streams, but {changed} "
        "differs: draw from the streams only, and remember nothing outside the state",
    )
