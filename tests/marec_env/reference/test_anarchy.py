"""What selfishness costs in one step."""

import numpy as np
import pytest

from marec_env.reference import price_of_anarchy
from marec_env.reference.equilibrium import equilibrium
from tests.marec_env.reference.random_games import game, random_stage


@pytest.mark.parametrize(
    ("num_agents", "price"), [(2, 1.9990), (3, 2.9950), (4, 3.9890), (5, 4.9811)]
)
def test_it_grows_with_the_number_of_agents(num_agents, price):
    eps = 1e-3
    value = [[1, 0]] + [[eps, eps / num_agents]] * (num_agents - 1)
    anarchy = price_of_anarchy(game(value, beta=1.0))
    assert anarchy.price == pytest.approx(price, abs=5e-5)


def test_it_is_two_for_two_agents_who_could_have_shared_nothing():
    anarchy = price_of_anarchy(game([[1, 0.4], [1, 0.4]], stock=[1, 1]))
    assert (anarchy.optimum, anarchy.worst) == (pytest.approx(1.4), pytest.approx(1.0))


def test_every_equilibrium_listed_is_one_and_no_other_choice_is():
    stage = random_stage(5, num_agents=3, num_candidates=2, beta=0.5)
    listed = {tuple(row) for row in price_of_anarchy(stage).equilibria.tolist()}
    assert tuple(equilibrium(stage).choice.tolist()) in listed
    for row in listed:
        payoffs = stage.payoffs(np.array(row))
        for seat in range(3):
            for k in [*np.flatnonzero(stage.legal[seat]), 2]:
                deviation = np.array(row)
                deviation[seat] = k
                assert stage.payoffs(deviation)[seat] <= payoffs[seat] + 1e-12


def test_a_game_of_nothing_costs_nothing():
    assert price_of_anarchy(game([[0.0], [0.0]])).price == 1


def test_too_many_joint_choices_are_refused():
    with pytest.raises(ValueError, match="at most 1000 joint choices can be listed, got 59049"):
        price_of_anarchy(game(np.ones((10, 2))), max_choices=1_000)
