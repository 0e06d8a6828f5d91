"""A factorization trained with differential privacy."""

import sys

import numpy as np
import pytest

from marec_env.centring import centred
from marec_env.datasets import DataError
from marec_env.embeddings.private_factors import PrivateFactorization
from tests.marec_env.embeddings.worlds import two_camps

WORLD = two_camps(share=0.8)  # 960 ratings
QUICK = {"rank": 2, "delta": 1e-4, "batch_size": 128, "max_epochs": 20, "learning_rate": 0.05}


def separation(vectors):
    """Mean cosine to the items of one's own camp, less that to the others."""
    cos = centred(vectors.users) @ centred(vectors.items).T
    is_own = np.add.outer(np.arange(40), np.arange(30)) % 2 == 0
    return cos[is_own].mean() - cos[~is_own].mean()


def test_with_a_large_epsilon_the_camps_are_found_and_with_a_small_one_they_are_not():
    loud, quiet = (
        PrivateFactorization(**QUICK, epsilon=epsilon).fit(WORLD) for epsilon in (1000.0, 0.5)
    )
    assert separation(loud) > 1.5
    assert separation(quiet) < 0.8
    assert loud.record["noise_multiplier"] < quiet.record["noise_multiplier"]


def test_what_is_spent_is_what_the_accountant_says_and_at_most_what_was_allowed():
    from opacus.accountants import RDPAccountant

    record = PrivateFactorization(**QUICK, epsilon=2.0).fit(WORLD).record
    accountant = RDPAccountant()
    rate = 128 / len(WORLD)
    for _ in range(round(20 / rate)):
        accountant.step(noise_multiplier=record["noise_multiplier"], sample_rate=rate)
    assert record["epsilon_spent"] == pytest.approx(accountant.get_epsilon(1e-4))
    assert 1.9 < record["epsilon_spent"] <= 2.0


def test_the_gradient_of_a_rating_is_that_of_its_loss_and_never_longer_than_the_clip():
    import torch

    from marec_env.embeddings.neural.private import Settings, clipped

    settings = Settings(2, 1.0, 1e-6, 1, 1, 3.0, 0.1, 0)
    rows = torch.randn(50, 6, generator=torch.Generator().manual_seed(0), requires_grad=True)
    users, items = rows[:, :3], rows[:, 3:]
    predicted = (users[:, :2] * items[:, :2]).sum(1) + users[:, 2] + items[:, 2]
    ((predicted - 1) ** 2 / 2).sum().backward()
    true = rows.grad
    assert true is not None
    with torch.no_grad():
        found = torch.cat(clipped(users, items, torch.ones(50), settings), 1)
    length = true.norm(dim=1, keepdim=True)
    assert 0 < (length > 3).sum() < 50
    torch.testing.assert_close(found, true * (3 / length).clamp(max=1))


def test_equal_seeds_give_equal_bits_and_others_do_not():
    one, again, other = (PrivateFactorization(**QUICK, seed=seed).fit(WORLD) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.items, again.items)
    np.testing.assert_array_equal(one.users, again.users)
    assert (one.items != other.items).any()


def test_users_come_from_their_own_ratings_and_what_is_published():
    encoder = PrivateFactorization(**QUICK)
    vectors = encoder.fit(WORLD)
    np.testing.assert_array_equal(encoder.encode_users(vectors, WORLD), vectors.users)
    assert set(vectors.weights) == {"mean", "item_bias"}


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"epsilon": 0.0}, "epsilon must be positive and finite, got 0.0"),
        ({"delta": 1.0}, r"delta must be in \(0, 1\), got 1.0"),
        ({"rank": 0}, "rank must be >= 1, got 0"),
    ],
)
def test_impossible_constants_are_refused(constants, message):
    with pytest.raises(ValueError, match=message):
        PrivateFactorization(**constants)


def test_a_delta_that_would_let_a_rating_be_published_is_one_sentence():
    with pytest.raises(DataError, match=r"less than 1 / \d+, the number of ratings, got 0\.01"):
        PrivateFactorization(delta=0.01).fit(WORLD)


def test_without_the_library_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "marec_env.embeddings.neural.private", None)
    with pytest.raises(DataError, match=r"pip install marec-env\[privacy\]"):
        PrivateFactorization().fit(WORLD)
