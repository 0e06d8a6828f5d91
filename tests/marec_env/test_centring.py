"""Directions around the mean."""

import numpy as np

from marec_env.centring import centred


def test_rows_have_unit_length_and_opposite_rows_opposite_signs():
    found = centred(
        np.array([[3, 4], [5, 8]], np.float32)
    )  # mean (4, 6), differences -(1, 2) and (1, 2)
    np.testing.assert_allclose(found[1], np.array([1, 2]) / np.sqrt(5), rtol=1e-7)
    np.testing.assert_array_equal(found[0], -found[1])


def test_a_shift_and_a_scale_of_all_rows_change_nothing():
    rows = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(centred(10 + 4 * rows), centred(rows), atol=1e-6)


def test_a_side_of_one_row_keeps_its_direction():
    np.testing.assert_allclose(centred(np.array([[3, 4]], np.float32)), [[0.6, 0.8]], rtol=1e-7)


def test_a_row_at_the_mean_becomes_zero():
    found = centred(np.array([[1, 1], [0, 0], [2, 2]], np.float32))
    assert found[0].tolist() == [0, 0]


def test_equal_rows_all_become_zero():
    assert not centred(np.full((4, 3), 0.1, np.float32)).any()
