"""Vectors in cells: which of them are nearest, against looking at all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marec_env.cells import Cells
from marec_env.retrieval import exact

ITEMS = np.array([[1, 0], [0, 2], [1, 1], [-1, 0], [3, 0]], np.float32)  # [I, D]


def test_only_the_cells_of_a_user_are_looked_at():
    cells = Cells(ITEMS, np.array([0, 1, 0, 1, 2]), 3)
    users = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    found = cells.nearest(users, np.array([[0, 1], [2, 0], [1, -1]]), 3)
    assert found[0].tolist() == [0, 2, 1]  # dot products 1, 1, 0; item 3 has -1
    assert found[1].tolist() == [4, 0, 2]
    assert found[2].tolist() == [1, 3, -1]  # -1 is no cell, and two vectors are all there are


def test_an_empty_cell_has_nothing_to_say():
    cells = Cells(ITEMS, np.array([3, 3, 3, 3, 3]), 5)
    found = cells.nearest(np.array([[0, 1]], np.float32), np.array([[4, 0]]), 2)
    assert found.tolist() == [[-1, -1]]


@pytest.mark.parametrize("size", [1, 7, 8, 9, 24])
def test_any_number_of_coordinates_is_added_up(size):
    items = np.eye(size, dtype=np.float32) * np.arange(1, size + 1, dtype=np.float32)
    cells = Cells(items, np.zeros(size, np.int64), 1)
    found = cells.nearest(np.ones((1, size), np.float32), np.zeros((1, 1), np.int64), size)
    assert found.tolist() == [list(range(size))[::-1]]


@given(st.integers(0, 10**6), st.integers(1, 200), st.integers(1, 9), st.integers(1, 12))
def test_all_cells_together_are_a_look_at_everything(seed, num_items, num_cells, count):
    rng = np.random.default_rng(seed)
    items = rng.permutation(4 * num_items)[:num_items, None].astype(np.float32)  # no two equal
    users = np.ones((3, 1), np.float32)
    count = min(count, num_items)
    cells = Cells(items, rng.integers(0, num_cells, num_items), num_cells)
    everywhere = np.tile(rng.permutation(num_cells), (3, 1))
    np.testing.assert_array_equal(
        cells.nearest(users, everywhere, count), exact(users, items, count)
    )
