"""A catalogue is a value: checked when made, equal by content."""

import numpy as np
import pytest

from marec_env.catalogue import Catalogue
from marec_env.ratings import Known, Ratings


def small(**changes):
    parts = {
        "user_vectors": np.array([[1.0, 0.0], [0.0, 1.0]]),
        "item_vectors": np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
        "ratings": Ratings(np.full((2, 3), 0.5)),
    }
    return Catalogue(**(parts | changes))


def test_sizes_are_those_of_the_vectors():
    catalogue = small()
    assert (catalogue.num_users, catalogue.num_items, catalogue.embedding_size) == (2, 3, 2)


def test_equal_content_is_equal_and_hashes_equal():
    assert small() == small()
    assert len({small(), small()}) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"user_vectors": np.array([[1.0, 0.0], [0.0, 2.0]])},
        {"ratings": Ratings(np.full((2, 3), 0.6))},
        {"ratings": Ratings(np.full((2, 3), 0.5), Known.of([0], [1], [0.5], 2))},
        {"topics": np.array([0, 1, 0])},
        {"titles": ("a", "b", "c")},
        {"prices": np.array([1.0, 2.0, 3.0])},
        {"provenance": {"seed": 1}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_any_other_content_is_another_catalogue(changes):
    assert small(**changes) != small()


def test_a_catalogue_is_equal_to_nothing_else():
    assert small() != "catalogue"


def test_centred_vectors_are_unit_vectors_around_the_mean_of_their_side():
    # the mean user is (1/2, 1/2), so the two differ from it in opposite directions
    half = np.sqrt(0.5)
    centred = small().centred_user_vectors
    np.testing.assert_allclose(centred, [[half, -half], [-half, half]], rtol=1e-7)
    assert centred.dtype == np.float32


def test_vectors_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        small().user_vectors[0, 0] = 2.0


def test_topics_are_all_the_same_and_named_unless_given():
    catalogue = small()
    assert catalogue.topics.tolist() == [0, 0, 0]
    assert catalogue.topic_names == ("topic 0",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"user_vectors": np.ones((2, 3))}, "one size D, got 3 and 2"),
        ({"user_vectors": np.ones(2)}, r"user_vectors must be floats \[n, D\].*got float64 \(2,\)"),
        ({"user_vectors": np.ones((2, 2), int)}, r"must be floats .*got int64 \(2, 2\)"),
        ({"user_vectors": np.ones((0, 2))}, r"with n, D >= 1, got float64 \(0, 2\)"),
        (
            {"item_vectors": np.array([[1, 0], [np.nan, 1], [0, 0]])},
            "must be finite in float32, row 1 is not",
        ),
        (
            {"user_vectors": np.array([[1, np.inf], [0, 1]])},
            "must be finite in float32, row 0 is not",
        ),
        ({"user_vectors": np.array([[1, 0], [0, 1e39]])}, "finite in float32, row 1 is not"),
        ({"ratings": Ratings(np.full((2, 2), 0.5))}, r"\(2, 3\), got \(2, 2\)"),
        ({"topics": np.zeros(2, int)}, r"topics must be ids >= 0 of shape \(3,\)"),
        ({"topics": np.array([0, -1, 0])}, "topics must be ids >= 0"),
        ({"topics": np.array([0, 2, 0]), "topic_names": ("a", "b")}, "topic 2 has no name among 2"),
        ({"titles": ("a", "b")}, "titles must have 0 or 3, got 2"),
        ({"user_ids": ("a",)}, "user_ids must have 0 or 2, got 1"),
        ({"prices": np.array([1.0, -1.0, 0.0])}, "prices must be finite, >= 0"),
        ({"prices": np.array([1.0, np.nan, 0.0])}, "prices must be finite, >= 0"),
    ],
)
def test_impossible_content_is_refused_in_one_sentence(changes, message):
    with pytest.raises(ValueError, match=message):
        small(**changes)
