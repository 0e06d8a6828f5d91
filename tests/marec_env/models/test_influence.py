"""How tastes move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marec_env.models.graph import drawn, friends
from marec_env.models.influence import directions, next_taste

PAIR = friends([(0, 1)], 2)
NORTH, EAST = [1.0, 0.0], [0.0, 1.0]


def moved(taste, beginning, item, items, graph, lam, rho, alpha):
    taste, beginning, items = (np.array(x, np.float32) for x in (taste, beginning, items))
    users = np.arange(taste.size // taste.shape[-1]).reshape(taste.shape[:2])
    found = next_taste(taste, beginning, users, items, np.array(item), graph, lam, rho, alpha)
    assert found.dtype == np.float32
    return found


def test_friends_pull_as_by_hand():
    # (.9 (1, 0) + .1 (0, 1)) / sqrt(.82)
    found = moved([[NORTH, EAST]], [NORTH, EAST], [[-1, -1]], [NORTH], PAIR, 0.1, 0.0, 0.0)
    np.testing.assert_allclose(found[0], [[0.993884, 0.110432], [0.110432, 0.993884]], rtol=1e-5)


def test_the_beginning_pulls_back():
    # .8 (0, 1) + .2 (1, 0), of length sqrt(.68)
    found = moved([[EAST]], [NORTH], [[-1]], [NORTH], friends([], 1), 0.0, 0.2, 0.0)
    np.testing.assert_allclose(found[0, 0], np.array([0.2, 0.8]) / np.sqrt(0.68), rtol=1e-6)


def test_what_is_liked_attracts_and_what_is_disliked_pushes_away():
    half = np.sqrt(0.5)
    liked = moved([[NORTH]], [NORTH], [[0]], [[half, half]], friends([], 1), 0.0, 0.0, 0.5)
    disliked = moved([[NORTH]], [NORTH], [[0]], [[-half, -half]], friends([], 1), 0.0, 0.0, 0.5)
    np.testing.assert_allclose(liked, disliked)  # -x pushes to where x attracts
    np.testing.assert_allclose(liked[0, 0], np.array([1.25, 0.25]) / np.sqrt(1.625), rtol=1e-6)


def test_a_skip_consumes_nothing():
    found = moved([[NORTH]], [NORTH], [[-1]], [[0.6, 0.8]], friends([], 1), 0.0, 0.0, 0.9)
    np.testing.assert_array_equal(found[0, 0], NORTH)


def test_who_has_no_friends_is_pulled_by_itself():
    found = moved([[EAST]], [NORTH], [[-1]], [NORTH], friends([], 1), 1.0, 0.0, 0.0)
    np.testing.assert_array_equal(found[0, 0], EAST)


def test_a_sum_without_direction_leaves_the_taste_where_it_is():
    # (1 - lam) (1, 0) + lam (-1, 0) = 0 at lam = 1/2
    tastes = [NORTH, [-1.0, 0.0]]
    found = moved([tastes], tastes, [[-1, -1]], [NORTH], PAIR, 0.5, 0.0, 0.0)
    np.testing.assert_array_equal(found[0], tastes)


@given(st.integers(0, 2**32), st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 1))
def test_tastes_stay_unit_vectors(seed, lam, rho, alpha):
    rng = np.random.default_rng(seed)
    taste = directions(rng.normal(size=(6, 3))).reshape(1, 6, 3)
    items = directions(rng.normal(size=(5, 3)))
    graph = drawn("erdos-renyi", 6, 2, 0.0, seed % 7)
    item = rng.integers(-1, 5, (1, 6))
    found = moved(taste, taste[0], item, items, graph, lam, rho, alpha)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1.0, atol=1e-6)


@pytest.mark.parametrize("rho", [0.05, 0.9])  # the pull of the beginning: with inertia, without
def test_only_with_inertia_does_what_is_consumed_add_up(rho):
    # one user that consumes an item at 60 degrees, 60 times, without friends
    item = [0.5, np.sqrt(0.75)]
    taste = np.array([[NORTH]], np.float32)
    for _ in range(60):
        taste = moved(taste, [NORTH], [[0]], [item], friends([], 1), 0.1, rho, 0.1)
    cosine = taste[0, 0, 0]
    assert cosine < 0.8 if rho == 0.05 else cosine > 0.99


def test_a_direction_has_length_one_and_no_direction_is_zero():
    found = directions(np.array([[3.0, 4.0], [0.0, 0.0], [1e-7, 0.0]]))
    np.testing.assert_allclose(found, [[0.6, 0.8], [0, 0], [0, 0]], rtol=1e-6)
