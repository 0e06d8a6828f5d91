"""What all encoders by behaviour have in common."""

import subprocess
import sys

import numpy as np
import pytest

from marec_env.datasets import DataError
from marec_env.embeddings import ENCODERS, build, ranking
from marec_env.embeddings.histories import from_ids
from tests.marec_env.embeddings.worlds import cyclic

TRAINED = {
    "size": 16, "max_length": 8, "max_epochs": 40, "patience": 0, "batch_size": 8, "dropout": 0.1,
    "learning_rate": 1e-2,
}  # fmt: skip
SMALL = {
    "factorization": {"rank": 4},
    "als": {"size": 8},
    "item_knn": {"size": 8},
    "linear_sigmoid": TRAINED,
    "sasrec": TRAINED,
    "bert4rec": TRAINED,
}
SEQUENTIAL = ("item_knn", "linear_sigmoid", "sasrec", "bert4rec")
every = pytest.mark.parametrize("name", SMALL)


@pytest.fixture(scope="module")
def fitted():
    """Encoder, what it was fitted to, and its vectors, by name; fitted when first asked for."""
    kept = {}

    def get(name):
        if name not in kept:
            encoder = ENCODERS[name](**SMALL[name])
            seen, _ = ranking.deal(cyclic())
            kept[name] = encoder, seen, encoder.fit(seen)
        return kept[name]

    return get


@every
def test_users_are_embedded_by_their_histories(fitted, name):
    encoder, seen, vectors = fitted(name)
    assert vectors.users.shape == (60, vectors.size)
    assert vectors.items.shape == (12, vectors.size)
    assert vectors.users.dtype == vectors.items.dtype == np.float32
    np.testing.assert_allclose(encoder.encode_users(vectors, seen), vectors.users, atol=1e-6)


@every
def test_equal_interactions_and_settings_give_equal_bits(fitted, name):
    encoder, seen, vectors = fitted(name)
    again = encoder.fit(seen)
    assert again.users.tobytes() == vectors.users.tobytes()
    assert again.items.tobytes() == vectors.items.tobytes()


@every
def test_one_item_or_none_is_a_history(fitted, name):
    encoder, seen, vectors = fitted(name)
    users = encoder.encode_users(vectors, from_ids(seen.item_ids, [["i3"], []]))
    assert np.isfinite(users).all()
    assert users.shape == (2, vectors.size)


@every
def test_histories_of_other_items_are_refused(fitted, name):
    encoder, _, vectors = fitted(name)
    with pytest.raises(DataError, match=r"must be of the 12 items that .* fitted to, .* has 5"):
        encoder.encode_users(vectors, cyclic(num_items=5))


@every
def test_a_catalogue_can_be_made_of_them(name):
    short = {"max_epochs": 2} if "max_epochs" in SMALL[name] else {}
    built = build(cyclic(), ENCODERS[name](**SMALL[name] | short))
    assert built.catalogue.provenance["encoder"] == name
    assert np.isfinite(built.catalogue.item_vectors).all()


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_what_certainly_comes_next_ranks_first(fitted, name):
    _, seen, vectors = fitted(name)
    _, test = ranking.deal(cyclic())
    found = ranking.rank(ranking.by_vectors(vectors), seen, test)
    assert (found.ranks == 1).mean() > 0.9
    popular = ranking.rank(ranking.by_popularity(seen), seen, test)
    assert (popular.ranks == 1).mean() < 0.3


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_somebody_new_gets_what_comes_next(fitted, name):
    encoder, seen, vectors = fitted(name)
    users = encoder.encode_users(vectors, from_ids(seen.item_ids, [["i4", "i5", "i6"]]))
    scores = vectors.items @ users[0]
    scores[[4, 5, 6]] = -np.inf  # seen
    assert scores.argmax() == 7


@every
def test_the_order_of_a_history_matters_where_it_should(fitted, name):
    encoder, seen, vectors = fitted(name)
    lists = [["i4", "i5", "i6"], ["i6", "i5", "i4"]]
    one, other = encoder.encode_users(vectors, from_ids(seen.item_ids, lists))
    assert np.allclose(one, other, atol=1e-6) == (name == "factorization")


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("als", {"size": 0}, "size must be >= 1, got 0"),
        ("als", {"alpha": -1.0}, "alpha must be >= 0, got -1"),
        ("als", {"half_life": 0.0}, "half_life must be > 0, got 0"),
        ("item_knn", {"size": 0}, "size must be >= 1, got 0"),
        ("item_knn", {"half_life": np.nan}, "half_life must be > 0, got nan"),
        ("sasrec", {"dropout": 1.0}, r"dropout must be in \[0, 1\), got 1"),
        ("sasrec", {"learning_rate": 0.0}, "learning_rate must be > 0, got 0"),
        ("sasrec", {"patience": -1}, "patience must be >= 0, got -1"),
        ("sasrec", {"size": 15}, "num_heads must divide size = 15, got 2"),
        ("bert4rec", {"hidden_share": 1.0}, r"hidden_share must be in \[0, 1\), got 1"),
        ("linear_sigmoid", {"half_life": -1.0}, "half_life must be > 0, got -1"),
    ],
)
def test_impossible_settings_are_one_sentence(name, settings, message):
    with pytest.raises(ValueError, match=message):
        ENCODERS[name](**settings)


@pytest.mark.parametrize("name", ["als", "sasrec", "bert4rec", "linear_sigmoid"])
def test_nothing_is_learnt_from_nothing(name):
    with pytest.raises(DataError, match="must have ratings to learn from, it has none"):
        ENCODERS[name]().fit(cyclic().take(np.zeros(0, np.int64)))


def test_the_table_of_encoders_imports_no_library_of_theirs():
    code = "import sys, marec_env.embeddings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "implicit", "scipy.sparse"} & set(done.stdout.split())


@every
def test_files_without_times_are_read_in_their_order(fitted, name):
    encoder, seen, vectors = fitted(name)
    untimed = from_ids(seen.item_ids, [["i1", "i2"]])
    assert untimed.timestamps is None
    assert encoder.encode_users(vectors, untimed).shape == (1, vectors.size)
