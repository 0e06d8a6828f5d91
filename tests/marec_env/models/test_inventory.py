"""Stock from step to step."""

import numpy as np
import pytest

from marec_env.models.inventory import after_restock, restocks

LEFT = np.array([[0, 1], [2, 3]], np.int32)
CAPACITY = np.array([[5, 6], [7, 8]], np.int32)


@pytest.mark.parametrize(
    ("is_restocked", "expected"),
    [
        ([False, False], [[0, 1], [2, 3]]),
        ([True, False], [[5, 6], [2, 3]]),
        ([True, True], [[5, 6], [7, 8]]),
    ],
)
def test_copies_that_restock_are_full_again_and_the_others_keep_what_is_left(
    is_restocked, expected
):
    found = after_restock(LEFT, CAPACITY, np.array(is_restocked))
    np.testing.assert_array_equal(found, expected)


def test_everything_is_restocked_at_the_first_step_and_every_so_many_steps():
    assert restocks(5, 2).tolist() == [True, False, True, False, True, False]
