"""Who is most like whom."""

import numpy as np
import pytest

from marec_env import nearness

AXES = np.array([[1, 0], [3, 1], [0, 2], [-1, 0], [1, 2]], np.float32)  # [U, D]


def test_neighbours_are_seats_by_falling_cosine_whatever_the_lengths():
    users = np.array([[4, 1, 0, 3]])  # cosines to seat 0: -, .707, .447, -.447
    np.testing.assert_array_equal(nearness.alike(AXES, users, 3)[0, 0], [1, 2, 3])


def test_nobody_is_its_own_neighbour_even_among_equals():
    same = np.ones((5, 3), np.float32)
    found = nearness.alike(same, np.array([[0, 1, 2, 3, 4]]), 2)[0]
    np.testing.assert_array_equal(found, [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1]])


def test_a_user_without_a_direction_has_neighbours_too():
    vectors = np.zeros((3, 2), np.float32)
    vectors[0, 0] = 1
    found = nearness.alike(vectors, np.array([[0, 1, 2]]), 2)[0]
    np.testing.assert_array_equal(found, [[1, 2], [0, 2], [0, 1]])


@pytest.mark.parametrize("chunk", [1, 7, 2**24])
def test_neighbours_do_not_depend_on_how_many_are_compared_at_a_time(chunk, monkeypatch):
    rng = np.random.default_rng(0)
    vectors, users = rng.normal(size=(20, 4)).astype(np.float32), rng.permutation(18).reshape(2, 9)
    whole = nearness.alike(vectors, users, 3)
    monkeypatch.setattr(nearness, "CHUNK", chunk)
    np.testing.assert_array_equal(nearness.alike(vectors, users, 3), whole)


def test_who_is_alone_has_no_neighbours():
    assert nearness.alike(AXES, np.array([[2], [3]]), 0).shape == (2, 1, 0)
