"""Attention that is shared, and the bonus of being first."""

import numpy as np

from marec_env.models.attention import divided, shares


def test_a_crowd_leaves_to_each_its_share():
    np.testing.assert_allclose(shares(4, 0.5, 0.0)[0], [1, 1, 2**-0.5, 3**-0.5, 0.5])


def test_without_a_scoop_it_does_not_matter_whether_somebody_was_first():
    read, unread = shares(5, 0.5, 0.0)
    np.testing.assert_array_equal(read, unread)


def test_those_who_are_first_split_the_scoop():
    read, unread = shares(4, 0.0, 0.6)
    np.testing.assert_array_equal(read, np.ones(5))
    np.testing.assert_allclose(unread[1:], [1.6, 1.3, 1.2, 1.15])


def test_a_scoop_is_split_among_what_the_crowd_has_left():
    np.testing.assert_allclose(shares(2, 1.0, 1.0)[1, 1:], [2, 0.75])


def test_nothing_is_shared_where_both_are_off():
    np.testing.assert_array_equal(shares(6, 0.0, 0.0), np.ones((2, 7)))


def test_every_picker_counts_and_no_skip_does():
    slots = np.array([[2, 2, 0, -1], [-1, -1, -1, -1]], np.int32)
    found = divided(slots, np.zeros((2, 3), np.int32), beta=0.5, scoop=0.0)
    np.testing.assert_array_equal(found.load, [[1, 0, 2], [0, 0, 0]])
    np.testing.assert_array_equal(found.company, [[2, 2, 1, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(found.share, [[2**-0.5, 2**-0.5, 1, 1], [1, 1, 1, 1]])


def test_only_where_nobody_had_read_there_is_a_scoop():
    slots = np.array([[2, 2, 0]], np.int32)
    found = divided(slots, np.array([[0, 0, 5]], np.int32), beta=0.0, scoop=0.6)
    np.testing.assert_allclose(found.share, [[1, 1, 1.6]])
