"""Equations (1) to (4) of ads-v0: by hand for a few agents, as invariants for many."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import marec_env
from marec_env import Catalogue
from marec_env.ratings import Ratings
from marec_env.scenarios.ads import Ads, State
from marec_env.streams import single
from tests.marec_env.rollouts import SIZES, any_action, play

A, B, SKIP = 0, 1, 2


def ads(values, **constants) -> Ads:
    """Users 0, 1, ... to whom showing ad A or B is worth `values` [N, 2], times its bid."""
    values = np.asarray(values, np.float64)
    catalogue = Catalogue(
        user_vectors=np.tile([1.0, 0.0], (len(values), 1)),
        item_vectors=np.tile([1.0, 0.0], (2, 1)),
        ratings=Ratings(values),
    )
    sizes: dict[str, Any] = {"num_agents": len(values), "pool_size": 2, "slate_size": 2}
    return Ads(catalogue=catalogue, centred=False, similarity="cosine", **sizes | constants)


def begin(game: Ads, left, bid=(1.0, 1.0)) -> State:
    """The first step, with budgets and bids as wished and the users in the order of their ids."""
    state = game.reset(single(0))
    budget = np.array([left], np.float64)
    episode = state.episode._replace(users=np.arange(game.num_agents)[None])
    campaign = state.campaign._replace(bid=np.array([bid]), budget=budget)
    slate = game.world.slate(episode, single(0))
    return state._replace(episode=episode, slate=slate, campaign=campaign, left=budget)


def after(game: Ads, state: State, *actions) -> tuple[State, np.ndarray]:
    following, outcome = game.step(state, np.array([actions]), single(0))
    return following, outcome.payoff[0]


# --- payoffs, by hand ----------------------------------------------------------------------------


def test_a_pick_is_paid_its_value_times_the_bid():
    game = ads([[0.5, 0.25], [1, 1]])
    following, paid = after(game, begin(game, [5, 5], bid=(1.0, 2.0)), A, B)
    np.testing.assert_allclose(paid, [0.5, 2.0])
    np.testing.assert_allclose(following.left, [[4.5, 3.0]])


def test_pickers_share_a_budget_that_is_too_small_and_drain_it():
    game = ads([[0.5, 0.5], [1, 1]])
    following, paid = after(game, begin(game, [0.75, 5]), A, A)
    np.testing.assert_allclose(paid, [0.25, 0.5])
    np.testing.assert_array_equal(following.left, [[0, 5]])


def test_what_is_drained_is_masked_for_everyone():
    game = ads([[0.5, 0.5], [1, 1]])
    following, _ = after(game, begin(game, [0.75, 5]), A, A)
    np.testing.assert_array_equal(game.action_mask(following)[0], [[False, True, True]] * 2)


def test_a_budget_of_exactly_what_is_charged_is_drained_and_pays_in_full():
    game = ads([[0.5, 0.5], [1, 1]])
    following, paid = after(game, begin(game, [1.5, 5]), A, A)
    np.testing.assert_array_equal(paid, [0.5, 1])
    assert following.left[0, 0] == 0


def test_a_skip_is_paid_nothing_and_takes_nothing():
    game = ads([[0.5, 0.5], [1, 1]])
    following, paid = after(game, begin(game, [5, 5]), SKIP, B)
    np.testing.assert_array_equal(paid, [0, 1])
    np.testing.assert_array_equal(following.left, [[5, 4]])


def test_factors_are_similarity_rating_bid_and_the_share_that_a_budget_pays():
    game = ads([[0.5, 0.5], [1, 1]])
    state = begin(game, [0.75, 5], bid=(2.0, 1.0))
    factors = game.step(state, np.array([[A, A]]), single(1))[1].factors
    assert list(factors) == ["similarity", "rating", "bid", "budget"]
    np.testing.assert_allclose(
        [x[0] for x in factors.values()], [[1, 1], [0.5, 1], [2, 2], [0.25] * 2]
    )


# --- campaigns -----------------------------------------------------------------------------------


def test_ads_that_run_all_episode_bid_more_and_the_others_end_in_the_middle():
    state = marec_env.make_vec("ads-v0").reset(0).truth.state
    bid, _, first, last = (x[0] for x in state.campaign)
    is_long = last == 24
    assert is_long.sum() == round(0.8 * 24)
    np.testing.assert_array_equal(bid, np.where(is_long, 2, 1))
    assert (first == 0).all()
    assert ((last >= 6) & (last < 18))[~is_long].all()


def test_an_ad_is_masked_outside_its_flight_whoever_has_picked_what():
    game = Ads(**SIZES, begin_by=0.4, end_from=0.4)
    for t in play(marec_env.make_vec(game, 3), 0, game.horizon - 1):
        state = t.truth.state
        first, last = state.campaign.first, state.campaign.last
        shown = (first <= state.step[:, None]) & (state.step[:, None] <= last) & (state.left > 0)
        for b in range(3):
            np.testing.assert_array_equal(t.action_mask[b, :, :-1], shown[b][state.slate.slots[b]])


def test_budgets_are_a_share_of_the_charge_of_all_favourites_spread_evenly():
    game = Ads(**SIZES, budget_share=0.5, premium=3.0)
    state = game.reset(single(0))
    most_similar = game.world.whole_pool(state.episode).similarity.max(axis=2).sum()
    campaign = state.campaign
    even = 0.5 * most_similar * 0.525 * game.horizon / game.pool_size
    np.testing.assert_allclose(campaign.budget, campaign.bid * even)


def test_budgets_tell_nothing_of_ratings():
    game = Ads(**SIZES)
    other = replace(game.catalogue, ratings=Ratings(np.full((40, 30), 0.5)))
    ours, theirs = (
        g.reset(single(0)).campaign.budget for g in (game, replace(game, catalogue=other))
    )
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("users", ["fixed", "resampled"])
def test_where_items_are_fixed_so_are_bids_budgets_and_flights(users):
    vec = marec_env.make_vec("ads-v0", 3, **SIZES, users=users)
    one = vec.reset(0).truth.state.campaign
    other = vec.reset(7).truth.state.campaign
    for x, y in zip(one, other, strict=True):
        np.testing.assert_array_equal(x, y)
        np.testing.assert_array_equal(x, x[:1].repeat(3, axis=0))


def test_where_items_are_resampled_so_are_flights_and_budgets():
    vec = marec_env.make_vec("ads-v0", 2, **SIZES, items="resampled")
    campaign = vec.reset(0).truth.state.campaign
    assert (campaign.last[0] != campaign.last[1]).any()
    assert (campaign.budget[0] != campaign.budget[1]).any()


# --- invariants ----------------------------------------------------------------------------------

games = st.fixed_dictionaries(
    {
        "budget_share": st.sampled_from([0.1, 0.5, 1.7]),
        "premium": st.sampled_from([0.5, 2.0]),
        "flights": st.booleans(),
        "long_share": st.sampled_from([0.0, 0.4, 1.0]),
        "slate_size": st.sampled_from([3, 12]),
        "items": st.sampled_from(["fixed", "resampled"]),
    }
)


@settings(deadline=None, max_examples=40)
@given(games, st.integers(0, 2**20))
def test_budgets_follow_equation_3_whatever_is_picked(constants, seed):
    game = Ads(**SIZES | constants)
    timesteps = play(marec_env.make_vec(game, 2), seed, game.horizon - 1)
    for t, (before, now) in enumerate(itertools.pairwise(timesteps)):
        state, following = before.truth.state, now.truth.state
        stages: list[Any] = [game.stage(state, b) for b in range(2)]
        actions = any_action(before.action_mask, seed, t)
        demand = np.stack([s.demand(a) for s, a in zip(stages, actions, strict=True)])
        expected = np.where(demand >= state.left, 0, state.left - demand)
        np.testing.assert_allclose(following.left, expected, rtol=1e-12, atol=1e-12)
        assert (following.left >= 0).all()
        assert (following.left <= state.left).all()
        paid = now.payoff.sum(axis=1)
        np.testing.assert_allclose(paid, np.minimum(demand, state.left).sum(axis=1), rtol=1e-5)


@settings(deadline=None, max_examples=30)
@given(games, st.integers(0, 2**20), st.permutations(range(5)))
def test_permuting_the_agents_permutes_the_outcome(constants, seed, order):
    game = Ads(**SIZES | constants)
    state = game.reset(single(seed))
    actions = any_action(game.action_mask(state), seed, 0)
    episode = state.episode
    shuffled = state._replace(
        episode=episode._replace(users=episode.users[:, order], nearest=episode.nearest[:, order]),
        slate=type(state.slate)(*(x[:, order] for x in state.slate)),
    )
    one = game.step(state, actions, single(seed))
    other = game.step(shuffled, actions[:, order], single(seed))
    np.testing.assert_allclose(other[1].payoff, one[1].payoff[:, order], rtol=1e-12)
    np.testing.assert_allclose(other[0].left, one[0].left, rtol=1e-12)


# --- what is seen and said -----------------------------------------------------------------------


def column(vec, observation, name):
    layout = vec.scenario.layout
    candidates = observation[..., : -layout.agent_size].reshape(*observation.shape[:2], 4, -1)
    return candidates[..., layout.candidate[name]][..., 0]


def test_candidates_show_bid_budget_and_flight():
    vec = marec_env.make_vec("ads-v0", 2, **SIZES, budget_share=0.3)
    for t in play(vec, 0, 4):
        state = t.truth.state
        bid, budget, _, last = state.campaign
        steps = np.where(last == 5, 5, last + 1) - state.step[:, None]
        shown = {
            "bid": bid,
            "budget": state.left / budget,
            "flight": np.maximum(steps, 0) / 5,
        }
        for name, per_slot in shown.items():
            expected = np.stack([x[s] for x, s in zip(per_slot, state.slate.slots, strict=True)])
            np.testing.assert_allclose(column(vec, t.observation, name), expected, rtol=1e-6)


def test_an_episode_says_how_much_of_the_budgets_was_used_and_how_many_are_drained():
    vec = marec_env.make_vec("ads-v0", 2, **SIZES, budget_share=0.3)
    steps = play(vec, 0, 5)
    budget = steps[0].truth.state.campaign.budget.sum(axis=1)
    paid = sum(t.payoff.astype(float).sum(axis=1) for t in steps)
    np.testing.assert_allclose(steps[-1].info["episode/budget_use"], paid / budget, rtol=1e-6)
    drained = steps[-1].info["episode/drained"]
    assert (drained > 0).all()
    np.testing.assert_allclose(drained * 12, np.round(drained * 12))


# --- switched off --------------------------------------------------------------------------------


@pytest.mark.parametrize("constants", [{}, {"slate_size": 12, "users": "resampled"}])
def test_without_limits_flights_and_premium_it_is_the_plain_game_bit_for_bit(constants):
    sizes = SIZES | constants
    off = {"budget_share": float("inf"), "flights": False, "premium": 1.0, "near_share": 0.5}
    market = marec_env.make_vec("ads-v0", 3, "competitive", **sizes, **off)
    plain = marec_env.make_vec("basic-v0", 3, "competitive", **sizes)
    for ours, theirs in zip(play(market, 0, 12), play(plain, 0, 12), strict=True):
        for name in ("action_mask", "final_action_mask", "items", "reward", "payoff", "truncated"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
        slates = ours.truth.state.slate, theirs.truth.state.slate
        for one, other in zip(*slates, strict=True):
            np.testing.assert_array_equal(one, other)


# --- constants -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"budget_share": 0.0}, r"budget_share must be > 0, got 0\.0"),
        ({"bid": 0.0}, r"bid must be > 0, got 0\.0"),
        ({"premium": float("inf")}, "premium must be finite, got inf"),
        ({"long_share": 1.5}, r"long_share must be in \[0, 1\], got 1\.5"),
        ({"begin_by": 0.5}, r"need 0 <= begin_by <= end_from <= end_by <= 1, got 0\.5, 0\.25"),
        ({"end_by": float("nan")}, "need 0 <= begin_by <= end_from <= end_by <= 1, got"),
    ],
)
def test_a_constant_out_of_range_is_one_sentence(constants, message):
    with pytest.raises(ValueError, match=message):
        Ads(**SIZES | constants)
