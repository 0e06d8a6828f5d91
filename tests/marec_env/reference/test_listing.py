"""Plans of games so small that every plan can be played, and what a search misses of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env.nested import only
from marec_env.reference import best_plan
from marec_env.reference.friends_plan import searched
from marec_env.reference.listing import listed
from marec_env.reference.simulation import improved, play
from marec_env.scenarios.social import Social
from marec_env.stages import Stage
from tests.marec_env.reference.circles import best_welfare, random_circle_game

TINY: dict[str, Any] = {
    "num_agents": 3,
    "pool_size": 4,
    "slate_size": 2,
    "horizon": 3,
    "degree": 2,
}


def test_among_friends_the_plan_of_a_small_game_equals_brute_force():
    for seed in range(300):
        truth = random_circle_game(seed)
        found = best_plan(truth.scenario, truth.state, truth.streams, 0)
        assert found.kind == "exact"
        assert found.bound == found.welfare
        assert found.welfare == pytest.approx(best_welfare(truth), abs=1e-12)


def test_it_is_worth_what_it_says():
    truth = marec_env.make_vec("social-v0", 2, **TINY).reset(3).truth
    plan = best_plan(*truth, 1)
    alone, streams = only(truth.state, 1), truth.streams.only([1])
    again = play(truth.scenario, alone, streams, lambda _, t: plan.choice[None, t], 1)
    assert plan.choice.shape == (3, 3)
    assert again.welfare[0] == pytest.approx(plan.welfare, abs=1e-12)


def test_what_is_left_of_a_game_may_be_small_enough():
    longer: dict[str, Any] = TINY | {"horizon": 4}
    vec = marec_env.make_vec("social-v0", **longer)
    now = vec.reset(0)
    assert best_plan(*now.truth, 0).kind == "best known"
    now = vec.step(np.zeros((1, 3), np.int64))
    rest = best_plan(*now.truth, 0)
    assert rest.kind == "exact"
    assert rest.choice.shape == (3, 3)


def test_it_is_listed_up_to_as_many_plans_as_may_be():
    truth: Any = marec_env.make_vec("social-v0", **TINY).reset(0).truth
    assert listed(*truth, max_plans=3**9) is not None
    assert listed(*truth, max_plans=3**9 - 1) is None


def test_the_search_of_larger_games_is_never_better_and_comes_close_where_all_is_known():
    gap = []
    for seed in range(60):
        truth: Any = marec_env.make_vec("social-v0", **TINY).reset(seed).truth
        found, best = searched(*truth), best_welfare(truth)
        assert found.kind == "best known"
        assert found.welfare <= best + 1e-12
        gap.append(1 - found.welfare / best)
    assert np.mean(gap) < 0.03
    assert np.max(gap) < 0.25
    assert np.mean(np.array(gap) < 1e-9) > 0.6


def test_a_game_of_a_kind_of_its_own_is_listed_too():
    @dataclass(frozen=True, kw_only=True, eq=False)
    class Unknown(Stage):
        """Of which nothing is known but what it pays."""

        def payoffs(self, choice):
            return self.chosen(self.value, choice)

    class Own(Social):
        """Among friends, to which no method for friends applies."""

        def stage(self, state, b):
            stage = super().stage(state, b)
            return Unknown(**{name: getattr(stage, name) for name in Stage.__dataclass_fields__})

    truth = marec_env.make_vec(Own(**TINY)).reset(0).truth
    found = best_plan(*truth, 0)
    assert found.kind == "exact"
    assert found.welfare == pytest.approx(best_welfare(truth), abs=1e-12)
    assert improved(*truth, 0).welfare <= found.welfare + 1e-12
