"""Known ratings as given, the model for the rest, with a table and without."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env import ratings as module
from marec_env.ratings import R_MIN, Known, LowRank, Ratings, to_unit_scale

TABLE = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], np.float32)


def low_rank(num_users=3, num_items=4, rank=2, seed=0):
    rng = np.random.default_rng(seed)
    return LowRank(
        mean=0.5,
        user_bias=rng.normal(0, 0.2, num_users).astype(np.float32),
        item_bias=rng.normal(0, 0.2, num_items).astype(np.float32),
        user_factors=rng.normal(0, 0.3, (num_users, rank)).astype(np.float32),
        item_factors=rng.normal(0, 0.3, (num_items, rank)).astype(np.float32),
    )


def without_table(monkeypatch, model, known):
    monkeypatch.setattr(module, "MAX_TABLE", 0)
    found = Ratings(model, known)
    assert found.table is None
    return found


def test_a_known_rating_comes_before_the_table():
    found = Ratings(TABLE, Known.of([1], [0], [0.9], 2))
    assert found.at(1, 0) == np.float64(np.float32(0.9))
    assert found.at(1, 1) == 0.5


def test_the_given_table_is_not_written_to():
    table = TABLE.copy()
    Ratings(table, Known.of([1], [0], [0.9], 2))
    np.testing.assert_array_equal(table, TABLE)


def test_a_table_that_holds_the_known_ratings_is_not_copied():
    table = TABLE.copy()
    found = Ratings(table, Known.of([1], [0], table[1, :1], 2))
    assert found.table is not None
    assert np.shares_memory(found.table, table)


def test_ids_broadcast():
    found = Ratings(TABLE).at(np.array([[0], [1]]), np.array([2, 0]))
    np.testing.assert_array_equal(found, TABLE[:, [2, 0]])
    assert found.dtype == np.float64


def test_the_low_rank_model_adds_biases_and_the_product_of_factors(monkeypatch):
    one = np.ones((1, 1), np.float32)
    model = LowRank(0.25, one[0] * 0.125, one[0] * 0.0625, one * 0.5, one * 0.25)
    found = without_table(monkeypatch, model, Known.none(1))
    assert found.at(0, 0) == 0.25 + 0.125 + 0.0625 + 0.5 * 0.25


def test_the_low_rank_model_is_clipped(monkeypatch):
    one = np.ones((2, 1), np.float32)
    model = LowRank(0.5, np.array([4, -4], np.float32), one[:, 0], one, one)
    found = without_table(monkeypatch, model, Known.none(2))
    assert found.at([0, 1], [0, 0]).tolist() == [1.0, R_MIN]


@settings(deadline=None)  # the first example compiles
@given(st.integers(0, 10_000), st.data())
def test_looking_up_without_a_table_agrees_with_the_table(seed, data):
    model = low_rank(seed=seed)
    pairs = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), unique=True))
    users, items = np.array(pairs, int).reshape(-1, 2).T
    known = Known.of(users, items, np.linspace(0.1, 0.9, len(pairs)), 3)
    table = Ratings(model, known).table
    with pytest.MonkeyPatch.context() as patch:
        looked_up = without_table(patch, model, known).at(np.arange(3)[:, None], np.arange(4))
    assert table is not None
    np.testing.assert_allclose(looked_up, table, atol=1e-6)


@pytest.mark.parametrize(("users", "items"), [(3, 0), (-1, 0), (0, 4), (0, -1)])
def test_an_id_out_of_range_is_refused(users, items):
    with pytest.raises(IndexError, match=r"ids must lie in 0\.\.\d"):
        Ratings(low_rank()).at(users, items)


def test_scaling_maps_one_to_five_stars_onto_r_min_to_one():
    np.testing.assert_allclose(to_unit_scale(np.array([1, 3, 5]), 1, 5), [0.05, 0.525, 1.0])


def test_triples_in_any_order_become_ascending_rows():
    known = Known.of([1, 0, 1], [2, 1, 0], [0.3, 0.1, 0.2], 3)
    assert known.indptr.tolist() == [0, 1, 3, 3]
    assert known.indices.tolist() == [1, 0, 2]
    assert known.values.tolist() == np.array([0.1, 0.2, 0.3], np.float32).tolist()


def csr(indptr, indices, values):
    return Known(np.array(indptr), np.array(indices, int), np.array(values, np.float32))


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (csr([0, 1], [0], [0.5]), r"ascend from 0 with shape \(3,\)"),
        (csr([0, 2, 1], [0], [0.5]), "ascend from 0"),
        (csr([0, 1, 2], [0], [0.5]), "ends at 2, but there are 1 item ids"),
        (csr([0, 1, 1], [3], [0.5]), r"item ids must lie in 0\.\.2, got 3\.\.3"),
        (csr([0, 2, 2], [1, 1], [0.5, 0.5]), "ascend within each user, without repetition"),
        (csr([0, 1, 1], [0], [0.0]), r"known ratings must lie in \[0\.05, 1\], got 0\.\.0"),
        (csr([0, 1, 1], [0], [np.nan]), "got nan"),
        (Known(np.zeros(3), np.zeros(0, int), np.zeros(0)), "integers, integers and floats"),
    ],
)
def test_known_ratings_that_fit_nowhere_are_refused(known, message):
    with pytest.raises(ValueError, match=message):
        Ratings(TABLE, known)


@pytest.mark.parametrize("value", [0.0, 1.01, np.nan, np.inf])
def test_a_table_out_of_scale_is_refused(value):
    table = TABLE.copy()
    table[0, 1] = value
    with pytest.raises(ValueError, match=r"ratings must lie in \[0\.05, 1\]"):
        Ratings(table)


def test_factors_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="factors must have shapes"):
        Ratings(low_rank()._replace(user_factors=np.ones((3, 5), np.float32)))


def test_infinite_factors_are_refused():
    with pytest.raises(ValueError, match="item_bias of the rating model must be finite"):
        Ratings(low_rank()._replace(item_bias=np.full(4, np.inf, np.float32)))
