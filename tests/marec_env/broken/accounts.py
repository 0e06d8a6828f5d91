"""Scenarios that say of themselves what is not so."""

from typing import ClassVar

import numpy as np

from marec_env.scenarios.basic import Basic
from tests.marec_env.broken.spoilt import Broken


class Tells(Basic):
    """Sound: says how many steps there were and what each agent was paid first."""

    metric_notes: ClassVar[dict[str, str]] = {
        "steps": "steps of the episode",
        "opening": "payoff of the first step",
    }

    def episode_metrics(self, state, history):
        return {
            "steps": state.step,
            "opening": history.payoff[:, 0],
        }


class KeepsItsNotes(Tells):
    metric_notes: ClassVar[dict[str, str]] = {"steps": "steps of the episode"}


class SaysItOfAllCopies(Tells):
    def episode_metrics(self, state, history):
        told = super().episode_metrics(state, history)
        return told | {"steps": np.nanmean(told["steps"], keepdims=True)}


class SaysItOfEveryStep(Tells):
    def episode_metrics(self, state, history):
        told = super().episode_metrics(state, history)
        return told | {"opening": history.payoff}


class BoastsOfInfinity(Tells):
    def episode_metrics(self, state, history):
        told = super().episode_metrics(state, history)
        return told | {"steps": told["steps"] * np.inf}


class ForgetsAFactor(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(factors={"rating": outcome.factors["rating"]})


class AddsALittle(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(added={"luck": 1e-9 + 0 * outcome.payoff})


class SumsOverAgents(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(added={"total": outcome.payoff.sum(axis=1)})


class KnowsNoFactor(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(added={"unknown": np.nan * outcome.payoff})


class ConcealsWhatItAdds(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(added={"nothing": 0 * outcome.payoff})


class PretendsToAdd(Basic):
    adds_to_payoffs: ClassVar[bool] = True


BROKEN = {
    KeepsItsNotes: r"metrics must be those of \['steps'\], got \['steps', 'opening'\]",
    SaysItOfAllCopies: r"metric 'steps' must be \[B\] or .* B, N = \(3, 5\), got \(1,\)",
    SaysItOfEveryStep: r"metric 'opening' must be \[B\] or .* got \(3, 5, 5\)",
    BoastsOfInfinity: "metric 'steps' must be finite or NaN, got infinity",
    ForgetsAFactor: "factors must make the payoff, they miss it by",
    AddsALittle: "factors must make the payoff, they miss it by 1e-09 at step 0",
    SumsOverAgents: r"factor 'total' must be \[B, N\] = \(3, 5\), got \(3,\)",
    KnowsNoFactor: "factors must make the payoff, they miss it by nan at step 0",
    ConcealsWhatItAdds: r"adds_to_payoffs must say whether .* is False and there is \['nothing'\]",
    PretendsToAdd: r"adds_to_payoffs must say whether .* is True and there is \[\]",
}
