"""Players that save what is scarce, and what they are guaranteed to get."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env import Catalogue
from marec_env.reference import PLAYERS, players_of
from marec_env.reference.budget_plan import plan_budgets
from marec_env.reference.pacing import FIRST_SEED, DualPacing, learn_prices
from marec_env.scenarios.ads import Ads
from marec_env.scenarios.basic import Basic
from marec_env.scenarios.ecommerce import Ecommerce
from marec_env.vector_env import VectorEnv
from tests.marec_env.reference.random_markets import best_episode_welfare, market
from tests.marec_env.reference.test_players import play

MARKET = Ads(num_agents=6, pool_size=8, slate_size=4, horizon=6)


def choose(name, stage):
    player: Any = PLAYERS[name](MARKET)
    return player.choose(stage)


def earned(name, prices, budget):
    """What one agent earns of `budget` [M] whom showing ad i at step t is worth prices[t][i]."""
    left, total = np.array(budget, float), 0.0
    for price in prices:
        stage = market([price], left=left, budget=budget)
        stage = replace(stage, legal=stage.legal & (np.array([price]) > 0))
        choice = choose(name, stage)
        total += float(stage.welfare(choice))
        left = left - np.minimum(stage.demand(choice), left)
    return total


@st.composite
def arrivals(draw):
    """Prices [T, M] and budgets [M] of at least one and of at most some bids."""
    num_steps, num_ads = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    bids = st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0])
    row = st.lists(bids, min_size=num_ads, max_size=num_ads)
    prices = draw(st.lists(row, min_size=num_steps, max_size=num_steps))
    budget = draw(st.lists(st.sampled_from([1.0, 1.5, 2.5]), min_size=num_ads, max_size=num_ads))
    return prices, budget


def optimum(prices, budget):
    stages = [market([price], left=np.array(budget)) for price in prices]
    stages = [replace(s, legal=s.legal & (s.value > 0)) for s in stages]
    return best_episode_welfare(stages)


@settings(deadline=None, max_examples=100)
@given(arrivals())
def test_one_agent_after_the_other_greed_earns_half_of_the_optimum(market):
    assert earned("myopic", *market) >= 0.5 * optimum(*market) - 1e-9


@settings(deadline=None, max_examples=100)
@given(arrivals())
def test_one_agent_after_the_other_msvv_earns_its_guarantee(market):
    prices, budget = market
    ratio = max(max(row[i] for row in prices) / b for i, b in enumerate(budget))
    if ratio == 0:
        return
    c = (1 + ratio) ** (1 / ratio)
    assert earned("msvv", *market) >= (1 - 1 / c) * (1 - ratio) * optimum(*market) - 1e-9


@pytest.mark.parametrize(("num_ads", "share"), [(40, 0.64375), (20, 0.6575), (10, 0.68)])
def test_msvv_earns_what_is_known_of_triangular_phases(num_ads, share):
    """Phase i brings as many users as a budget has bids, all wanted by ads i, i + 1, ..."""
    phases = np.triu(np.ones((num_ads, num_ads)))
    prices = np.repeat(phases, num_ads, axis=0)
    found = earned("msvv", prices, np.full(num_ads, float(num_ads)))
    assert found / num_ads**2 == pytest.approx(share, abs=1e-12)


def test_greed_earns_half_where_the_guarantee_is_tight():
    prices = [[1.0, 1.0], [1.0, 0.0]]
    assert earned("myopic", prices, [1.0, 1.0]) == 1
    assert optimum(prices, [1.0, 1.0]) == 2


@pytest.mark.parametrize("name", ["myopic", "msvv"])
@pytest.mark.parametrize("num_agents", [2, 5, 16])
def test_who_all_choose_at_once_get_one_part_in_n(name, num_agents):
    stage = market(np.ones((num_agents, num_agents)), left=np.ones(num_agents))
    assert stage.welfare(choose(name, stage)) == pytest.approx(1)
    assert plan_budgets([stage]).welfare == pytest.approx(num_agents)


def test_msvv_prefers_the_fuller_budget_among_equal_prices():
    stage = market([[1.0, 1.0]], left=[1.0, 1.5], budget=[2.0, 2.0])
    assert choose("msvv", stage).tolist() == [1]


def test_msvv_prefers_a_price_that_makes_up_for_what_is_spent():
    shade = -np.expm1(np.array([0.5, 0.25]) - 1)  # half and a quarter of the budget is spent
    worth = shade[1] / shade[0]
    for price, chosen in ((worth - 0.01, 1), (worth + 0.01, 0)):
        stage = market([[price, 1.0]], left=[2.0, 3.0], budget=[4.0, 4.0])
        assert choose("msvv", stage).tolist() == [chosen]


def test_players_say_which_games_they_play():
    assert {"msvv", "dual_pacing"} <= players_of(Ads()).keys()
    assert players_of(Ecommerce()).keys() & {"msvv", "dual_pacing"} == {"dual_pacing"}
    for game in (Basic(), Ecommerce(restock_every=1), Ecommerce(horizon=1)):
        assert not players_of(game).keys() & {"msvv", "dual_pacing"}


def test_a_player_of_other_games_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="msvv needs budgets, ecommerce-v0 has none"):
        PLAYERS["msvv"](Ecommerce())
    with pytest.raises(ValueError, match="dual_pacing needs stock or budgets that last"):
        PLAYERS["dual_pacing"](Basic())


@pytest.mark.parametrize("game", [Ads(), Ecommerce()])
def test_a_planner_without_foresight_passes_the_best_of_every_step_and_not_the_clairvoyant(game):
    blind, now, knowing = (
        play(game, name, num_envs=3).sum()
        for name in ("dual_pacing", "step_optimum", "clairvoyant")
    )
    assert now < blind < knowing


@pytest.mark.parametrize("name", ["msvv", "dual_pacing", "nash", "step_optimum", "clairvoyant"])
@pytest.mark.parametrize("constants", [{}, {"users": "resampled", "items": "resampled"}])
def test_players_of_markets_play_legally_to_the_end(name, constants):
    assert (play(replace(MARKET, **constants), name) >= 0).all()


def test_prices_are_learnt_on_draws_that_nobody_plays(monkeypatch):
    seeds = []
    game, stages = MARKET, Ads.stages

    def watch(self, state, streams, b):
        seeds.extend(streams.seed.tolist())
        return stages(self, state, streams, b)

    monkeypatch.setattr(Ads, "stages", watch)
    truth = VectorEnv(game, 2).reset(3).truth
    prices = learn_prices(game, truth.state, 1)
    assert prices.shape == (6, 8)
    assert min(seeds) >= FIRST_SEED


def test_prices_are_learnt_once_for_the_same_users_and_pool():
    env = VectorEnv(MARKET, 3)
    player, timestep = DualPacing(MARKET), env.reset(0)
    for _ in range(13):
        timestep = env.step(player.act(timestep, explore=False))
    assert len(player._learnt) == 1


def test_stock_has_no_price_when_it_is_about_to_come_back():
    game = Ecommerce(num_agents=6, pool_size=8, slate_size=4, horizon=5)
    prices = learn_prices(game, VectorEnv(game).reset(0).truth.state, 0)
    np.testing.assert_array_equal(prices[[1, 3, 4]], 0)
    assert (prices[0] == prices[2]).all()
    assert prices[0].max() > 0


def test_met_in_mid_episode_it_learns_for_what_is_left():
    env = VectorEnv(MARKET, 1)
    timestep = env.reset(0)
    for _ in range(2):
        timestep = env.step(timestep.action_mask.argmax(-1))
    player = DualPacing(MARKET)
    view = SimpleNamespace(
        truth=timestep.truth, action_mask=timestep.action_mask, start=timestep.start
    )
    player.act(view, explore=False)
    assert player._prices[0].prices.shape == (4, 8)
    assert not player._learnt


@pytest.mark.parametrize(
    "constants", [{"drift": 0.1, "users": "resampled"}, {"items": "resampled"}]
)
def test_prices_are_learnt_anew_where_episodes_begin_otherwise(constants):
    sizes = {"num_agents": 3, "pool_size": 12, "slate_size": 4, "horizon": 3}
    catalogue = Catalogue.synthetic(seed=0, num_users=3, num_items=12)
    game = Ads(catalogue=catalogue, **sizes, **constants)
    env, player = VectorEnv(game), DualPacing(game)
    timestep = env.reset(0)
    for _ in range(9):
        timestep = env.step(player.act(timestep, explore=False))
    assert len(player._learnt) >= 3
