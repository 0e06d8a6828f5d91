"""Where the columns of an observation go."""

import numpy as np
import pytest

from marec_env.models.observation import assemble, log_counts

SLOTS = np.array([[[2, 0], [1, 2]]], np.int32)  # [B, N, K] = [1, 2, 2]
ITEMS = np.array([[[3, 1], [0, 3]]], np.int32)
SIMILARITY = np.array([[[0.5, 0.25], [1.0, 0.75]]])
STOCK = np.array([[0, 1, 6]], np.int32)
ITEM_VECTORS = np.arange(8, dtype=np.float32).reshape(4, 2)
USER_VECTORS = np.array([[-1, -2], [-3, -4]], np.float32)
NO_VECTORS = np.empty((0, 0), np.float32)
LOG = np.log1p(np.arange(8)).astype(np.float32)


def observation(
    quantities=(SIMILARITY,),
    counts=(),
    item_vectors=NO_VECTORS,
    own_counts=(),
    private=None,
    slot_quantities=(),
):
    num_shown = sum(map(len, (quantities, slot_quantities, counts, own_counts)))
    num_private = 0 if private is None else private.shape[2]
    return assemble(
        slots=SLOTS,
        items=ITEMS,
        quantities=quantities,
        slot_quantities=slot_quantities,
        counts=counts,
        own_counts=own_counts,
        item_vectors=item_vectors,
        user_vectors=USER_VECTORS,
        users=np.array([[1, 0]]),
        private=private,
        calendar=np.array([[1.0, 0.7], [0.9, 0.8]]),
        step=np.ones(1, np.int64),
        size=2 * (num_shown + item_vectors.shape[1]) + 2 + num_private + 2,
    )[0]


def test_candidates_come_first_then_the_user_then_what_is_public():
    np.testing.assert_array_equal(
        observation(),
        np.array([[0.5, 0.25, -3, -4, 0.9, 0.8], [1, 0.75, -1, -2, 0.9, 0.8]], np.float32),
    )


def test_what_is_private_stands_between_the_user_and_what_is_public():
    found = observation(private=np.array([[[0.3], [0.6]]]))
    expected = np.array([[-3, -4, 0.3, 0.9, 0.8], [-1, -2, 0.6, 0.9, 0.8]], np.float32)
    np.testing.assert_array_equal(found[:, 2:], expected)


def test_a_candidate_shows_quantities_then_counts_then_its_embedding():
    found = observation((SIMILARITY, 2 * SIMILARITY), (STOCK,), ITEM_VECTORS)
    np.testing.assert_array_equal(found[0, :5], np.array([0.5, 1, LOG[6], 6, 7], np.float32))
    np.testing.assert_array_equal(found[0, 5:10], np.array([0.25, 0.5, LOG[0], 2, 3], np.float32))
    np.testing.assert_array_equal(found[1, :5], np.array([1, 2, LOG[1], 0, 1], np.float32))


def test_quantities_of_slots_stand_between_quantities_and_counts():
    level = np.array([[0.125, 3.0, -1.5]])
    found = observation((SIMILARITY,), (STOCK,), slot_quantities=(level, 2 * level))
    np.testing.assert_array_equal(found[0, :4], np.array([0.5, -1.5, -3, LOG[6]], np.float32))
    np.testing.assert_array_equal(found[1, 4:8], np.array([0.75, -1.5, -3, LOG[6]], np.float32))


def test_counts_of_candidates_follow_those_of_slots():
    own = np.array([[[1, 2], [3, 4]]], np.int32)
    found = observation((SIMILARITY,), (STOCK,), ITEM_VECTORS, own_counts=(own,))
    np.testing.assert_array_equal(found[0, :5], np.array([0.5, LOG[6], LOG[1], 6, 7], np.float32))
    np.testing.assert_array_equal(found[1, 5:7], np.array([0.75, LOG[6]], np.float32))
    np.testing.assert_array_equal(found[1, [2, 7]], LOG[[3, 4]])


def test_every_column_is_float32():
    assert observation((SIMILARITY,), (STOCK,), ITEM_VECTORS).dtype == np.float32


def test_a_count_is_shown_as_the_logarithm_of_one_more():
    np.testing.assert_allclose(
        log_counts(np.array([0, 1, 4095])), [0, 0.6931472, 8.317766], rtol=1e-6
    )


@pytest.mark.parametrize("count", [4096, 2**31 - 1])
def test_counts_above_4095_look_like_4095(count):
    crowd = np.full((1, 3), count, np.int32)
    assert log_counts(crowd)[0, 0] == log_counts(np.array(4095))
    assert observation((SIMILARITY,), (crowd,))[0, 1] == log_counts(np.array(4095))
