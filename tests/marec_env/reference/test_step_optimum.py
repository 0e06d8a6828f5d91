"""The joint picks of highest welfare at one step."""

from dataclasses import replace

import numpy as np
import pytest

from marec_env.reference import step_optimum
from tests.marec_env.reference.random_games import best_welfare, game, random_stage

RATIONING = ("random", "affinity")


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
def test_it_equals_brute_force_on_300_random_games(beta):
    for seed in range(300):
        stage = random_stage(seed, beta=beta, rationing=RATIONING[seed % 2])
        solution = step_optimum(stage)
        assert solution.kind == "exact"
        assert solution.welfare == solution.bound == stage.welfare(solution.choice)
        assert solution.welfare == pytest.approx(best_welfare(stage), abs=1e-9)


def test_where_it_only_searches_the_truth_lies_between_welfare_and_bound():
    for seed in range(300):
        stage = random_stage(seed, num_agents=4, num_slots=3, num_candidates=3, beta=0.5)
        solution = step_optimum(stage, exact_size=0)
        assert solution.welfare <= best_welfare(stage) + 1e-9 <= solution.bound + 2e-9


def test_a_large_crowded_game_is_within_seven_percent_of_its_bound_and_says_so():
    stage = random_stage(0, num_agents=200, num_candidates=8, num_slots=50, beta=0.5)
    solution = step_optimum(stage)
    assert solution.kind == "best known"
    assert 0.93 * solution.bound < solution.welfare < solution.bound


def test_the_sparse_program_finds_what_the_dense_matrix_finds():
    for seed in range(20):
        stage = random_stage(seed, num_agents=12, num_candidates=3, num_slots=5)
        sparse = step_optimum(stage, dense_size=0)
        assert sparse.welfare == pytest.approx(step_optimum(stage).welfare, abs=1e-9)


@pytest.mark.parametrize(
    ("value_of_b", "stock", "beta", "optimum"),
    [(0.6, 2, 0.5, 1.6), (0.6, 2, 1.0, 1.6), (0.6, 1, 0.0, 1.6), (0.4, 1, 0.0, 1.4)],
)
def test_two_agents_and_two_items_are_parted(value_of_b, stock, beta, optimum):
    stage = game([[1, value_of_b]] * 2, stock=[stock, stock], beta=beta)
    assert step_optimum(stage).welfare == pytest.approx(optimum, abs=1e-12)


def test_without_scarcity_everybody_gets_its_favourite():
    stage = game([[0.2, 0.7], [0.3, 0.7], [0.9, 0.1]])
    np.testing.assert_array_equal(step_optimum(stage).choice, [1, 1, 0])


def test_who_would_only_crowd_skips():
    stage = game([[1.0], [0.1]], beta=1.0)
    np.testing.assert_array_equal(step_optimum(stage).choice, [0, 1])


def test_where_nothing_is_legal_everybody_skips():
    stage = replace(game([[1.0], [0.5]], stock=[0]), legal=np.zeros((2, 1), bool))
    solution = step_optimum(stage)
    np.testing.assert_array_equal(solution.choice, [1, 1])
    assert solution.welfare == 0


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
def test_a_planner_never_over_demands(beta):
    for seed in range(50):
        stage = random_stage(seed, num_agents=4, beta=beta)
        picks = stage.picks(step_optimum(stage).choice)
        demand = np.bincount(picks[picks >= 0], minlength=len(stage.stock))
        assert (demand <= stage.stock).all()


def test_permuting_agents_does_not_change_the_optimum():
    for seed in range(30):
        stage = random_stage(seed, num_agents=4, beta=0.5)
        order = np.random.default_rng(seed).permutation(4)
        permuted = replace(
            stage,
            value=stage.value[order],
            similarity=stage.similarity[order],
            slot=stage.slot[order],
            legal=stage.legal[order],
        )
        assert step_optimum(permuted).welfare == pytest.approx(step_optimum(stage).welfare)


def test_the_exact_program_does_not_depend_on_the_unit_of_values():
    for seed in range(10):
        stage = random_stage(seed, beta=0.5)
        small = replace(stage, value=stage.value * 2.0**-36)
        found = step_optimum(small)
        assert found.kind == "exact"
        assert found.welfare * 2.0**36 == pytest.approx(step_optimum(stage).welfare)
