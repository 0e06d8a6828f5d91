"""Scenarios that write to what they are given, or remember."""

import functools

import numpy as np

from marec_env.scenarios.basic import Basic
from tests.marec_env.broken.spoilt import Broken


class WritesToItsState(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        state.slate.similarity[:] = 0
        return following, outcome


class WritesToTheActions(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        actions[:] = 0
        return following, outcome


class DrawsFromElsewhere(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        luck = np.random.default_rng().random(actions.shape)
        return following, outcome._replace(payoff=outcome.payoff * luck)


class ResetsFromElsewhere(Basic):
    def reset(self, streams):
        seed = np.random.default_rng().integers(2**60, size=len(streams.seed), dtype=np.uint64)
        return super().reset(streams._replace(seed=seed))


class Remembers(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        count = self.__dict__.get("count", 0) + 1
        object.__setattr__(self, "count", count)
        return following, outcome._replace(payoff=outcome.payoff * count)


class HandsOutOneMask(Basic):
    @functools.cached_property
    def masks(self):
        return {}

    def action_mask(self, state):
        return self.masks.setdefault(len(state.step), super().action_mask(state))


class ObservesFromElsewhere(Basic):
    def observe(self, state):
        return super().observe(state) + np.random.default_rng().random(dtype=np.float32)


BROKEN = {
    WritesToItsState: r"step must not write to what it is given, but state\.slate\.similarity has",
    WritesToTheActions: "step must not write to what it is given, but actions has changed",
    DrawsFromElsewhere: "step must give the same for the same state, .* but payoff differs",
    ResetsFromElsewhere: "reset must give the same for the same state, .* differs: draw from the",
    Remembers: "step must give the same .* but payoff differs: .* remember nothing outside",
    HandsOutOneMask: "action_mask must make a new array at every call",
    ObservesFromElsewhere: "observing must give the same for the same state",
}
