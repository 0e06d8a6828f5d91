"""Strict and mild users, good and bad items."""

import numpy as np

from marec_env.embeddings import biases
from tests.marec_env.embeddings.worlds import interactions


def test_without_shrinkage_additive_ratings_are_recovered(monkeypatch):
    monkeypatch.setattr(biases, "USER_SHRINKAGE", 0.0)
    monkeypatch.setattr(biases, "ITEM_SHRINKAGE", 0.0)
    users, items = (index.ravel() for index in np.indices((3, 4)))
    ratings = 3 + np.array([-1, 0, 1])[users] + np.array([-0.5, 0.5, 0.25, -0.25])[items]
    found = biases.fit(interactions(users, items, ratings, 3, 4))
    np.testing.assert_allclose(found.at(users, items), ratings, atol=1e-12)
    assert found.mean == 3


def test_one_rating_is_shrunk_towards_nothing():
    # the mean is 3; the item of the 5 starts with 2 / (1 + 2), that of the 1 with its negative
    found = biases.fit(interactions([0, 1], [0, 1], [5, 1], 2, 2))
    assert 0 < found.items[0] < 2 / 3
    assert found.items[1] == -found.items[0]


def test_who_rated_nothing_has_no_bias():
    found = biases.fit(interactions([0], [0], [5], 2, 2))
    assert found.users[1] == found.items[1] == 0
