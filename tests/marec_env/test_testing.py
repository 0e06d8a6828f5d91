"""The conformance suite: our scenarios pass it, and each check catches what it is for."""

import functools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env.layout import Column
from marec_env.models.pick import picks
from marec_env.scenarios.basic import Basic
from marec_env.scenarios.ecommerce import Ecommerce
from marec_env.testing import check_scenario
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES

every_scenario = pytest.mark.parametrize("name", marec_env.scenario_names())


@every_scenario
def test_our_scenarios_conform(name):
    check_scenario(name)


@every_scenario
@pytest.mark.parametrize(
    "constants",
    [
        {"users": "resampled", "items": "resampled"},
        {"slate_size": 12, "shows_items": False},
        {"num_agents": 1, "slate_size": 1},
        {"horizon": 1},
        {"similarity": "cosine", "near_share": 0.0},
    ],
    ids=str,
)
def test_our_scenarios_conform_with_other_constants(name, constants):
    check_scenario(name, **SIZES | constants)


@pytest.mark.parametrize(
    "constants",
    [
        {"rationing": "affinity", "beta": 0.5},
        {"beta": 1.0, "stock_share": 0.2, "restock_every": 3},
        {"stock_share": float("inf"), "sees": "own"},
    ],
    ids=str,
)
def test_ecommerce_conforms_with_its_mechanisms_on_and_off(constants):
    check_scenario("ecommerce-v0", **SIZES | constants)


@pytest.mark.data
@every_scenario
def test_our_scenarios_conform_on_movielens(name, ml_100k_catalogue):
    check_scenario(name, catalogue=ml_100k_catalogue)


def test_a_game_that_agents_leave_conforms():
    check_scenario(Leaving, **SIZES)


def test_a_scenario_that_is_built_is_checked_as_it_is():
    check_scenario(Basic(**SIZES))


# --- one broken scenario for each fault; each differs from a sound one in one thing --------------


class Broken(Basic):
    """A plain game whose step is spoilt by `spoil`."""

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        return self.spoil(state, actions, streams, following, outcome)

    def spoil(self, state, actions, streams, following, outcome) -> Any:
        raise NotImplementedError


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


class Shows(Basic):
    """Shows a candidate's quantity `shown(state)` [B, N, K]."""

    def quantities(self, state):
        return (self.shown(state),)

    def quantity_columns(self):
        return [Column("shown", 1, "what should not be")]

    def shown(self, state) -> Any:
        raise NotImplementedError


class ShowsRatings(Shows):
    def shown(self, state):
        return self.world.values(state.episode, state.slate)


class ShowsRatingsLater(Shows):
    def shown(self, state):
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
    def one_shot(self, alone, slate, t):
        stage = super().one_shot(alone, slate, t)
        return replace(stage, legal=np.ones_like(stage.legal))


class ForeseesNoRestock(Ecommerce):
    def one_shot(self, alone, slate, t):
        return replace(super().one_shot(alone, slate, t), stock=alone.stock[0])

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        return following._replace(stock=following.stock + (following.step == 3)[:, None]), outcome


class ValuesBelowNothing(Basic):
    def one_shot(self, alone, slate, t):
        stage = super().one_shot(alone, slate, t)
        return replace(stage, value=stage.value - 1)


class ForbidsEverything(Basic):
    def action_mask(self, state):
        return np.zeros_like(super().action_mask(state))


class PaysNaN(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(payoff=outcome.payoff / 0 * 0)

    def step(self, state, actions, streams):
        with np.errstate(all="ignore"):
            return super().step(state, actions, streams)


class ShowsInfinity(Shows):
    def shown(self, state):
        return np.full(state.slate.slots.shape, np.inf)


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
        other = picks(state.slate.slots, state.slate.similarity, state.episode.pool, 0 * actions)
        return following, outcome._replace(picks=other)


class DiagnosesInTotal(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following, outcome._replace(diagnostics={"total": outcome.payoff.sum()})


class KeepsAList(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following._replace(step=following.step.tolist()), outcome


class KeepsOneClock(Broken):
    def spoil(self, state, actions, streams, following, outcome):
        return following._replace(step=following.step[:1]), outcome


class DescribesLessThanItShows(ShowsRatings):
    def quantity_columns(self):
        return []


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


BROKEN = {
    WritesToItsState: r"step must not write to what it is given, but state\.slate\.similarity has",
    WritesToTheActions: "step must not write to what it is given, but actions has changed",
    DrawsFromElsewhere: "step must give the same for the same state, .* but payoff differs",
    ResetsFromElsewhere: "reset must give the same for the same state, .* differs: draw from the",
    Remembers: "step must give the same .* but payoff differs: .* remember nothing outside",
    ObservesFromElsewhere: "observing must give the same for the same state",
    HandsOutOneMask: "action_mask must make a new array at every call",
    DrawsTheSameSlatesForAll: "slates must differ between seeds",
    DrawsTheSameSlatesInEveryEpisode: "slates must differ between episodes",
    DrawsTheSameSlatesAtEveryStep: "slates must differ between steps",
    ConsumesItsDraws: "slates must not depend on picks: those after step 0 do",
    LooksAtItsNeighbours: "copy 0 must be the single environment with .* but payoff differs",
    CallsEverybodyAlike: r"agent_names must be N = 5 different names, got \['user_0', 'user_0'",
    ShowsRatings: "ratings must stay hidden until they pay, but the observation at step 0 changes",
    ShowsRatingsLater: "ratings must stay hidden .*, but the observation at step 1 changes",
    ShowsRatingsToCritics: "ratings must stay hidden .*, but the global state at step 0 changes",
    MasksWhatIsBad: "ratings must stay hidden .*, but the action mask at step 0 changes",
    OffersTheBestFirst: "ratings must stay hidden .*, but the .* at step 0 changes",
    PaysMoreThanItSays: "a step must pay what the one-shot game says, which references choose by",
    ServesTooFew: "must be paid at step 0 with the chance of the one-shot game|must pay what the",
    PlaysWithoutTheMask: "the one-shot game of step 0 must have the slates and the mask of its",
    ForeseesNoRestock: "stages must foresee what is met if nobody picks, but legal of step 3",
    ValuesBelowNothing: "values of the one-shot game must be finite and >= 0",
    ForbidsEverything: "action K, the skip, must always be legal, it is masked",
    PaysNaN: "payoff must be finite, got NaN or infinity",
    ShowsInfinity: "observe's result must be finite, got NaN or infinity",
    PaysTheWrongWayRound: r"payoff must be float64 \[B, N\] = \(3, 5\), got float64 \(5, 3\)",
    PaysOneNumber: r"payoff must be float64 \[B, N\] = \(3, 5\), got float64",
    PaysInFloat32: r"payoff must be float64 \[B, N\] = \(3, 5\), got float32 \(3, 5\)",
    EndsForAllAtOnce: r"terminated must be bool \[B, N\] = \(3, 5\), got bool \(3,\)",
    MasksWithNumbers: r"action_mask's result must be bool \[B, N, A\] = \(3, 5, 5\), got int8",
    ReportsOtherPicks: "picks.slot must be the slot behind each action, -1 for a skip",
    DiagnosesInTotal: r"diagnostics\['total'\] must have B as first axis",
    KeepsAList: r"state\.step must be an array of numbers, got list",
    KeepsOneClock: r"state\.step must have B = 3 as first axis, got \(1,\)",
    DescribesLessThanItShows: r"observe's result must be float32 \[B, N, S\] = \(3, 5, 25\), got",
    NumbersInFloat64: r"observe's result must be float32 .* got float64",
    CountsByTwo: r"step must count up by one, got \[0, 0, 0\] and then \[2, 2, 2\]",
    StartsAtOne: r"reset must set step to 0, got \[1, 1\]",
    TerminatesAtItsHorizon: "the horizon must not be reported as termination",
    PaysTheDeparted: "an agent that has left must be paid 0 from then on, got 0.1 at step 1",
}


@pytest.mark.parametrize(
    ("broken", "message"), BROKEN.items(), ids=lambda x: getattr(x, "__name__", "")
)
def test_a_broken_scenario_is_caught_in_one_sentence(broken, message):
    with pytest.raises(AssertionError, match=message) as caught:
        check_scenario(broken, **SIZES)
    assert "\n" not in str(caught.value)


def test_slates_that_picks_change_are_fine_where_it_is_said():
    with pytest.raises(AssertionError, match="slates must not depend on picks"):
        check_scenario(ConsumesItsDraws, **SIZES)
    check_scenario(OffersWhatWasPicked, **SIZES)
