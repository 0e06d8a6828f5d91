"""Tastes that turn by themselves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marec_env.models.drift import drifted, perpendicular, turned


def world(seed, size=4):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(6, size)).astype(np.float32)
    users = rng.integers(0, 6, (2, 3))
    return vectors, users, perpendicular(vectors[users], rng.normal(size=(2, 3, size)))


def test_a_quarter_turn_ends_at_the_direction():
    vectors, users, z = world(0)
    np.testing.assert_allclose(
        drifted(vectors, users, z, np.full(2, np.pi / 2)), z, rtol=1e-6, atol=1e-6
    )


def test_no_turn_is_the_vector_itself():
    vectors, users, z = world(0)
    np.testing.assert_array_equal(drifted(vectors, users, z, np.zeros(2)), vectors[users])


@given(st.integers(0, 2**32))
def test_directions_are_orthogonal_and_as_long(seed):
    vectors, users, z = world(seed)
    e = vectors[users]
    np.testing.assert_allclose((e * z).sum(-1), 0.0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), np.linalg.norm(e, axis=-1), rtol=1e-5)


@given(st.integers(0, 2**32), st.floats(-3, 3), st.floats(-3, 3))
def test_turns_add_up(seed, first, then):
    vectors, users, z = world(seed)
    before = drifted(vectors, users, z, np.full(2, first))
    np.testing.assert_allclose(
        turned(before, vectors, users, z, then),
        drifted(vectors, users, z, np.full(2, first + then)),
        atol=1e-5,
    )


def test_what_is_orthogonal_to_the_plane_stays():
    vectors = np.array([[2.0, 0.0, 0.0]], np.float32)
    z = np.array([[[0.0, 2.0, 0.0]]], np.float32)
    found = turned(
        np.array([[[1.0, 0.0, 5.0]]], np.float32), vectors, np.array([[0]]), z, np.pi / 2
    )
    np.testing.assert_allclose(found, [[[0.0, 1.0, 5.0]]], atol=1e-6)


def test_a_taste_without_direction_or_without_room_to_turn_stays():
    zero, line = np.zeros((1, 1, 3), np.float32), np.ones((1, 1, 1), np.float32)
    assert not perpendicular(zero, np.ones((1, 1, 3))).any()
    assert not perpendicular(line, np.full((1, 1, 1), 0.3)).any()
