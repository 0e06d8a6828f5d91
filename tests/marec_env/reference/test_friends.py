"""Optima of steps among friends, and plans for their episodes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env.nested import only
from marec_env.reference import PLAYERS, best_plan, step_optimum
from marec_env.reference.climbing import joint_choices
from marec_env.reference.friends_climbing import best_climb
from marec_env.reference.friends_plan import step_optimum_of_friends
from marec_env.reference.simulation import improved, play, wanted
from tests.marec_env.rollouts import SIZES
from tests.marec_env.stages.test_friends import random_circle

PLAIN: dict[str, Any] = {"lam": 0.0, "alpha": 0.0, "conformity": 0.0, "word_of_mouth": 0.0}


@pytest.mark.parametrize("seed", range(300))
def test_the_optimum_of_a_step_is_that_of_brute_force(seed):
    stage = random_circle(seed)
    best = float(stage.welfare(joint_choices(stage)).max())
    found = step_optimum(stage)
    assert found.kind == "exact"
    assert found.welfare == pytest.approx(best)


@pytest.mark.parametrize("seed", range(100))
def test_in_small_circles_the_best_climb_ends_at_the_optimum_in_any_unit(seed):
    stage, unit = random_circle(seed), 2.0**-45
    small = replace(stage, value=stage.value * unit, iota=stage.iota * unit)
    best = float(stage.welfare(joint_choices(stage)).max())
    assert float(stage.welfare(best_climb(stage))) == pytest.approx(best)
    np.testing.assert_array_equal(best_climb(small), best_climb(stage))


def test_climbing_finds_nearly_all_of_it_in_games_of_the_default_size():
    vec = marec_env.make_vec("social-v0", 12)
    state = vec.reset(0).truth.state
    stages = [vec.scenario.stage(state, b) for b in range(12)]
    found = [step_optimum_of_friends(stage, max_entries=0) for stage in stages]
    assert {solution.kind for solution in found} == {"best known"}
    climbed = sum(solution.welfare for solution in found)
    assert climbed > 0.99 * sum(step_optimum(stage).welfare for stage in stages)


def plan_and_truth(**constants):
    vec = marec_env.make_vec("social-v0", 2, **SIZES | constants)
    truth = vec.reset(3).truth
    return best_plan(truth.scenario, truth.state, truth.streams, 1), truth


def test_a_plan_pays_what_it_says():
    plan, truth = plan_and_truth()
    alone, streams = only(truth.state, 1), truth.streams.only([1])
    again = play(truth.scenario, alone, streams, lambda _, t: plan.choice[None, t], 1)
    assert plan.kind == "best known"
    assert plan.choice.shape == (5, 5)
    assert again.welfare[0] == pytest.approx(plan.welfare, abs=1e-12)


def test_a_plan_is_at_least_as_good_as_the_best_of_every_step():
    plan, truth = plan_and_truth()
    alone, streams = only(truth.state, 1), truth.streams.only([1])

    def together(states, t):
        return step_optimum(truth.scenario.stage(states, 0)).choice[None]

    assert plan.welfare >= play(truth.scenario, alone, streams, together, 1).welfare[0]


def test_where_no_pick_changes_what_comes_later_the_best_of_every_step_is_the_plan():
    plan, truth = plan_and_truth(**PLAIN)
    game, alone = truth.scenario, only(truth.state, 1)
    slates = game.world.slates(alone.episode, truth.streams.only([1]), range(game.horizon))
    stages = [game.one_shot(alone._replace(slate=slate)) for slate in slates]
    best = sum(step_optimum(stage).welfare for stage in stages)
    assert plan.welfare == pytest.approx(best)


def test_where_picks_change_slates_no_later_step_is_known():
    _, truth = plan_and_truth()
    with pytest.raises(TypeError, match="slates of social-v0 follow from picks"):
        truth.scenario.stages(truth.state, truth.streams, 0)


def test_a_circle_of_more_friends_than_an_array_has_axes_is_climbed():
    game = marec_env.make_vec(
        "social-v0", num_agents=101, degree=100, pool_size=3, slate_size=3, iota=0.05
    )
    truth = game.reset(0).truth
    assert step_optimum(truth.scenario.stage(truth.state, 0)).kind == "best known"


def test_whoever_does_not_find_what_it_wants_takes_what_is_worth_most():
    vec = marec_env.make_vec("social-v0", 1, **SIZES)
    state = vec.reset(0).truth.state
    value = vec.scenario.world.values(state.episode, state.slate)[0]
    offered = state.slate.slots[0]
    missing = np.array([(set(range(12)) - set(row.tolist())).pop() for row in offered])
    found = wanted(vec.scenario, state, np.array([[offered[0, 2], missing[1], -1, *missing[3:]]]))
    assert found[0].tolist() == [2, value[1].argmax(), 4, *value[3:].argmax(1)]


def test_the_plan_is_followed_to_its_end_and_made_anew_where_others_upset_it():
    vec = marec_env.make_vec("social-v0", 1, **SIZES)
    now = vec.reset(0)
    player = PLAYERS["clairvoyant"](vec.scenario)
    plan = best_plan(*now.truth, 0)
    for t in range(3):
        actions = player.act(now, explore=False)
        assert actions[0].tolist() == plan.choice[t].tolist()
        now = vec.step(actions)
    upset = np.where(np.arange(5) == 0, 4, player.act(now, explore=False))  # agent 0 skips
    now = vec.step(upset)
    assert player.act(now, explore=False)[0].tolist() == best_plan(*now.truth, 0).choice[0].tolist()


@pytest.mark.parametrize("name", ["basic-v0", "ecommerce-v0"])
def test_a_plan_found_by_playing_is_at_most_as_good_as_an_exact_one(name):
    vec = marec_env.make_vec(name, 1, **SIZES)
    truth = vec.reset(0).truth
    found, exact = improved(*truth, 0), best_plan(*truth, 0)
    assert exact.kind == "exact"
    assert found.kind == "best known"
    assert 0.8 * exact.welfare < found.welfare < exact.welfare + 1e-9
