"""Scenarios of other forms than agreed: shapes, types, numbers, the clock, who leaves."""

from dataclasses import dataclass

import numpy as np

from marec_env.scenarios.basic import Basic
from tests.marec_env.broken.spoilt import Broken
from tests.marec_env.leaving import Leaving


class ForbidsEverything(Basic):
    def action_mask(self, state):
        return np.zeros_like(super().action_mask(state))


class ForbidsEveryPick(Basic):
    def available(self, state):
        return np.zeros_like(state.episode.pool)


class PaysNaN(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(payoff=outcome.payoff / 0 * 0)

    def step(self, state, actions, streams):
        with np.errstate(all="ignore"):
            return super().step(state, actions, streams)


class PaysTheWrongWayRound(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(payoff=np.ascontiguousarray(outcome.payoff.T))


class PaysOneNumber(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(payoff=outcome.payoff.mean())


class PaysInFloat32(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(payoff=outcome.payoff.astype(np.float32))


class EndsForAllAtOnce(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(terminated=outcome.terminated[:, 0])


class MasksWithNumbers(Basic):
    def action_mask(self, state):
        return super().action_mask(state).astype(np.int8)


class ReportsOtherPicks(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(picks=self.picked(state, 0 * actions))


class DiagnosesInTotal(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(diagnostics={"total": outcome.payoff.sum()})


class KeepsAList(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following._replace(step=following.step.tolist()), outcome


class KeepsOneClock(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following._replace(step=following.step[:1]), outcome


class ObservesMoreThanItShows(Basic):
    def observe(self, state):
        return np.repeat(super().observe(state), 2, axis=-1)


class NumbersInFloat64(Basic):
    def observe(self, state):
        return super().observe(state).astype(np.float64)


class CountsByTwo(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following._replace(step=following.step + 1), outcome


class StartsAtOne(Basic):
    def reset(self, streams):
        state = super().reset(streams)
        return state._replace(step=state.step + 1)


class TerminatesAtItsHorizon(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        is_over = np.repeat((following.step == self.horizon)[:, None], self.num_agents, axis=1)
        return following, outcome._replace(terminated=is_over)


@dataclass(frozen=True, kw_only=True)
class PaysTheDeparted(Leaving):
    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        return following, outcome._replace(payoff=outcome.payoff + 0.1)


class ForgetsWhoHasLeft(Leaving):
    def present(self, state):
        return None


class TakesBackWhoHasLeft(Leaving):
    def present(self, state):
        return np.ones_like(super().present(state))


class SendsAwayWhoIsThere(Leaving):
    def present(self, state):
        return super().present(state) & (np.arange(self.num_agents) != 2)


class LetsThemLeaveTwice(Leaving):
    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        return following, outcome._replace(terminated=~following.present)


BROKEN = {
    ForbidsEverything: "action K, the skip, must always be legal, it is masked",
    ForbidsEveryPick: "some picks must be legal, the mask never allows anything but the skip",
    PaysNaN: "payoff must be finite, got NaN or infinity",
    PaysTheWrongWayRound: r"payoff must be float64 \[B, N\] = \(3, 5\), got float64 \(5, 3\)",
    PaysOneNumber: r"payoff must be float64 \[B, N\] = \(3, 5\), got float64",
    PaysInFloat32: r"payoff must be float64 \[B, N\] = \(3, 5\), got float32 \(3, 5\)",
    EndsForAllAtOnce: r"terminated must be bool \[B, N\] = \(3, 5\), got bool \(3,\)",
    MasksWithNumbers: r"action_mask's result must be bool \[B, N, A\] = \(3, 5, 5\), got int8",
    ReportsOtherPicks: "picks.slot must be the slot behind each action, -1 for a skip",
    DiagnosesInTotal: r"diagnostics\['total'\] must have B as first axis",
    KeepsAList: r"state\.step must be an array of numbers, got list",
    KeepsOneClock: r"state\.step must have B = 3 as first axis, got \(1,\)",
    ObservesMoreThanItShows: r"observe's result must be float32 \[B, N, S\] = \(3, 5, 25\), got",
    NumbersInFloat64: r"observe's result must be float32 .* got float64",
    CountsByTwo: r"step must count up by one, got \[0, 0, 0\] and then \[2, 2, 2\]",
    StartsAtOne: r"reset must set step to 0, got \[1, 1\]",
    TerminatesAtItsHorizon: "the horizon must not be reported as termination",
    PaysTheDeparted: "an agent that has left must be paid 0 from then on, got 0.1 at step 1",
    ForgetsWhoHasLeft: "present must say who has left, it says None",
    TakesBackWhoHasLeft: "agent . is present at step . and has left: nobody comes back",
    SendsAwayWhoIsThere: "agent 2 is absent at step 0 and has not left",
    LetsThemLeaveTwice: "an agent that has left must not come back, but agent . leaves a second",
}
