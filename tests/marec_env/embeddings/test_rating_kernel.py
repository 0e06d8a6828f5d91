"""Ratings from like-minded users and similar items."""

import math

import numpy as np
import pytest

from marec_env.embeddings import Factorization, Vectors, biases, rating_kernel
from marec_env.embeddings.rating_kernel import Settings
from tests.marec_env.embeddings.worlds import interactions, two_camps


def vectors(users, items):
    return Vectors(np.array(users, np.float32), np.array(items, np.float32), "toy", "", "", {})


def test_a_prediction_by_hand(monkeypatch):
    monkeypatch.setattr(rating_kernel, "row_blocks", lambda rows, _: [slice(0, 1), slice(1, rows)])
    # two users in opposite directions rated item 0 with 5 and 1; item 1 is unrated
    world = interactions([0, 1], [0, 0], [5, 1], 2, 2)
    bias = biases.fit(world)
    sides = vectors([[1], [-1]], [[1], [-1]])
    found = Settings(kernel_tau=0.5, user_weight=1.0, item_weight=1.0).predict(world, sides)
    far = math.exp((-1 - 1) / 0.5)
    own, other = 5 - bias.at(0, 0), 1 - bias.at(1, 0)
    by_users = (own + far * other) / (1 + 1 + far)
    by_items = own / (1 + 1)
    assert found[0, 0] == pytest.approx(bias.at(0, 0) + by_users + by_items, abs=1e-5)
    # nobody rated item 1: no user speaks for it, item 0 does from afar
    assert found[0, 1] == pytest.approx(bias.at(0, 1) + far * own / (1 + far), abs=1e-5)


def test_predictions_stay_on_the_scale():
    world = two_camps()
    found = Settings(0.1, 9.0, 9.0).predict(world, Factorization(rank=1).fit(world))
    assert found.min() == 1
    assert found.max() == 5


def test_without_weights_the_bias_is_left():
    world = two_camps()
    bias = biases.fit(world)
    found = Settings(0.1, 0.0, 0.0).predict(world, Factorization(rank=1).fit(world))
    np.testing.assert_allclose(found, bias.at(np.arange(40)[:, None], np.arange(30)), atol=1e-5)


def test_camps_are_predicted_for_pairs_that_were_not_rated():
    train, validation = two_camps(seed=0), two_camps(seed=1)
    encoded = Factorization(rank=1, quality_weight=0).fit(train)
    found = rating_kernel.choose(train, validation, encoded).predict(train, encoded)
    expected = np.where(np.add.outer(np.arange(40), np.arange(30)) % 2 == 0, 5, 1)
    assert np.abs(found - expected).max() < 1


def test_the_settings_are_the_best_on_the_validation_part():
    train, validation = two_camps(share=0.3, seed=0), two_camps(share=0.3, seed=1)
    encoded = Factorization(rank=1).fit(train)
    chosen = rating_kernel.choose(train, validation, encoded)

    def error(settings):
        table = settings.predict(train, encoded).astype(float)
        return np.mean((table[validation.users, validation.items] - validation.ratings) ** 2)

    others = [chosen._replace(kernel_tau=tau) for tau in rating_kernel.TAUS]
    others += [chosen._replace(user_weight=chosen.user_weight * 0.9)]
    assert error(chosen) <= min(map(error, others)) + 1e-6
