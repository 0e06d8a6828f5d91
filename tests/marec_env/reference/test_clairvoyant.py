"""The joint picks of highest welfare over an episode whose slates are known."""

from dataclasses import replace

import numpy as np
import pytest

import marec_env
from marec_env.reference import best_plan, clairvoyant, step_optimum
from marec_env.stages import StockStage
from tests.marec_env.reference.random_games import best_episode_welfare, game, random_stages

RATIONING = ("random", "affinity")


def small_episode(seed: int, beta: float = 0.0) -> list[StockStage]:
    return random_stages(
        seed,
        num_steps=3,
        restock_every=1 + seed % 3,
        num_agents=2 + seed % 2,
        num_candidates=2,
        beta=beta,
        rationing=RATIONING[seed % 2],
    )


@pytest.mark.parametrize("beta", [0.0, 1.0])
def test_it_equals_brute_force_over_all_plans(beta):
    for seed in range(300):
        stages = small_episode(seed, beta)
        solution = clairvoyant(stages)
        assert solution.kind == "exact"
        assert solution.welfare == pytest.approx(best_episode_welfare(stages), abs=1e-9)


def test_with_some_crowding_the_truth_lies_between_plan_and_bound():
    for seed in range(300):
        stages = small_episode(seed, beta=0.5)
        solution = clairvoyant(stages)
        best = best_episode_welfare(stages)
        assert solution.welfare <= best + 1e-9 <= solution.bound + 2e-9
        if solution.kind == "exact":
            assert solution.welfare == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("beta", [0.0, 1.0])
def test_with_a_restock_at_every_step_it_is_the_sum_of_step_optima(beta):
    for seed in range(30):
        stages = random_stages(seed, num_steps=6, restock_every=1, num_agents=5, beta=beta)
        total = sum(step_optimum(stage).welfare for stage in stages)
        assert clairvoyant(stages).welfare == pytest.approx(total, abs=1e-9)


def test_it_waits_for_the_user_whom_the_last_unit_suits_best():
    now, later = game([[0.5]], stock=[1]), game([[0.9]], stock=[1])
    solution = clairvoyant([now, later])
    np.testing.assert_array_equal(solution.choice, [[1], [0]])
    assert solution.welfare == 0.9


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_a_plan_fits_the_stock_of_every_window(beta):
    for seed in range(20):
        stages = random_stages(seed, num_steps=7, restock_every=3, num_agents=4, beta=beta)
        choice = clairvoyant(stages).choice
        for window in {stage.window for stage in stages}:
            inside = [t for t, stage in enumerate(stages) if stage.window == window]
            picks = np.concatenate([stages[t].picks(choice[t]) for t in inside])
            taken = np.bincount(picks[picks >= 0], minlength=len(stages[0].stock))
            assert (taken <= stages[inside[0]].stock).all()


def bound_of(stages: list[StockStage]) -> float:
    return clairvoyant(stages).bound


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
class TestNothingThatIsAddedLowersTheBound:
    def episodes(self, beta):
        return [
            random_stages(seed, num_steps=4, restock_every=2, num_agents=4, beta=beta)
            for seed in range(15)
        ]

    def test_stock(self, beta):
        for stages in self.episodes(beta):
            more = [replace(stage, stock=stage.stock + 1) for stage in stages]
            assert bound_of(more) >= bound_of(stages) - 1e-9

    def test_slates(self, beta):
        for stages in self.episodes(beta):
            more = [replace(stage, legal=stage.stock[stage.slot] > 0) for stage in stages]
            assert bound_of(more) >= bound_of(stages) - 1e-9

    def test_a_user(self, beta):
        for stages in self.episodes(beta):
            fewer = [
                replace(
                    stage,
                    value=stage.value[:-1],
                    similarity=stage.similarity[:-1],
                    slot=stage.slot[:-1],
                    legal=stage.legal[:-1],
                )
                for stage in stages
            ]
            assert bound_of(fewer) <= bound_of(stages) + 1e-9


@pytest.mark.parametrize("offset", [10.0, 18.0])
def test_a_plan_does_not_depend_on_the_unit_of_payoffs(offset):
    def worth(offset: float) -> float:
        truth = marec_env.make_vec("ecommerce-v0", offset=offset).reset(0).truth
        return best_plan(*truth, 0).welfare * np.exp(offset)

    assert worth(offset) == pytest.approx(worth(1.0))


def test_a_bound_of_budgets_holds_in_any_unit():
    def found(bid: float):
        solution = best_plan(*marec_env.make_vec("ads-v0", bid=bid).reset(0).truth, 0)
        return solution.welfare / bid, solution.bound / bid

    assert found(1e-10) == pytest.approx(found(1.0))
