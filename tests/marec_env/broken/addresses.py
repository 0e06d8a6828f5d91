"""Scenarios whose draws are not addressed, or whose copies are not alone."""

import functools

import numpy as np

from marec_env.scenarios.basic import Basic
from tests.marec_env.broken.spoilt import Broken


class DrawsTheSameSlatesForAll(Basic):
    def reset(self, streams):
        return super().reset(streams._replace(seed=0 * streams.seed))


class DrawsTheSameSlatesInEveryEpisode(Basic):
    def reset(self, streams):
        return super().reset(streams._replace(episode=0 * streams.episode))


class DrawsTheSameSlatesAtEveryStep(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following._replace(slate=state.slate), outcome


class ConsumesItsDraws(Broken):
    """The more is picked, the further the stream."""

    def spoil(self, state, actions, streams, following, outcome):
        consumed = (actions < self.slate_size).sum(axis=1)
        slate = self.world.slate(state.episode, streams.at(streams.t + consumed.astype(np.uint64)))
        return following._replace(slate=slate), outcome


class OffersWhatWasPicked(ConsumesItsDraws):
    """The same, said."""

    has_exogenous_slates = False


class LooksAtItsNeighbours(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        beside = outcome.payoff - 1e-9 * outcome.payoff.mean(axis=0)
        return following, outcome._replace(payoff=beside)


class CallsEverybodyAlike(Basic):
    @functools.cached_property
    def agent_names(self):
        return ("user_0",) * self.num_agents


BROKEN = {
    DrawsTheSameSlatesForAll: "slates must differ between seeds",
    DrawsTheSameSlatesInEveryEpisode: "slates must differ between episodes",
    DrawsTheSameSlatesAtEveryStep: "slates must differ between steps",
    ConsumesItsDraws: "slates must not depend on picks: those after step 0 do",
    LooksAtItsNeighbours: "copy 0 must be the single environment with .* but payoff differs",
    CallsEverybodyAlike: r"agent_names must be N = 5 different names, got \['user_0', 'user_0'",
}
