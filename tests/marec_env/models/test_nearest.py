"""The nearest items of users that move."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marec_env.models.nearest import nearest_by_closeness


@given(st.integers(0, 2**32), st.integers(1, 9))
def test_the_nearest_are_the_first_of_a_stable_sort(seed, count):
    rng = np.random.default_rng(seed)
    closeness = rng.integers(-4, 5, (2, 3, 9)) / 4  # many ties, negatives and zeros
    expected = np.argsort(-closeness, axis=-1, kind="stable")[..., :count]
    np.testing.assert_array_equal(nearest_by_closeness(closeness, count), expected)


def test_minus_zero_is_zero():
    assert nearest_by_closeness(np.array([[[-0.0, 0.0, -0.0]]]), 3).tolist() == [[[0, 1, 2]]]
