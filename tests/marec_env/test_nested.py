"""Nested tuples of arrays: rows out, rows in, and there and back by name."""

from typing import NamedTuple

import numpy as np
import pytest

from marec_env.nested import flatten, only, scatter, select, unflatten


class Inner(NamedTuple):
    x: np.ndarray
    y: np.ndarray


class Outer(NamedTuple):
    step: np.ndarray
    inner: Inner


def outer(*rows):
    rows = np.array(rows)
    return Outer(rows, Inner(rows * 10.0, np.stack([rows, -rows], 1)))


def leaves(state):
    return dict(flatten(state, "state"))


def test_only_keeps_one_row_and_the_batch_axis():
    alone = only(outer(1, 2, 3), 1)
    np.testing.assert_array_equal(alone.step, [2])
    np.testing.assert_array_equal(alone.inner.y, [[2, -2]])


def test_scatter_replaces_the_rows_of_the_mask():
    merged = scatter(outer(1, 2, 3), outer(8, 9), np.array([True, False, True]))
    np.testing.assert_array_equal(merged.step, [8, 2, 9])
    np.testing.assert_array_equal(merged.inner.x, [80, 20, 90])


def test_scatter_changes_neither_of_its_arguments():
    state, fresh = outer(1, 2), outer(9)
    scatter(state, fresh, np.array([False, True])).step[:] = 0
    np.testing.assert_array_equal(state.step, [1, 2])
    np.testing.assert_array_equal(fresh.step, [9])


def test_leaves_are_named_by_their_dotted_path():
    assert list(leaves(outer(1))) == ["state.step", "state.inner.x", "state.inner.y"]


def test_what_was_flattened_comes_back_in_its_form():
    state = outer(1, 2)
    again = unflatten(state, leaves(state), "state")
    assert isinstance(again.inner, Inner)
    np.testing.assert_array_equal(again.inner.y, state.inner.y)


def test_what_comes_back_shares_no_memory():
    state = outer(1, 2)
    assert not np.shares_memory(unflatten(state, leaves(state), "state").step, state.step)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda kept: kept.pop("state.step"), r"snapshot must hold 'state\.step'"),
        (
            lambda kept: kept.update({"state.step": np.zeros(3, int)}),
            r"'state\.step' must be int64 \(2,\), got int64 \(3,\)",
        ),
        (
            lambda kept: kept.update({"state.step": np.zeros(2)}),
            r"'state\.step' must be int64 \(2,\), got float64 \(2,\)",
        ),
    ],
    ids=["missing", "shape", "dtype"],
)
def test_another_form_is_refused_in_one_sentence(damage, message):
    kept = leaves(outer(1, 2))
    damage(kept)
    with pytest.raises(ValueError, match=message):
        unflatten(outer(1, 2), kept, "state")


def test_select_keeps_the_rows_of_a_mask():
    found = leaves(select(outer(1, 2, 3), np.array([True, False, True])))
    for name, leaf in leaves(outer(1, 3)).items():
        np.testing.assert_array_equal(found[name], leaf)
