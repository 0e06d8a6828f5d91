"""Equations (1) to (6) of neighbours.py, once more and slowly, and what they may not know."""

import numpy as np
import pytest

from marec_env.ratings import R_MIN, Known
from marec_env.reference.neighbours import NUM_NEIGHBOURS, Neighbours

NUM_USERS, NUM_ITEMS = 60, 50


def some_ratings(seed):
    """A table [U, I] with NaN where nobody has rated, with tastes that are alike."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(NUM_USERS, 2)) @ rng.normal(size=(2, NUM_ITEMS))
    table = np.clip(0.55 + 0.2 * taste, R_MIN, 1).astype(np.float32)
    return np.where(rng.random(table.shape) < 0.6, table, np.nan)


def known_of(table):
    users, items = np.nonzero(~np.isnan(table))
    return Known.of(users, items, table[users, items], len(table))


def slowly(table, user, item, by_item):
    """The prediction from the table without the entry (user, item)."""
    r = np.array(table, np.float64)
    r[user, item] = np.nan
    is_rated = ~np.isnan(r)
    r = np.nan_to_num(r)
    mean = (r.sum(1) + 10 * 0.525) / (is_rated.sum(1) + 10)
    excess = np.where(is_rated, r - mean[:, None], 0.0)
    above = excess.sum(0) / (is_rated.sum(0) + 25)
    e = np.where(is_rated, excess - above, 0.0)
    if not by_item:
        e, is_rated = e.T, is_rated.T
    own, target = (user, item) if by_item else (item, user)
    neighbours = []
    for j in np.flatnonzero(is_rated[own]):
        both = is_rated[:, j] & is_rated[:, target]
        product = (e[both, j] * e[both, target]).sum()
        if product > 0:
            norm = np.sqrt((e[both, j] ** 2).sum() * (e[both, target] ** 2).sum())
            neighbours.append((both.sum() / (both.sum() + 100) * product / norm, e[own, j]))
    nearest = sorted(neighbours, reverse=True)[:NUM_NEIGHBOURS]
    total = sum(s for s, _ in nearest)
    rest = sum(s * x for s, x in nearest) / total if total > 0 else 0.0
    return np.clip(mean[user] + above[item] + rest, R_MIN, 1)


@pytest.mark.parametrize("by_item", [True, False])
def test_predictions_are_those_of_the_equations_without_the_pair(by_item):
    table = some_ratings(0)
    rng = np.random.default_rng(1)
    users, items = rng.integers(NUM_USERS, size=80), rng.integers(NUM_ITEMS, size=80)
    found = Neighbours(known_of(table), NUM_ITEMS, by_item=by_item).predict(users, items)
    expected = [slowly(table, u, i, by_item) for u, i in zip(users, items, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("by_item", [True, False])
def test_no_prediction_depends_on_the_rating_that_it_predicts(by_item):
    table = some_ratings(2)
    users, items = (ids[:200] for ids in np.nonzero(~np.isnan(table)))
    for user, item in zip(users[::20], items[::20], strict=True):
        changed = table.copy()
        changed[user, item] = 1.05 - table[user, item]
        pair = np.array([user]), np.array([item])
        before, after = (
            Neighbours(known_of(t), NUM_ITEMS, by_item=by_item).predict(*pair)
            for t in (table, changed)
        )
        np.testing.assert_allclose(after, before, rtol=1e-9)


@pytest.mark.parametrize("by_item", [True, False])
def test_predictions_do_not_depend_on_what_else_is_asked(by_item):
    neighbours = Neighbours(known_of(some_ratings(3)), NUM_ITEMS, by_item=by_item)
    users, items = np.divmod(np.arange(300), NUM_ITEMS)
    together = neighbours.predict(users, items)
    alone = [neighbours.predict(users[p : p + 1], items[p : p + 1])[0] for p in range(0, 300, 37)]
    np.testing.assert_array_equal(together[::37], alone)


@pytest.mark.parametrize("by_item", [True, False])
def test_neighbours_predict_better_than_means(by_item):
    table = some_ratings(4)
    users, items = np.nonzero(~np.isnan(table))
    found = Neighbours(known_of(table), NUM_ITEMS, by_item=by_item).predict(users, items)
    true = table[users, items]
    assert np.mean((found - true) ** 2) < 0.8 * np.var(true)


def test_a_user_without_ratings_gets_the_mean_of_the_others():
    known = Known.of([0, 1], [0, 0], [1.0, 1.0], num_users=3)
    found = Neighbours(known, 2, by_item=True).predict(np.array([2, 2]), np.array([0, 1]))
    mean = (1 + 5.25) / 11
    np.testing.assert_allclose(found, [0.525 + 2 * (1 - mean) / 27, 0.525])
