"""What age leaves of an item's value, and when it is offered no more."""

import numpy as np
import pytest

from marec_env.models.freshness import ageing

INF = float("inf")


def test_half_of_the_freshness_is_left_after_every_half_life():
    found = ageing(7, "half_life", 3.0, INF).freshness
    np.testing.assert_allclose(found[[0, 3, 6]], [1, 0.5, 0.25], rtol=1e-15)
    np.testing.assert_allclose(found[1], 0.5 ** (1 / 3), rtol=1e-15)


def test_linear_freshness_ends_with_the_life():
    found = ageing(6, "linear", 3.0, 4.0).freshness
    np.testing.assert_array_equal(found, [1, 0.75, 0.5, 0.25, 0, 0])


def test_a_hard_life_is_fresh_to_its_end():
    found = ageing(5, "none", 3.0, 2.0)
    np.testing.assert_array_equal(found.freshness, np.ones(5))
    np.testing.assert_array_equal(found.is_offered, [1, 1, 0, 0, 0])


@pytest.mark.parametrize("fading", ["half_life", "linear", "none"])
def test_nothing_fades_or_expires_where_constants_are_infinite(fading):
    found = ageing(50, fading, INF, INF)
    np.testing.assert_array_equal(found.freshness, np.ones(50))
    np.testing.assert_array_equal(found.is_offered, np.ones(50))


def test_a_life_may_end_between_two_steps():
    np.testing.assert_array_equal(ageing(4, "none", INF, 1.5).is_offered, [1, 1, 0, 0])
