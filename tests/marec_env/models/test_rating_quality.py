"""Error and order of predicted ratings."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marec_env.models.rating_quality import rmse, within_user_auc


def test_rmse_by_hand():
    assert rmse(np.array([1.0, 2.0]), np.array([4.0, 6.0])) == math.sqrt((9 + 16) / 2)


def test_auc_by_hand():
    # user 0: good .9 against .1 and .95: one of two; user 1: good .5 against .5: half of one
    users = np.array([0, 0, 0, 1, 1])
    good = np.array([True, False, False, True, False])
    predicted = np.array([0.9, 0.1, 0.95, 0.5, 0.5])
    assert within_user_auc(users, good, predicted) == pytest.approx((1 + 0.5) / 3)


def test_the_order_of_the_users_does_not_count():
    users, good = np.array([0, 0, 1, 1]), np.array([True, True, False, False])
    assert math.isnan(within_user_auc(users, good, np.array([0.9, 0.8, 0.1, 0.2])))


rows = st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 3)), min_size=1)


@given(rows)
def test_auc_counts_pairs(found):
    users, good, predicted = (np.array(column) for column in zip(*found, strict=True))
    wins = [
        1.0 if predicted[i] > predicted[j] else 0.5 if predicted[i] == predicted[j] else 0.0
        for i in range(len(users))
        for j in range(len(users))
        if users[i] == users[j] and good[i] and not good[j]
    ]
    auc = within_user_auc(users, good, predicted)
    assert auc == pytest.approx(np.mean(wins)) if wins else math.isnan(auc)
