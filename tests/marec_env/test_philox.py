"""The words of philox.py are those of `np.random.Philox`, at any address."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env.philox import words

word = st.integers(0, 2**64 - 1)


def column(*values):
    return np.array(values, np.uint64)


def numpy_words(seed, purpose, t, episode, count):
    """NumPy adds one to the counter before its first block."""
    key, counter = column(seed, purpose), column(0, t, episode, 0)
    return np.random.Philox(key=key, counter=counter).random_raw(count)


def test_key_five_starts_with_the_known_word():
    first = words(column(5), purpose=0, t=column(0), episode=column(0), rows=1, row_size=1)
    assert first.item() == 13535223855206698129


@settings(deadline=None)  # the first example compiles
@given(word, st.integers(0, 100), word, word, st.integers(1, 13))
def test_a_row_holds_the_words_that_numpy_draws_in_sequence(seed, purpose, t, episode, count):
    ours = words(column(seed), purpose, column(t), column(episode), rows=1, row_size=count)
    np.testing.assert_array_equal(ours[0, 0], numpy_words(seed, purpose, t, episode, count))


def test_each_row_starts_at_a_block_of_its_own():
    found = words(column(7), 1, column(2), column(3), rows=3, row_size=5)[0]
    in_sequence = numpy_words(7, 1, 2, 3, 24).reshape(3, 8)  # two blocks of four words a row
    np.testing.assert_array_equal(found, in_sequence[:, :5])


def test_a_copy_is_drawn_alone_as_among_others():
    seed, t, episode = column(3, 1, 4), column(1, 5, 9), column(2, 6, 5)
    together = words(seed, 2, t, episode, rows=2, row_size=3)
    for b in range(3):
        alone = words(seed[[b]], 2, t[[b]], episode[[b]], rows=2, row_size=3)
        np.testing.assert_array_equal(alone[0], together[b])
