"""Equilibria of steps of two agents, beside what Nashpy finds for the same bimatrix games.

Source: Knight and Campbell (2018), "Nashpy: a Python library for the computation of Nash
equilibria".
"""

import nashpy
import numpy as np
import pytest

from marec_env.reference import nash_conv, price_of_anarchy
from marec_env.stages import Stage
from tests.marec_env.reference.random_games import random_stage

every_rationing = pytest.mark.parametrize("rationing", ["random", "affinity"])


def bimatrix(stage: Stage) -> list[np.ndarray]:
    """What each agent gets, by both choices; a masked candidate pays less than anything."""
    shape = (stage.num_candidates + 1,) * 2
    tables = [np.full(shape, -1.0) for _ in range(2)]
    legal = np.pad(stage.legal, ((0, 0), (0, 1)), constant_values=True)
    for choice in np.ndindex(shape):
        is_legal = legal[[0, 1], choice]
        paid = stage.payoffs(np.where(is_legal, choice, stage.num_candidates))
        for table, own, is_own in zip(tables, paid, is_legal, strict=True):
            table[choice] = own if is_own else -1.0
    return tables


def game_of(seed: int, rationing) -> Stage:
    sizes = {"num_agents": 2, "num_candidates": 3, "num_slots": 3}
    return random_stage(seed, beta=(0.0, 0.5, 1.0)[seed % 3], rationing=rationing, **sizes)


@every_rationing
def test_their_mixed_equilibria_leave_nothing_to_gain(rationing):
    for seed in range(30):
        stage = game_of(seed, rationing)
        equilibria = list(nashpy.Game(*bimatrix(stage)).vertex_enumeration())
        assert equilibria
        for strategies in equilibria:
            policy = np.array(strategies).round(12)  # its zeros are not quite 0
            policy /= policy.sum(axis=1, keepdims=True)
            assert nash_conv(stage, policy) == pytest.approx(0, abs=1e-9)


@every_rationing
def test_our_pure_equilibria_are_theirs(rationing):
    for seed in range(30):
        stage = game_of(seed, rationing)
        first, second = bimatrix(stage)
        game = nashpy.Game(first, second)
        ours = {tuple(choice) for choice in price_of_anarchy(stage).equilibria.tolist()}
        pure = np.eye(stage.num_candidates + 1)
        theirs = {
            choice
            for choice in np.ndindex(first.shape)
            if all(game.is_best_response(pure[choice[0]], pure[choice[1]]))
            and min(first[choice], second[choice]) >= 0
        }
        assert ours == theirs
