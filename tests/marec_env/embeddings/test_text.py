"""Items by what is written about them, users by their histories."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from marec_env.datasets import DataError
from marec_env.embeddings import GATES, build, ranking, text_models
from marec_env.embeddings.histories import from_ids
from marec_env.embeddings.hybrid import Hybrid
from marec_env.embeddings.text import Text, texts_of
from tests.marec_env.embeddings.worlds import interactions, two_camps

WORDS = ("war", "love", "space")


def counted(texts):
    """A model that counts words, in a narrow cone as language models are."""
    return np.array([[text.count(word) for word in WORDS] for text in texts]) + 9.0


@pytest.fixture(autouse=True)
def model(request, monkeypatch):
    if "real" not in request.node.name:
        opened = text_models.TextModel(counted, "counting", "none needed", {"model": "counted"})
        monkeypatch.setattr(text_models, "opened", lambda name: opened)


def shelf(titles, users=(0, 1), items=(0, 1), ratings=(5, 1)):
    world = interactions(users, items, ratings, max(users) + 1, len(titles))
    return replace(world, titles=tuple(titles))


def test_a_text_is_title_and_genres_or_what_there_is_of_them():
    world = replace(
        interactions([0], [0], [5], 1, 4, (("War", "Drama"), (), ("War",), ())),
        titles=("Sea (1990)", "Sky", "item i2", "item i3"),  # what a loader writes without a title
    )
    assert texts_of(world) == ["Sea (1990). War, Drama", "Sky", "War", ""]


def test_items_are_centred_directions():
    items = Text().fit(shelf(["war", "love"])).items
    np.testing.assert_allclose(items, [[0.5**0.5, -(0.5**0.5), 0], [-(0.5**0.5), 0.5**0.5, 0]])


def test_a_taste_by_hand():
    # one rating each, above and below what biases say: towards and away from its item
    world = shelf(["war", "love", "space"])
    vectors = Text(recency=0.0).fit(world)
    np.testing.assert_allclose(vectors.users, vectors.items[:2] * [[1], [-1]], atol=1e-6)


def test_a_taste_solves_the_ridge_regression():
    titles = ["war", "love", "space", "war war love", "space love"]
    ratings = [5, 1, 4, 2, 3]
    world = shelf(titles, [0] * 5, range(5), ratings)
    vectors = Text(recency=0.0, ridge=0.7).fit(world)
    unit = 0.05 + 0.95 * (np.array(ratings) - 1) / 4
    rest = unit - vectors.weights["mean"] - vectors.weights["item_bias"]
    rest = rest - rest.sum() / (5 + 5)  # the user's bias is shrunk by five ratings
    v = vectors.items.astype(float)
    w = np.linalg.solve(v.T @ v + 0.7 * np.eye(3), v.T @ rest)
    np.testing.assert_allclose(vectors.users[0], w / np.linalg.norm(w), atol=1e-6)


def test_what_came_last_counts_most_beside_taste():
    world = shelf(["war", "love", "space"], [0, 0], [0, 1], [3, 3])
    taste = Text(recency=0.0, half_life=1.0).fit(world)
    both = Text(recency=2.0, half_life=1.0).fit(world)
    recent = taste.items[0] * 0.5 + taste.items[1]
    expected = taste.users[0] + 2 * recent / np.linalg.norm(recent)
    np.testing.assert_allclose(both.users[0], expected, atol=1e-6)


def test_an_item_without_text_has_no_direction_and_is_counted():
    vectors = Text().fit(shelf(["war", "item i1", "love"]))
    assert not vectors.items[1].any()
    assert vectors.items[[0, 2]].any(1).all()
    assert vectors.record["items_without_text"] == 1


def test_a_user_who_was_not_there_is_embedded_like_the_others():
    world = replace(two_camps(), titles=tuple(WORDS * 10))
    vectors = Text().fit(world)
    again = Text().encode_users(vectors, world)
    np.testing.assert_array_equal(again, vectors.users)
    stranger = Text().encode_users(vectors, from_ids(world.item_ids, [["i0"], []]))
    assert stranger[0] @ vectors.items[0] > 0
    assert np.isfinite(stranger).all()


def test_data_without_any_text_are_one_sentence():
    with pytest.raises(DataError, match=r"toy must have titles or genres .* none of its 2 items"):
        Text().fit(interactions([0, 1], [0, 1], [5, 1], 2, 2))


@pytest.mark.parametrize("found", [np.full((2, 3), np.nan), np.zeros((3, 3)), np.zeros(2)])
def test_what_no_model_should_give_is_one_sentence(found, monkeypatch):
    broken = text_models.TextModel(lambda texts: found, "broken", "", {})
    monkeypatch.setattr(text_models, "opened", lambda name: broken)
    with pytest.raises(DataError, match="broken must give 2 vectors of finite numbers"):
        Text().fit(shelf(["war", "love"]))


@pytest.mark.parametrize("constants", [{"ridge": 0.0}, {"half_life": -1.0}, {"recency": -0.1}])
def test_impossible_constants_are_refused(constants):
    with pytest.raises(ValueError, match=f"{next(iter(constants))} must be"):
        Text(**constants)


@pytest.mark.slow
def test_the_real_default_model_finds_what_belongs_together():
    titles = ["Star Wars (1977)", "Return of the Jedi: Star Wars (1983)", "Babe, the pig (1995)"]
    items = Text().fit(shelf([*titles, "Piglet's farm (1996)"])).items
    cos = items @ items.T
    assert cos[0, 1] > max(cos[0, 2], cos[0, 3])
    assert cos[2, 3] > max(cos[2, 0], cos[2, 1])


@pytest.mark.slow
def test_two_real_processes_give_the_same_bits_and_load_no_torch():
    code = """if True:
        import hashlib, sys
        from dataclasses import replace
        from marec_env.embeddings.text import Text
        from tests.marec_env.embeddings.worlds import two_camps
        world = replace(two_camps(), titles=tuple(f"Film {n * n}" for n in range(30)))
        vectors = Text().fit(world)
        print(hashlib.sha256(vectors.users.tobytes() + vectors.items.tobytes()).hexdigest())
        print("torch" in sys.modules)
    """
    run = [sys.executable, "-c", code]
    first, again = (subprocess.run(run, capture_output=True, check=True).stdout for _ in range(2))
    assert first == again
    assert first.split()[1] == b"False"


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_real_films_pass_the_gate_on_every_deal(ml_100k, seed):
    assert build(ml_100k, Text(), seed).judged.faults(GATES["ml-100k"]) == []


@pytest.mark.data
@pytest.mark.slow
def test_with_more_recency_the_real_films_are_ranked_as_well_as_text_can(ml_100k):
    ranked, _ = ranking.judge(Text(recency=0.8), ml_100k)
    assert ranked.hits >= 0.064
    assert ranked.ndcg >= 0.033


def test_a_hybrid_carries_the_licence_of_its_language_model(monkeypatch):
    opened = text_models.TextModel(counted, "counting", "MIT", {"model": "counted"})
    monkeypatch.setattr(text_models, "opened", lambda name: opened)
    encoder = Hybrid(size=4, max_length=4, max_epochs=1, patience=0)
    assert encoder.fit(shelf(["war", "love"])).licence == "MIT"
