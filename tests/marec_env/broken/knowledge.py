"""Scenarios that show what is hidden, or pay other than they say."""

from dataclasses import replace

import numpy as np

from marec_env.scenarios.basic import Basic
from marec_env.scenarios.ecommerce import Ecommerce
from tests.marec_env.broken.spoilt import Broken, Shows


class ShowsRatings(Shows):
    def secret(self, state):
        return self.world.values(state.episode, state.slate)


class ShowsRatingsLater(Shows):
    def secret(self, state):
        return self.world.values(state.episode, state.slate) * (state.step > 0)[:, None, None]


class ShowsRatingsToCritics(Basic):
    def global_state(self, state):
        ratings = self.catalogue.rating(state.episode.users[..., None], state.slate.items)
        joint = super().global_state(state)
        return np.append(joint, ratings.mean(axis=(1, 2))[:, None].astype(np.float32), axis=1)


class MasksWhatIsBad(Basic):
    def action_mask(self, state):
        mask = super().action_mask(state)
        rating = self.catalogue.rating(state.episode.users[..., None], state.slate.items)
        mask[..., :-1] &= rating > 0.3
        return mask


class OffersTheBestFirst(Basic):
    def reset(self, streams):
        state = super().reset(streams)
        order = np.argsort(-self.world.values(state.episode, state.slate), axis=2)
        sorted_slate = (np.take_along_axis(x, order, axis=2) for x in state.slate)
        return state._replace(slate=type(state.slate)(*sorted_slate))


class PaysMoreThanItSays(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(payoff=outcome.payoff * 1.001)


class ServesTooFew(Ecommerce):
    """One unit of each item is kept back."""

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        kept = state._replace(stock=np.maximum(state.stock - 1, 0))
        return following, outcome._replace(payoff=super().step(kept, actions, streams)[1].payoff)


class PlaysWithoutTheMask(Ecommerce):
    def one_shot(self, alone):
        stage = super().one_shot(alone)
        return replace(stage, legal=np.ones_like(stage.legal))


class ForeseesNoRecall(Ecommerce):
    """Everything is out of stock at step 3, which its plans do not know."""

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        return following._replace(stock=following.stock * (following.step != 3)[:, None]), outcome

    def stages(self, state, streams, b):
        found = super().stages(state, streams, b)
        found[3] = replace(found[3], legal=np.ones_like(found[3].legal))
        return found


class ValuesBelowNothing(Basic):
    def one_shot(self, alone):
        stage = super().one_shot(alone)
        return replace(stage, value=stage.value - 1)


BROKEN = {
    ShowsRatings: "ratings must stay hidden until they pay, but the observation at step 0 changes",
    ShowsRatingsLater: "ratings must stay hidden .*, but the observation at step 1 changes",
    ShowsRatingsToCritics: "ratings must stay hidden .*, but the global state at step 0 changes",
    MasksWhatIsBad: "ratings must stay hidden .*, but the action mask at step 0 changes",
    OffersTheBestFirst: "ratings must stay hidden .*, but the .* at step 0 changes",
    PaysMoreThanItSays: "a step must pay what the one-shot game says, which references choose by",
    ServesTooFew: "must be paid at step 0 with the chance of the one-shot game|must pay what the",
    PlaysWithoutTheMask: "the one-shot game of step 0 must have the slates and the mask of its",
    ForeseesNoRecall: "stages must foresee what is met if nobody picks, but legal of step 3",
    ValuesBelowNothing: "values of the one-shot game must be finite and >= 0",
}
