"""Who may know what: ratings are hidden until they pay; references know what steps pay."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..arrays import Array
from ..nested import only, repeat
from ..ratings import R_MIN, Ratings
from ..scenario import Scenario
from ..stages import Stage
from .episodes import Step, expect, first_difference, play, skip, streams_of

NUM_DRAWS = 256  # of the lots of one step
SIGMAS = 6  # between a chance and the share of draws that had it


def check_secrets(scenario: Scenario) -> None:
    """What agents see does not change with ratings of items that nobody has picked."""
    table = scenario.catalogue.rating_table
    if table is None:
        raise AssertionError("the catalogue must have U * I <= 1e8, for a table of its ratings")
    steps = list(play(scenario))
    blind = _with_ratings(scenario, _mirrored(table))
    state = blind.reset(streams_of(len(steps[0].actions)))
    _expect_hidden(scenario, blind, steps[0].state, state, 0)

    others = _mirrored(table).copy()
    for step in steps:
        took = step.outcome.picks.slot >= 0
        pairs = step.state.episode.users[took], step.outcome.picks.item[took]
        others[pairs] = table[pairs]
    blind = _with_ratings(scenario, others)

    def as_before(mask: Array, t: int) -> Array:
        del mask
        return steps[t].actions

    for step, again in zip(steps, play(blind, as_before), strict=False):
        _expect_hidden(scenario, blind, step.following, again.following, step.t + 1)


def check_payoffs(scenario: Scenario) -> None:
    """A step pays what the one-shot game says, from which reference players choose."""
    if type(scenario).one_shot is Scenario.one_shot:
        return  # the game has no reference players
    for step in play(scenario):
        stage = scenario.stage(step.state, 0)
        _check_stage(scenario, step, stage)
        _check_payments(scenario, step, stage)
    has_own = type(scenario).stages is not Scenario.stages  # which plays on with nobody's picks
    if scenario.has_exogenous_slates and has_own:
        _check_foresight(scenario)


def _with_ratings(scenario: Scenario, table: Array) -> Scenario:
    return replace(scenario, catalogue=replace(scenario.catalogue, ratings=Ratings(table)))


def _mirrored(table: Array) -> Array:
    """Other ratings on the same scale."""
    return np.clip(1 + R_MIN - table, R_MIN, 1).astype(np.float32)


def _expect_hidden(scenario: Scenario, blind: Scenario, ours: Any, theirs: Any, t: int) -> None:
    changed = first_difference(_seen(scenario, ours), _seen(blind, theirs))
    expect(
        changed is None,
        f"ratings must stay hidden until they pay, but {changed} at step {t} changes with ratings "
        "of items that nobody has picked",
    )


def _seen(scenario: Scenario, state: Any) -> dict[str, Array]:
    return {
        "the slate": state.slate.items,
        "the observation": scenario.observe(state),
        "the action mask": scenario.action_mask(state),
        "the global state": scenario.global_state(state),
    }


def _check_stage(scenario: Scenario, step: Step, stage: Stage) -> None:
    mask = scenario.action_mask(step.state)[0, :, :-1]
    expect(
        np.array_equal(stage.slot, step.state.slate.slots[0]) and np.array_equal(stage.legal, mask),
        f"the one-shot game of step {step.t} must have the slates and the mask of its state",
    )
    is_value = np.isfinite(stage.value) & (stage.value >= 0)
    expect(is_value.all(), "values of the one-shot game must be finite and >= 0")


def _check_payments(scenario: Scenario, step: Step, stage: Stage) -> None:
    """Of many draws of the lots, as many are paid in full as the chance of service says."""
    choice = step.actions[0]
    full, chance = stage.payments(choice)
    many = repeat(only(step.state, 0), NUM_DRAWS)
    streams = streams_of(NUM_DRAWS, first_seed=1000).at(np.full(NUM_DRAWS, step.t + 1))
    actions = np.repeat(step.actions[:1], NUM_DRAWS, axis=0)
    payoff = scenario.step(many, actions, streams)[1].payoff
    is_paid = np.isclose(payoff, full, rtol=1e-9, atol=1e-12)
    wrong = np.argwhere(~is_paid & (payoff != 0))
    if len(wrong):
        row, n = wrong[0]
        raise AssertionError(
            "a step must pay what the one-shot game says, which references choose by: "
            f"agent {n} gets {payoff[row, n]:.6g} at step {step.t} instead of {full[n]:.6g} or 0"
        )
    tolerance = SIGMAS * np.sqrt(chance * (1 - chance) / NUM_DRAWS)
    missed = np.abs(is_paid.mean(axis=0) - chance) > tolerance
    missed &= full > 0
    if missed.any():
        n = int(missed.argmax())
        raise AssertionError(
            f"agent {n} must be paid at step {step.t} with the chance of the one-shot game, "
            f"{chance[n]:.3g}, and is in {is_paid[:, n].mean():.3g} of the draws"
        )


def _check_foresight(scenario: Scenario) -> None:
    """Games of later steps are those that are met if nobody picks."""
    stages: list[Stage] = []
    for step in play(scenario, skip, num_copies=1):
        stages = stages or scenario.stages(step.state, streams_of(1), 0)
        met, foreseen = scenario.stage(step.state, 0), stages[step.t]
        changed = first_difference(_numbers(met), _numbers(foreseen))
        expect(
            changed is None,
            f"stages must foresee what is met if nobody picks, but {changed} of step {step.t} "
            "is another",
        )


def _numbers(stage: Stage) -> dict[str, Array]:
    return {name: np.asarray(value) for name, value in vars(stage).items()}
