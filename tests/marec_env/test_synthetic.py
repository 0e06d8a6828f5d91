"""The invented world follows its equations and never changes."""

import inspect

import numpy as np
import pytest

from marec_env import ratings, synthetic
from marec_env.catalogue import Catalogue
from marec_env.similarity import Similarity


def everything(catalogue):
    return catalogue.rating(np.arange(catalogue.num_users)[:, None], np.arange(catalogue.num_items))


def cosines(catalogue):
    sides = catalogue.centred_user_vectors, catalogue.centred_item_vectors
    return Similarity("cosine").table(*sides)


def test_equal_arguments_give_equal_bits():
    assert Catalogue.synthetic(3) == Catalogue.synthetic(3)


def test_another_seed_is_another_world():
    assert Catalogue.synthetic(3) != Catalogue.synthetic(4)


def test_taste_alone_is_a_line_in_the_standardised_cosine():
    catalogue = Catalogue.synthetic(quality=0, noise=0, taste=0.1)
    cos = cosines(catalogue)
    z = (cos - cos.mean()) / cos.std()
    np.testing.assert_allclose(everything(catalogue), np.clip(0.55 + 0.1 * z, 0.05, 1), atol=1e-5)


def test_quality_is_the_same_for_all_users():
    table = everything(Catalogue.synthetic(taste=0, noise=0))
    assert (table == table[0]).all()
    assert table[0].std() > 0.2


def test_noise_has_its_standard_deviation():
    table = everything(Catalogue.synthetic(taste=0, quality=0, noise=0.05))
    assert table.std() == pytest.approx(0.05, rel=0.01)
    assert table.mean() == pytest.approx(0.55, abs=0.001)


def test_items_of_one_topic_are_nearer_to_one_another():
    catalogue = Catalogue.synthetic()
    cos = catalogue.centred_item_vectors @ catalogue.centred_item_vectors.T
    is_same = catalogue.topics[:, None] == catalogue.topics
    assert cos[is_same].mean() > 0.2 > cos[~is_same].mean()


def test_titles_are_all_different_and_topics_have_names():
    catalogue = Catalogue.synthetic(num_items=300, num_topics=10)
    assert len(set(catalogue.titles)) == 300
    assert len(set(catalogue.topic_names)) == 10


def test_beyond_the_largest_table_the_world_is_the_same_without_noise(monkeypatch):
    constants = {"seed": 1, "num_users": 40, "num_items": 30}
    dense = everything(Catalogue.synthetic(**constants, noise=0))
    for module in (synthetic, ratings):
        monkeypatch.setattr(module, "MAX_TABLE", 0)
    thin = Catalogue.synthetic(**constants, noise=0.12)
    assert thin.rating_table is None
    np.testing.assert_allclose(everything(thin), dense, atol=1e-6)


def test_one_user_and_one_item_are_a_world():
    assert Catalogue.synthetic(num_users=1, num_items=1, num_topics=1).rating(0, 0) <= 1


DEFAULTS = {n: p.default for n, p in inspect.signature(Catalogue.synthetic).parameters.items()}
SIZES = [name for name, default in DEFAULTS.items() if isinstance(default, int) and name != "seed"]


@pytest.mark.parametrize("name", SIZES)
def test_a_size_below_one_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        Catalogue.synthetic(**{name: 0})


@pytest.mark.parametrize("name", sorted(DEFAULTS.keys() - set(SIZES)))
def test_a_negative_constant_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 0, got -1"):
        Catalogue.synthetic(**{name: -1})


def test_a_constant_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="noise must be at least 0, got nan"):
        Catalogue.synthetic(noise=float("nan"))
