"""From interactions to a catalogue that was judged by ratings it has never seen."""

import math

import numpy as np
import pytest

from marec_env.catalogue import Catalogue
from marec_env.datasets import DataError, splits
from marec_env.embeddings import GATES, Factorization, Judgement, build, rating_kernel
from marec_env.embeddings.build import judge
from marec_env.ratings import to_unit_scale
from tests.marec_env.embeddings.worlds import interactions, two_camps

ENCODER = Factorization(rank=2)


def test_train_and_validation_are_known_and_the_test_part_is_not():
    world = two_camps()
    built = build(world, ENCODER)
    train, validation, test = splits.at_random(world)
    known = built.catalogue.ratings.known
    pairs = set(zip(known.users.tolist(), known.indices.tolist(), strict=True))
    seen = np.concatenate([train, validation])
    assert pairs == set(zip(world.users[seen].tolist(), world.items[seen].tolist(), strict=True))
    assert len(built.test) == len(test)


def test_known_ratings_are_kept_as_given():
    world = two_camps()
    catalogue = build(world, ENCODER).catalogue
    train = world.take(splits.at_random(world)[0])
    expected = to_unit_scale(train.ratings, 1, 5).astype(np.float32)
    np.testing.assert_array_equal(catalogue.rating(train.users, train.items), expected)


def test_the_judgement_can_be_repeated_on_what_was_stored(tmp_path):
    built = build(two_camps(share=0.4), ENCODER)
    stored = Catalogue.load(built.catalogue.save(tmp_path / "c"))
    assert judge(stored.ratings, built.test) == built.judged
    assert stored.provenance["judged"]["rmse"] == round(built.judged.rmse, 6)


def test_many_users_get_a_model_of_biases_and_factors(monkeypatch):
    monkeypatch.setattr(rating_kernel, "LARGEST", 10)
    built = build(two_camps(), ENCODER)
    assert "weight" in built.catalogue.provenance["settings"]
    assert built.judged.rmse < built.bias_only.rmse * 0.75


def test_the_topic_of_an_item_is_its_first_genre():
    world = two_camps()
    genres = tuple(("War", "Drama") if i % 2 else () for i in range(world.num_items))
    world = interactions(world.users, world.items, world.ratings, 40, 30, genres)
    catalogue = build(world, ENCODER).catalogue
    assert catalogue.topic_names == ("War", "unknown")
    assert catalogue.topics.tolist() == [1, 0] * 15


def test_equal_input_gives_equal_bits():
    assert build(two_camps(), ENCODER).catalogue == build(two_camps(), ENCODER).catalogue


def test_too_few_ratings_are_one_sentence():
    few = interactions([0, 1, 2], [0, 1, 2], [1, 2, 3], 3, 3)
    with pytest.raises(DataError, match="toy must have at least 10 ratings, it has 3"):
        build(few, Factorization(rank=1))


@pytest.mark.parametrize("side", ["users", "items"])
def test_vectors_that_are_not_finite_are_one_sentence(side):
    class Broken(Factorization):
        def fit(self, interactions):
            vectors = super().fit(interactions)
            getattr(vectors, side)[3:5] = np.nan
            return vectors

    with pytest.raises(DataError, match=rf"must be finite, those of 2 of \d+ {side} are not"):
        build(two_camps(), Broken(rank=2))


def test_a_gate_names_everything_that_falls_short():
    gate = Judgement(rmse=0.9, auc=0.7, spread=0.5)
    assert Judgement(0.9, 0.7, 0.5).faults(gate) == []
    assert Judgement(0.91, math.nan, 0.4).faults(gate) == [
        "RMSE must be at most 0.900, got 0.9100",
        "AUC must be at least 0.700, got nan",
        "spread must be at least 0.500, got 0.4000",
    ]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_movielens_passes_its_gate_on_every_deal(ml_100k, seed):
    built = build(ml_100k, Factorization(), seed)
    assert built.judged.faults(GATES["ml-100k"]) == []
    assert built.bias_only.faults(GATES["ml-100k"]) != []
