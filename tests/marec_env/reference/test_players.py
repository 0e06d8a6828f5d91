"""The reference players, on a stage set by hand and in the game itself."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from marec_env.reference import PLAYERS, best_plan, players_of
from marec_env.reference.players import Random
from marec_env.scenarios.basic import Basic
from marec_env.scenarios.ecommerce import Ecommerce
from marec_env.vector_env import VectorEnv
from tests.marec_env.reference.random_games import game

SMALL: dict[str, Any] = {"num_agents": 6, "pool_size": 8, "slate_size": 4, "horizon": 6}


def view_of(stage, num_envs=1):
    """What a player of a game that consists of `stage` alone gets to see."""
    scenario = SimpleNamespace(stage=lambda state, b: stage, beta=stage.beta)
    mask = np.pad(stage.legal, ((0, 0), (0, 1)), constant_values=True)
    return SimpleNamespace(
        truth=(scenario, None, None),
        action_mask=np.tile(mask, (num_envs, 1, 1)),
    )


def choice_of(name, stage):
    return PLAYERS[name](None, seed=0).act(view_of(stage), explore=False)[0].tolist()


def play(scenario, name, num_envs=4, seed=0):
    """Payoffs [T, B, N] float32 of an episode."""
    env = VectorEnv(scenario, num_envs)
    player = PLAYERS[name](scenario, seed=seed)
    timestep, payoffs = env.reset(seed), []
    for _ in range(scenario.horizon):
        action = player.act(timestep, explore=False)
        assert action.dtype == np.int64
        assert np.take_along_axis(timestep.action_mask, action[..., None], -1).all()
        timestep = env.step(action)
        payoffs.append(timestep.payoff)
    return np.array(payoffs)


def test_greedy_goes_by_similarity_and_myopic_by_value():
    stage = replace(game([[0.2, 0.9]]), similarity=np.array([[0.8, 0.5]]))
    assert choice_of("greedy", stage) == [0]
    assert choice_of("myopic", stage) == [1]


def test_greedy_public_avoids_what_was_crowded_at_the_last_step():
    stage = replace(
        game([[1, 1]], stock=[1, 1]), similarity=np.array([[0.8, 0.5]]), load=np.array([2, 0])
    )
    assert choice_of("greedy_public", stage) == [1]  # .8 / 2 < .5


def test_greedy_public_counts_the_crowd_as_well():
    stage = replace(
        game([[1, 1]], stock=[4, 4], beta=1.0),
        similarity=np.array([[0.8, 0.5]]),
        load=np.array([2, 1]),
    )
    assert choice_of("greedy_public", stage) == [1]


def test_selfish_agents_crowd_where_a_team_parts():
    stage = game([[1, 0.6]] * 2, beta=0.5)
    assert choice_of("nash", stage) == [0, 0]
    assert sorted(choice_of("step_optimum", stage)) == [0, 1]


@pytest.mark.parametrize("name", ["random", "greedy", "greedy_public", "myopic", "nash"])
def test_who_finds_nothing_legal_skips(name):
    stage = replace(game([[1.0, 0.5]]), legal=np.zeros((1, 2), bool))
    assert choice_of(name, stage) == [2]


def test_random_is_uniform_over_what_is_legal():
    stage = replace(game([[1, 1, 1]]), legal=np.array([[True, False, True]]))
    choice = PLAYERS["random"](None, seed=0).act(view_of(stage, 10_000), explore=True)
    share = np.bincount(choice[:, 0], minlength=4) / 10_000
    np.testing.assert_allclose(share, [0.5, 0, 0.5, 0], atol=0.02)


def test_random_depends_on_its_seed_alone():
    view = view_of(game(np.ones((3, 4))), 50)
    first, again, other = (
        PLAYERS["random"](None, seed=s).act(view, explore=True) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("name", players_of(Ecommerce()))
@pytest.mark.parametrize("constants", [{}, {"rationing": "affinity", "beta": 0.5}])
def test_every_player_plays_legally_to_the_end(name, constants):
    assert (play(Ecommerce(**SMALL, **constants), name) >= 0).all()


def test_a_clairvoyant_receives_exactly_what_it_planned():
    scenario = Ecommerce(**SMALL)
    truth = VectorEnv(scenario, 4).reset(0).truth
    planned = [best_plan(scenario, truth.state, truth.streams, b) for b in range(4)]
    received = play(scenario, "clairvoyant").sum((0, 2))
    np.testing.assert_allclose(received, [plan.welfare for plan in planned], rtol=1e-6)


@pytest.mark.parametrize("constants", [{}, {"rationing": "affinity"}, {"beta": 1.0}])
def test_nobody_beats_a_clairvoyant(constants):
    scenario = Ecommerce(**SMALL, **constants)
    best = play(scenario, "clairvoyant").sum((0, 2))
    for name in players_of(scenario):
        assert (play(scenario, name).sum((0, 2)) <= best + 1e-5).all()


def test_a_clairvoyant_met_in_mid_episode_plans_from_there():
    scenario = Ecommerce(**SMALL)
    env = VectorEnv(scenario, 2)
    timestep = env.reset(0)
    for _ in range(3):
        timestep = env.step(PLAYERS["greedy"](scenario).act(timestep, explore=False))
    planned = best_plan(scenario, timestep.truth.state, timestep.truth.streams, 1)
    late, received = PLAYERS["clairvoyant"](scenario), 0.0
    for _ in range(3):
        timestep = env.step(late.act(timestep, explore=False))
        received += timestep.payoff[1].sum()
    assert received == pytest.approx(planned.welfare, rel=1e-6)


def test_without_scarcity_own_value_equilibrium_and_optimum_are_one():
    scenario = Basic(**SMALL)
    best = play(scenario, "myopic")
    for name in ("nash", "step_optimum", "clairvoyant"):
        np.testing.assert_array_equal(play(scenario, name), best)


CROWDED = {"beta": 0.5, "num_agents": 64, "slate_size": 24}  # too large a program


@pytest.mark.parametrize(
    ("constants", "kind"), [({}, "exact"), ({"beta": 1.0}, "exact"), (CROWDED, "best known")]
)
def test_players_say_whether_what_they_played_was_exact(constants, kind):
    scenario = Ecommerce(horizon=2, **constants)
    view = VectorEnv(scenario).reset(0)
    for name, cls in players_of(scenario).items():
        player = cls(scenario)
        player.act(view, explore=False)
        assert player.kind == (kind if name in ("step_optimum", "clairvoyant") else "exact")


def test_a_view_without_truth_is_refused():
    view = SimpleNamespace(truth=None, action_mask=np.ones((1, 1, 2), bool), start=np.ones(1, bool))
    with pytest.raises(ValueError, match=r"needs view\.truth, got None"):
        PLAYERS["greedy"](None).act(view, explore=False)


def test_the_clairvoyant_plans_anew_where_others_have_sold_out_what_it_had_planned():
    scenario = Ecommerce(**SMALL)
    env = VectorEnv(scenario, 4)
    planner, others = PLAYERS["clairvoyant"](scenario), PLAYERS["random"](scenario, seed=0)
    timestep = env.reset(0)
    for _ in range(2 * scenario.horizon):
        planned = planner.act(timestep, explore=False)
        assert np.take_along_axis(timestep.action_mask, planned[..., None], -1).all()
        mixed = np.where(np.arange(6) < 3, planned, others.act(timestep, explore=False))
        timestep = env.step(mixed)


def test_a_clairvoyant_does_not_go_on_with_the_plan_of_another_episode():
    scenario = Basic(**SMALL)
    env, used = VectorEnv(scenario), PLAYERS["clairvoyant"](scenario)
    timestep = env.reset(1)
    for _ in range(3):
        timestep = env.step(PLAYERS["greedy"](scenario).act(timestep, explore=False))
    middle = env.snapshot()
    used.act(env.reset(0), explore=False)
    timestep = env.restore(middle)
    fresh = PLAYERS["clairvoyant"](scenario)
    np.testing.assert_array_equal(
        used.act(timestep, explore=False), fresh.act(timestep, explore=False)
    )


def test_players_that_plan_may_be_taken_back_in_time():
    scenario = Ecommerce(**SMALL)
    env = VectorEnv(scenario)
    timestep = env.reset(0)
    start = env.snapshot()
    for _ in range(scenario.horizon - 1):
        timestep = env.step(PLAYERS["greedy"](scenario).act(timestep, explore=False))
    early = env.restore(start)._replace(start=np.zeros(1, bool))
    for name in ("clairvoyant", "dual_pacing"):
        used, fresh = PLAYERS[name](scenario), PLAYERS[name](scenario)
        used.act(timestep, explore=False)
        np.testing.assert_array_equal(
            used.act(early, explore=False), fresh.act(early, explore=False)
        )


def test_random_goes_on_exactly_from_its_state():
    first, second = (Random(None, seed=seed) for seed in (0, 1))
    view = SimpleNamespace(action_mask=np.ones((20, 3, 5), bool))
    first.act(view, explore=True)
    second.load_state_dict(first.state_dict())
    np.testing.assert_array_equal(first.act(view, explore=True), second.act(view, explore=True))
