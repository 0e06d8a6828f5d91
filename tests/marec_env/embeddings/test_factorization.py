"""Vectors from who liked what."""

import json
import subprocess
import sys

import numpy as np
import pytest

from marec_env.centring import centred
from marec_env.datasets import DataError
from marec_env.embeddings import Factorization, biases
from marec_env.embeddings.factorization import decompose
from tests.marec_env.embeddings.worlds import interactions, two_camps


def test_the_camps_point_in_opposite_directions():
    vectors = Factorization(rank=1, quality_weight=0).fit(two_camps())
    cos = centred(vectors.users) @ centred(vectors.items).T
    is_own = np.add.outer(np.arange(40), np.arange(30)) % 2 == 0
    assert cos[is_own].min() > 0.99
    assert cos[~is_own].max() < -0.99


def test_the_decomposition_is_that_of_the_dense_residuals():
    world = two_camps(seed=3)
    bias = biases.fit(world)
    residuals = np.zeros((40, 30))
    residuals[world.users, world.items] = world.ratings - bias.at(world.users, world.items)
    found = decompose(world, bias, 5)
    np.testing.assert_allclose(found.values, np.linalg.svd(residuals)[1][:5], rtol=1e-9)
    np.testing.assert_allclose(residuals @ found.items, found.users * found.values, atol=1e-9)


def test_the_largest_entry_of_each_item_column_is_positive():
    items = decompose(two_camps(), biases.fit(two_camps()), 4).items
    assert (items[np.abs(items).argmax(0), np.arange(4)] > 0).all()


def test_the_last_coordinate_is_the_bias_of_the_item_and_constant_over_users():
    world = two_camps(seed=1)
    vectors = Factorization(rank=2).fit(world)
    bias = biases.fit(world).items
    assert vectors.size == 3
    np.testing.assert_allclose(np.corrcoef(vectors.items[:, -1], bias)[0, 1], 1, rtol=1e-6)
    assert len(set(vectors.users[:, -1])) == 1
    assert not centred(vectors.users)[:, -1].any()


def test_the_quality_coordinate_is_as_long_as_an_average_other_one():
    items = Factorization(rank=3).fit(two_camps()).items
    lengths = np.sqrt((items.astype(float) ** 2).mean(0))
    np.testing.assert_allclose(lengths[-1], np.sqrt((lengths[:-1] ** 2).mean()), rtol=1e-6)


def test_who_rated_nothing_has_a_vector_without_taste():
    world = two_camps()
    alone = interactions(world.users, world.items, world.ratings, 41, 30)
    assert not Factorization(rank=2).fit(alone).users[40, :-1].any()


def test_too_few_items_for_the_rank_are_one_sentence():
    with pytest.raises(
        DataError, match=r"must have more than 15 users and items .* it has 40 and 9"
    ):
        Factorization().fit(two_camps(num_items=9))


@pytest.mark.parametrize("constants", [{"rank": 0}, {"quality_weight": -1.0}])
def test_impossible_constants_are_refused(constants):
    with pytest.raises(ValueError, match=f"{next(iter(constants))} must be >= "):
        Factorization(**constants)


def test_the_record_can_be_written_as_json():
    record = Factorization(rank=2).fit(two_camps()).record
    assert json.loads(json.dumps(record)) == record


@pytest.mark.slow
def test_two_processes_give_the_same_bits():
    code = """if True:
        import hashlib
        from marec_env.embeddings import Factorization
        from tests.marec_env.embeddings.worlds import two_camps
        vectors = Factorization(rank=5).fit(two_camps(400, 300, .1))
        print(hashlib.sha256(vectors.users.tobytes() + vectors.items.tobytes()).hexdigest())
    """
    run = [sys.executable, "-c", code]
    first, again = (subprocess.run(run, capture_output=True, check=True).stdout for _ in range(2))
    assert first == again
