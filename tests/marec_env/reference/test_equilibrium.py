"""Choices that nobody gains by changing alone."""

from dataclasses import replace

import numpy as np
import pytest

from marec_env.reference import equilibrium, price_of_anarchy
from marec_env.reference.equilibrium import best_response, deferred_acceptance, potential
from tests.marec_env.reference.random_games import game, joint_choices, random_stage

BETAS = (0.0, 0.3, 1.0, 2.0)

# ranks per item 0: u0 u1 u2, 1: u0 u1 u2, 2: u1 u2 u0
CYCLE = game(
    [[0.13, 0.259, 0.29], [0.215, 0.322, 0.107], [0.189, 0.032, 0.094]],
    stock=[1, 1, 1],
    similarity=[[3, 3, 1], [2, 2, 3], [1, 1, 2]],
)


def positive_game(seed: int):
    stage = random_stage(seed, num_agents=4, beta=BETAS[seed % 4])
    return replace(stage, value=stage.value + 0.01)


def test_the_potential_changes_by_the_log_ratio_of_the_deviators_payoffs_in_1000_games():
    for seed in range(1_000):
        stage, rng = positive_game(seed), np.random.default_rng(seed)
        seat = int(rng.integers(4))
        options = np.flatnonzero(stage.legal[seat])
        if len(options) == 0:
            continue
        before = rng.permutation(joint_choices(stage))[0]
        before[seat], after = rng.choice(options), before.copy()
        after[seat] = rng.choice(options)
        ratio = stage.payoffs(after)[seat] / stage.payoffs(before)[seat]
        change = potential(stage, after) - potential(stage, before)
        assert change == pytest.approx(np.log(ratio), abs=1e-9)


def test_best_response_ends_at_an_equilibrium_in_1000_games_with_random_rationing():
    for seed in range(1_000):
        stage = random_stage(seed, num_agents=4, beta=BETAS[seed % 4])
        start = np.random.default_rng(seed).permutation(joint_choices(stage))[0]
        found = best_response(stage, start)
        assert found.kind == "exact"
        assert stage.gains(found.choice).max() <= 1e-12


@pytest.mark.parametrize("rationing", ["random", "affinity"])
def test_reply_payoffs_are_the_payoffs_of_deviating(rationing):
    for seed in range(100):
        stage = random_stage(seed, num_agents=4, beta=BETAS[seed % 4], rationing=rationing)
        stage = replace(stage, similarity=stage.similarity.round(1))  # with ties
        choice = np.random.default_rng(seed).permutation(joint_choices(stage))[0]
        replies = stage.replies(choice)
        for seat, options in enumerate(replies):
            for k in np.flatnonzero(options > -np.inf):
                deviation = choice.copy()
                deviation[seat] = k
                payoff = stage.payoffs(deviation)[seat]
                assert replies[seat, k] == pytest.approx(payoff, abs=1e-12)
        assert (replies[:, :-1] > -np.inf).tolist() == stage.legal.tolist()


def test_deferred_acceptance_is_an_equilibrium_of_affinity_rationing():
    for seed in range(300):
        stage = random_stage(seed, num_agents=4, rationing="affinity")
        assert stage.gains(deferred_acceptance(stage)).max() <= 1e-12


def test_an_equilibrium_is_among_those_found_by_looking_at_every_choice():
    for seed in range(300):
        stage = random_stage(seed, num_agents=3, rationing=("random", "affinity")[seed % 2])
        listed = price_of_anarchy(stage).equilibria.tolist()
        assert equilibrium(stage).choice.tolist() in listed


def test_best_response_in_turns_can_cycle_under_affinity_rationing():
    choice, seen = np.array([0, 0, 0]), []
    for seat in [2, 1, 0] * 4:
        replies = CYCLE.replies(choice)[seat]
        if replies.max() > replies[choice[seat]]:
            choice[seat] = replies.argmax()
            seen.append(tuple(choice.tolist()))
    cycle = [(1, 0, 0), (2, 0, 0), (2, 0, 2), (2, 1, 2), (1, 1, 2), (1, 1, 0)]
    assert set(cycle) <= set(seen)
    assert len(seen) > len(set(seen))


def test_deferred_acceptance_solves_the_game_in_which_best_response_cycles():
    found = equilibrium(CYCLE)
    assert found.kind == "exact"
    assert CYCLE.gains(found.choice).max() == 0


def test_a_choice_with_something_left_to_gain_is_never_called_exact():
    kinds = set()
    for seed in range(200):
        stage = random_stage(seed, num_agents=4, beta=1.0, rationing="affinity")
        found = equilibrium(stage)
        kinds.add(found.kind)
        assert (stage.gains(found.choice).max() <= 1e-12) == (found.kind == "exact")
    assert "exact" in kinds


def test_a_cycle_ends_with_the_steadiest_choice_seen():
    found = best_response(CYCLE, np.array([3, 3, 3]), max_moves=2)
    assert found.kind == "best known"
    assert found.gain == pytest.approx(CYCLE.gains(found.choice).max())


@pytest.mark.parametrize(
    ("value_of_b", "stock", "beta", "worth"),
    [(0.6, 2, 0.5, 2**0.5), (0.6, 2, 1.0, 1.6), (0.6, 1, 0.0, 1.6), (0.4, 1, 0.0, 1.0)],
)
def test_two_agents_crowd_on_the_better_item_unless_the_other_is_worth_it(
    value_of_b, stock, beta, worth
):
    stage = game([[1, value_of_b]] * 2, stock=[stock, stock], beta=beta)
    anarchy = price_of_anarchy(stage)
    assert anarchy.worst == pytest.approx(worth)
    assert anarchy.best == pytest.approx(worth)
    assert stage.welfare(equilibrium(stage).choice) == pytest.approx(worth)


def test_worthless_items_and_masked_ones_leave_an_agent_content_with_nothing():
    stage = game([[0.0, 0.0], [0.5, 0.7]], stock=[1, 1])
    stage = replace(stage, legal=np.array([[True, True], [True, False]]))
    found = equilibrium(stage)
    assert found.kind == "exact"
    assert found.choice[1] == 0
