"""How far apart friends are, and what spread among them."""

import numpy as np
import pytest

from marec_env.models.cohesion import cohesion
from marec_env.models.graph import friends

LINE = friends([(0, 1), (1, 2)], 3)  # 0 - 1 - 2
APART = np.array([[[1, 0], [1, 0], [-1, 0]]], np.float32)


def measured(slots, taste=APART, graph=LINE):
    found = cohesion(taste, np.array([slots]), graph, 5)
    return {name: float(value[0]) for name, value in found.items()}


def test_polarisation_is_the_variance_of_tastes():
    assert measured([[-1, -1, -1]])["polarisation"] == pytest.approx(8 / 9)  # 1 - (1/3)^2
    alike = np.repeat(APART[:, :1], 3, axis=1)
    assert measured([[-1, -1, -1]], alike)["polarisation"] == pytest.approx(0, abs=1e-12)


def test_an_echo_chamber_is_where_friends_are_closer_than_others():
    assert measured([[-1] * 3])["echo_chamber"] == pytest.approx(0 - (-1 / 3))


def test_among_nobodys_friends_and_among_everybodys_there_is_no_chamber():
    for graph in (friends([], 3), friends([(0, 1), (1, 2), (0, 2)], 3)):
        assert np.isnan(measured([[-1] * 3], graph=graph)["echo_chamber"])


def test_a_cascade_counts_those_who_pick_after_a_friend():
    # item 4: 0 begins, 1 follows, then 2; at the same step nobody follows; 0 again is no first pick
    assert measured([[4, -1, -1], [4, 4, -1], [-1, -1, 4]])["cascade_size"] == 3.0
    assert measured([[4, 4, 4]])["cascade_size"] == 1.0
    assert measured([[4, -1, -1], [-1, -1, 4]])["cascade_size"] == 1.0  # 0 and 2 are not friends


def test_together_is_the_share_of_friends_on_the_same_item():
    # 0: 1 of 1; 1: 1 of 2; 2: 0 of 1
    assert measured([[4, 4, 3]])["friends_together"] == pytest.approx(0.5)


def test_without_picks_nothing_spreads_and_nobody_meets():
    found = measured([[-1] * 3])
    assert np.isnan([found["cascade_size"], found["friends_together"]]).all()
