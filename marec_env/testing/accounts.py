"""What a scenario says of itself: payoffs taken apart, and metrics of whole episodes."""

import numpy as np

from ..episode_report import PREFIX, report
from ..ledger import Ledger
from ..scenario import Scenario, product
from .episodes import distinct_num_copies, expect, play

ROUNDING = 1e-12  # relative to the largest payoff


def check_factors(scenario: Scenario) -> None:
    """The factors of a payoff make the payoff."""
    for step in play(scenario):
        _, paid, _, _, factors, added = step.outcome
        for name, value in {**factors, **added}.items():
            shape = np.shape(value)
            expected = f"factor {name!r} must be [B, N] = {step.actions.shape}"
            expect(shape == step.actions.shape, f"{expected}, got {shape}")
        worst = np.abs(product(factors) + sum(added.values()) - paid).max(initial=0.0)
        expect(
            worst <= ROUNDING * max(1.0, np.abs(paid).max(initial=0.0)),
            f"factors must make the payoff, they miss it by {worst:.3g} at step {step.t}",
        )
        expect(
            scenario.adds_to_payoffs == bool(added),
            "adds_to_payoffs must say whether anything is added to the product of the factors, "
            f"it is {scenario.adds_to_payoffs} and there is {list(added)}",
        )


def check_metrics(scenario: Scenario) -> None:
    """What is said of episodes has the names in `metric_notes`, and axes."""
    num_copies = distinct_num_copies(scenario)
    ledger = Ledger(num_copies, scenario.horizon, scenario.num_agents)
    steps = list(play(scenario))
    for step in steps:
        ledger.add(step.state.step, step.outcome)
    state, is_over = steps[-1].following, np.arange(num_copies) > 0
    own = scenario.episode_metrics(state, ledger.history)
    known = list(scenario.metric_notes)
    expect(sorted(own) == sorted(known), f"metrics must be those of {known}, got {list(own)}")
    shapes = (num_copies,), (num_copies, scenario.num_agents)
    for name, value in own.items():
        expect(
            np.shape(value) in shapes,
            f"metric {name!r} must be [B] or [B, N] with B, N = {shapes[1]}, got {np.shape(value)}",
        )
        told = report(scenario, state, ledger.history, is_over, with_costly=False)
        is_endless = np.isinf(told[f"{PREFIX}{name}"]).any()
        expect(not is_endless, f"metric {name!r} must be finite or NaN, got infinity")
