"""Markets with budgets: best joint picks, plans, prices and equilibria, against brute force."""

from dataclasses import replace

import numpy as np
import pytest

from marec_env.reference import best_plan, equilibrium, price_of_anarchy, step_optimum
from marec_env.reference.branching import best_choice
from marec_env.reference.budget_plan import is_late, plan_budgets
from marec_env.reference.budget_program import relax, turns
from marec_env.reference.climbing import joint_choices
from marec_env.scenarios.ads import Ads
from marec_env.streams import single
from tests.marec_env.reference.random_markets import (
    best_episode_welfare,
    market,
    random_market,
    random_markets,
)
from tests.marec_env.rollouts import SIZES


def test_the_step_optimum_equals_brute_force_on_400_random_markets():
    for seed in range(400):
        stage = random_market(seed)
        solution = step_optimum(stage)
        assert solution.kind == "exact"
        assert solution.welfare == solution.bound == stage.welfare(solution.choice)
        best = stage.welfare(joint_choices(stage)).max()
        assert solution.welfare == pytest.approx(best, abs=1e-9)


def test_where_the_search_is_cut_short_the_truth_lies_between_welfare_and_bound():
    for seed in range(300):
        stage = random_market(seed)
        solution = step_optimum(stage, max_nodes=1)
        best = stage.welfare(joint_choices(stage)).max()
        assert solution.welfare <= best + 1e-9 <= solution.bound + 2e-9


@pytest.mark.parametrize("seed", range(10))
def test_a_search_finds_the_same_whatever_prices_it_goes_by(seed):
    stage = random_market(seed, num_agents=4)
    these, skips = turns([stage]), np.full(4, stage.num_candidates)
    best = step_optimum(stage).welfare
    for prices in (0.0, 0.5, 1.0):
        choice, is_done = best_choice(these, np.full(len(stage.left), prices), skips)
        assert is_done
        assert stage.welfare(choice) == pytest.approx(best, abs=1e-9)


def test_two_agents_part_where_one_budget_is_too_small_for_both():
    stage = market([[1.0, 0.4], [1.0, 0.3]], left=[1.0, 1.0])
    np.testing.assert_array_equal(step_optimum(stage).choice, [1, 0])
    assert step_optimum(stage).welfare == pytest.approx(1.4)


def test_where_nothing_is_legal_everybody_skips():
    stage = market(np.ones((2, 2)), left=[0.0, 0.0])
    np.testing.assert_array_equal(step_optimum(stage).choice, [2, 2])


def test_the_best_plan_lies_between_the_plan_and_the_bound():
    for seed in range(300):
        stages = random_markets(seed, num_steps=2 + seed % 2, num_agents=2, num_candidates=2)
        solution, best = plan_budgets(stages), best_episode_welfare(stages)
        assert solution.welfare <= best + 1e-9 <= solution.bound + 2e-9
        assert solution.welfare >= 0.9 * best
        if solution.kind == "exact":
            assert solution.welfare == pytest.approx(best, abs=1e-9)


def test_a_plan_is_paid_what_it_says_and_picks_nothing_that_is_drained():
    for seed in range(100):
        stages = random_markets(seed, num_steps=4)
        solution = plan_budgets(stages)
        left, paid = stages[0].left, 0.0
        for stage, choice in zip(stages, solution.choice, strict=True):
            now = replace(stage, left=left, legal=stage.legal & (left[stage.slot] > 0))
            demand = now.demand(choice)
            paid += float(now.welfare(choice))
            left = np.where(demand < left, left - demand, 0.0)
        assert paid == pytest.approx(solution.welfare)


def test_a_pick_after_the_step_that_drains_its_ad_is_late():
    stages = [market([[0.6], [0.5]], left=[1.0]), market([[0.6], [0.5]], left=[1.0])]
    late = is_late(turns(stages), np.array([0, 0, 0, 1]), num_agents=2)
    np.testing.assert_array_equal(late, [False, False, True, False])


def test_a_plan_takes_the_short_flight_first():
    both, later = market([[1.0, 0.9]], left=[1.0, 1.0]), market([[1.0, 0.9]], left=[1.0, 1.0])
    later = replace(later, legal=np.array([[True, False]]))
    solution = plan_budgets([both, later])
    assert solution.choice.tolist() == [[1], [0]]
    assert solution.welfare == pytest.approx(1.9)


def test_budgets_have_prices_in_0_to_1_that_make_the_bound():
    for seed in range(50):
        these = turns(random_markets(seed, num_steps=3))
        found = relax(these)
        assert ((found.prices >= 0) & (found.prices <= 1)).all()
        after = np.where(these.legal, these.price * (1 - found.prices[these.slot]), 0.0)
        limited = np.where(np.isfinite(these.left), these.left, 0.0)
        assert after.max(1).sum() + found.prices @ limited == pytest.approx(found.bound)


def test_nothing_that_lasts_has_a_price():
    stages = [market(np.full((2, 2), 0.5))] * 2
    np.testing.assert_array_equal(relax(turns(stages)).prices, [0, 0])


def test_an_equilibrium_is_one_of_those_that_enumeration_finds():
    for seed in range(300):
        stage = random_market(seed)
        found, listed = equilibrium(stage), price_of_anarchy(stage)
        assert found.kind == "exact"
        assert (listed.equilibria == found.choice).all(1).any()


def test_a_plan_of_the_game_is_within_a_percent_of_its_bound():
    game = Ads()
    solution = best_plan(game, game.reset(single(0)), single(0), 0)
    assert solution.choice.shape == (24, 16)
    assert 0.99 * solution.bound < solution.welfare <= solution.bound
    assert solution.kind == "best known"


def test_without_limits_the_plan_is_the_favourite_of_every_step():
    game = Ads(**SIZES, budget_share=float("inf"))
    state = game.reset(single(0))
    solution = best_plan(game, state, single(0), 0)
    favourites = [stage.favourites for stage in game.stages(state, single(0), 0)]
    np.testing.assert_array_equal(solution.choice, favourites)
    assert solution.kind == "exact"
