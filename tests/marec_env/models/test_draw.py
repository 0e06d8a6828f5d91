"""Draws without replacement from words of known number."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env.models.draw import distinct, words_needed


def words(seed, *shape):
    return np.random.default_rng(seed).integers(2**64, size=shape, dtype=np.uint64)


def halves(*half_words):
    """Words that hold these half-words, the lower one first: [1, W] uint64."""
    padded = np.array([*half_words, *[0] * (len(half_words) % 2)], np.uint64).reshape(1, -1, 2)
    return padded[..., 0] | padded[..., 1] << np.uint64(32)


sizes = st.integers(1, 20).flatmap(
    lambda pool: st.tuples(st.just(pool), st.integers(1, pool), st.integers(0, 2**32))
)


def test_two_draws_share_a_word():
    assert [words_needed(count) for count in (1, 2, 3, 24)] == [1, 1, 2, 12]


def test_a_half_word_is_scaled_to_what_is_left():
    # of 4: 0.5 -> place 2; of the 3 left (0 moved to place 2): 0 -> place 1; of 2: 0.75 -> place 3
    drawn = distinct(halves(1 << 31, 0, 3 << 30), population=4, count=3)
    np.testing.assert_array_equal(drawn, [[2, 1, 3]])


def test_the_largest_half_word_stays_below_the_population():
    np.testing.assert_array_equal(distinct(halves(2**32 - 1, 2**32 - 1), 5, 2), [[4, 0]])


@settings(deadline=None)  # the first example compiles
@given(sizes)
def test_distinct_draws_are_different_and_in_range(size):
    population, count, seed = size
    drawn = distinct(words(seed, 3, words_needed(count)), population, count)
    for row in drawn:
        assert len(set(row)) == count
        assert set(row) <= set(range(population))


def test_every_ordered_selection_is_equally_likely():
    drawn = distinct(words(0, 24_000, 1), population=4, count=2)
    counts = np.bincount(drawn[:, 0] * 4 + drawn[:, 1], minlength=16).reshape(4, 4)
    assert (np.diag(counts) == 0).all()
    off_diagonal = counts[~np.eye(4, dtype=bool)]
    np.testing.assert_allclose(off_diagonal, 2_000, atol=180)  # four standard deviations
