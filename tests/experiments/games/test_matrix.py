"""Repeated matrix games pay what their matrices say."""

import itertools

import numpy as np
import pytest

from experiments.games.game import Game
from experiments.games.matrix import Climbing, Penalty

EVERY = np.array(list(itertools.product(range(3), repeat=2)))  # joint actions, row by row


def payoffs(game: Game) -> list[float]:
    vec = game.vector_env(9)
    vec.reset(seed=0)
    paid = vec.step(EVERY).payoff
    np.testing.assert_array_equal(paid[:, 0], paid[:, 1])
    return paid[:, 0].tolist()


def test_climbing_pays_its_matrix():
    assert payoffs(Climbing()) == [11, -30, 0, -30, 7, 0, 0, 6, 5]


@pytest.mark.parametrize("k", [0, -25, -100])
def test_penalty_pays_its_matrix(k: int):
    assert payoffs(Penalty(k=k)) == [k, 0, 10, 0, 2, 0, 10, 0, k]


@pytest.mark.parametrize(
    ("game", "expected"),
    [(Climbing(), -86.11), (Penalty(0), 61.11), (Penalty(-25), -77.78), (Penalty(-50), -216.67),
     (Penalty(-75), -355.56), (Penalty(-100), -494.44)],
)  # fmt: skip
def test_uniform_play_earns_the_mean_of_the_matrix_25_times(game: Game, expected: float):
    vec = game.vector_env(9)
    vec.reset(seed=0)
    total = sum(vec.step(EVERY).payoff.mean() for _ in range(25))
    assert total == pytest.approx(expected, abs=0.005)
    np.testing.assert_array_equal(vec.step(EVERY).start, np.zeros(9, bool))


def test_there_is_nothing_to_see():
    vec = Climbing().vector_env(2, with_state=True)
    first = vec.reset(seed=0)
    then = vec.step(np.array([[0, 1], [2, 2]]))
    assert (first.observation == 1).all()
    assert (first.state == 1).all()
    np.testing.assert_array_equal(then.observation, first.observation)
    assert then.state is not None
    assert then.state.shape == (2, 2)


def test_a_penalty_that_is_a_prize_is_refused():
    with pytest.raises(ValueError, match="k must be <= 0, got 3"):
        Penalty(k=3)
