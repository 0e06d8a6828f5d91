"""Duplicates, k-core, scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marec_env.datasets import DataError, Interactions
from marec_env.datasets.cleaning import detect_scale, k_core
from tests.marec_env.datasets.invented import table, triples


def interactions(pairs):
    users, items = np.array(pairs).reshape(-1, 2).T
    return Interactions(
        users=users,
        items=items,
        ratings=np.ones(len(users)),
        timestamps=None,
        rows=np.arange(1, len(users) + 1),
        scale=(0, 1),
        user_ids=tuple(f"u{n}" for n in range(users.max() + 1)),
        item_ids=tuple(f"i{n}" for n in range(items.max() + 1)),
        name="toy",
        file="toy",
        source="",
        licence="",
    )


def test_the_latest_rating_of_a_pair_is_kept(tmp_path):
    found = table(tmp_path, "a,x,1,30\na,x,2,20\nb,x,5,1\n")
    assert triples(found) == [("a", "x", 1), ("b", "x", 5)]
    assert found.dropped[0].rows == (2,)


def test_of_equal_times_the_later_row_is_kept(tmp_path):
    assert triples(table(tmp_path, "a,x,1,30\na,x,2,30\nb,x,5,1\n"))[0] == ("a", "x", 2)


def test_without_times_the_later_row_is_kept(tmp_path):
    assert triples(table(tmp_path, "a,x,1\na,x,2\nb,x,5\n"))[0] == ("a", "x", 2)


def test_k_core_is_repeated_until_all_bounds_hold():
    # dropping item 2 leaves user 1 with one rating, dropping her leaves item 1 with one
    found = k_core(interactions([(0, 0), (0, 1), (2, 0), (2, 3), (0, 3), (1, 1), (1, 2)]), 2, 2)
    assert [(u, i) for u, i, _ in triples(found)] == [
        ("u0", "i0"), ("u2", "i0"), ("u2", "i3"), ("u0", "i3"),
    ]  # fmt: skip
    assert found.dropped[0].count == 3
    assert found.dropped[0].rows == (2, 6, 7)


def test_k_core_that_leaves_nothing_is_one_sentence():
    with pytest.raises(DataError, match="must keep some ratings, all are dropped"):
        k_core(interactions([(0, 0), (1, 1)]), 2, 1)


def test_who_never_rated_has_no_place_in_a_k_core():
    found = k_core(interactions([(0, 0), (0, 1), (2, 0), (2, 1)]), 2, 2)
    assert (found.num_users, found.num_items, len(found)) == (2, 2, 4)


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
def test_everything_in_a_k_core_has_enough_ratings(pairs):
    try:
        found = k_core(interactions(sorted(pairs)), 2, 3)
    except DataError:
        return
    assert np.bincount(found.users, minlength=found.num_users).min() >= 2
    assert np.bincount(found.items, minlength=found.num_items).min() >= 3


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [
        ([1, 5], (1, 5)),
        ([2, 4], (1, 5)),
        ([0.5, 4], (0.5, 5)),
        ([0, 5], (0, 5)),
        ([0, 1], (0, 1)),
        ([1, 9], (1, 10)),
        ([-9.5, 9], (-10, 10)),
        ([3, 250], (3, 250)),
    ],
)
def test_the_tightest_usual_scale_is_taken(ratings, scale):
    assert detect_scale(np.array(ratings, float), "x") == scale


def test_ratings_beyond_any_scale_are_refused():
    with pytest.raises(DataError, match=r"x must have ratings on a scale, .* -1e\+308 to 1e\+308"):
        detect_scale(np.array([-1e308, 1e308]), "x")
