"""Equations (2) to (4) of similarity.py; the worked example has a file of its own."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.similarity import KINDS, Similarity

X, Y = np.array([3.0, 4.0]), np.array([4.0, 3.0])  # cos 24/25, product 24

vectors = hnp.arrays(np.float32, (4, 3), elements=st.floats(-2, 2, width=32))


@pytest.mark.parametrize(
    ("similarity", "expected"),
    [
        (Similarity("cosine"), 24 / 25),
        (Similarity("cosine", shifted=True), 49 / 50),
        (Similarity("exponential"), math.exp(-1 / 25)),
        (Similarity("exponential", tau=0.5), math.exp(-2 / 25)),
        (Similarity("exponential", offset=0), math.exp(24 / 25)),
        (Similarity("sigmoid_dot"), 1 / (1 + math.exp(-24))),
        (Similarity("sigmoid_dot", scaled=True), 1 / (1 + math.exp(-24 / math.sqrt(2)))),
    ],
    ids=str,
)
def test_the_equations_by_hand(similarity, expected):
    assert similarity(X, Y) == pytest.approx(expected, rel=1e-15)


def test_offset_zero_and_tau_one_on_unit_vectors_is_the_exponential_of_the_product():
    x, y = X / 5, Y / 5
    assert Similarity("exponential", offset=0)(x, y) == pytest.approx(math.exp(x @ y), rel=1e-15)


def test_a_vector_without_a_direction_is_at_right_angles_to_all():
    assert Similarity("cosine")(np.zeros(2), Y) == 0


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)  # the first example compiles
@given(vectors, vectors)
def test_what_scenarios_use_by_default_lies_between_zero_and_one(kind, users, items):
    table = Similarity(kind, shifted=True).table(users, items)
    assert (table >= 0).all()
    assert (table <= 1).all()


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)  # the first example compiles
@given(vectors, vectors)
def test_listed_pairs_have_the_bits_of_the_table(kind, users, items):
    similarity = Similarity(kind, tau=0.3)
    rows, columns = np.arange(4)[:, None], np.array([2, 0, 3])[None]
    np.testing.assert_array_equal(
        similarity.pairs(users, items, rows, columns),
        similarity.table(users, items)[:, [2, 0, 3]],
    )


@pytest.mark.parametrize("size", [1, 3, 64])
def test_the_table_does_not_depend_on_how_many_rows_it_has(size):
    rng = np.random.default_rng(0)
    users, items = rng.normal(size=(64, 16)), rng.normal(size=(30, 16))
    similarity = Similarity()
    whole = similarity.table(users, items)
    np.testing.assert_array_equal(similarity.table(users[:size], items), whole[:size])


def test_sums_run_in_float64_also_for_float32_vectors():
    x = np.array([1e4, 1, -1e4], np.float32)
    y = np.array([1e4, 1, 1e4], np.float32)
    assert Similarity("sigmoid_dot")(x, y) == 1 / (1 + math.exp(-1))


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"kind": "cosin"}, "similarity must be one of cosine, exponential, sigmoid_dot, got"),
        ({"tau": 0}, "tau must be positive and finite, got 0"),
        ({"tau": -1}, "tau must be positive and finite, got -1"),
        ({"tau": math.nan}, "tau must be positive and finite, got nan"),
        ({"offset": math.inf}, "offset must be finite, got inf"),
        ({"tau": 0.001, "offset": 0}, r"\(1 - offset\) / tau must be at most 88"),
    ],
)
def test_a_constant_out_of_range_is_one_sentence(constants, message):
    with pytest.raises(ValueError, match=message):
        Similarity(**constants)


@pytest.mark.parametrize("kind", KINDS)
def test_of_vectors_that_move_it_has_the_bits_of_the_table(kind):
    rng = np.random.default_rng(0)
    users = rng.normal(size=(2, 3, 4)).astype(np.float32)
    items = rng.normal(size=(9, 4)).astype(np.float32)
    pool = np.array([[1, 4, 5, 8, 0]])
    similarity = Similarity(kind, shifted=True)
    closeness = similarity.closeness(users, items, pool)
    found = similarity.of_closeness(closeness, 4)
    table = similarity.table(users.reshape(6, 4), items[pool[0]]).reshape(2, 3, 5)
    np.testing.assert_array_equal(found, table)
    own = similarity.closeness(users, items, np.repeat(pool, 2, axis=0))  # a pool for each copy
    np.testing.assert_array_equal(closeness, own)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_closer_is_more_similar(kind):
    rng = np.random.default_rng(1)
    users = rng.normal(size=(1, 1, 4)).astype(np.float32)
    items = rng.normal(size=(9, 4)).astype(np.float32)
    similarity = Similarity(kind)
    closeness = similarity.closeness(users, items, np.arange(9)[None])
    order = np.argsort(closeness[0, 0])
    assert (np.diff(similarity.of_closeness(closeness, 4)[0, 0, order]) > 0).all()
