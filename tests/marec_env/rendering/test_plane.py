"""Principal components, and marks that make room for one another."""

import numpy as np
import pytest

from marec_env.rendering.plane import Plane, pushed_apart


def test_the_first_axis_is_that_of_the_largest_spread():
    vectors = np.array([[0, 0, 0], [0, 0, 8], [0, 1, 4], [0, -1, 4]], np.float32)
    expected = [[0, 0.5], [1, 0.5], [0.5, 1], [0.5, 0]]
    np.testing.assert_allclose(Plane.of(vectors).places(vectors), expected, atol=1e-12)


def test_a_direction_and_its_opposite_are_the_same_axis():
    vectors = np.random.default_rng(0).normal(size=(20, 5))
    axes = Plane.of(vectors).axes
    assert (np.take_along_axis(axes, np.abs(axes).argmax(0)[None], 0) > 0).all()


def test_whoever_moves_out_of_the_plane_stays_at_its_rim():
    vectors = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
    assert Plane.of(vectors).places(100 * vectors).max() == 1


@pytest.mark.parametrize("vectors", [np.zeros((3, 4)), np.arange(3.0)[:, None]])
def test_flat_worlds_have_a_place_for_everyone(vectors):
    places = Plane.of(vectors).places(vectors)
    assert places.shape == (3, 2)
    np.testing.assert_allclose(places[:, 1], 0.5)


def test_marks_are_pushed_apart_and_stay_in_the_box():
    box = np.array([6.0, 5.0])
    places = np.random.default_rng(0).normal([3, 0.2], 0.1, (40, 2)).clip(0, box)
    moved = pushed_apart(places, 0.3, box)
    apart = np.linalg.norm(moved[:, None] - moved[None], axis=-1) + 9 * np.eye(40)
    assert apart.min() > 0.9 * 0.3
    assert (moved >= 0).all()
    assert (moved <= box).all()


def test_equal_places_are_pushed_apart():
    moved = pushed_apart(np.full((3, 2), 1.0), 0.3, np.array([2.0, 2.0]))
    assert np.linalg.norm(moved[0] - moved[1]) > 0.28


def test_marks_with_room_stay_where_they_are():
    places = np.array([[0.5, 0.5], [1.5, 0.5]])
    np.testing.assert_allclose(pushed_apart(places, 0.3, np.array([2.0, 2.0])), places, atol=1e-5)
