"""Whether all or any of a few flags are set."""

import numpy as np
import pytest

from marec_env.flags import are_all, is_any

FEW = [[[True, True]], [[True, False]], [[False, False]], [[]]]


@pytest.mark.parametrize("flags", FEW)
def test_they_say_what_numpy_says(flags: list) -> None:
    array = np.array(flags, np.bool_)
    assert is_any(array) == array.any()
    assert are_all(array) == array.all()


def test_flags_need_not_lie_side_by_side() -> None:
    flags = np.array([[True, False], [True, False]])
    assert are_all(flags[:, 0])
    assert not is_any(flags[:, 1])


def test_comparisons_count_as_flags() -> None:
    assert is_any(np.arange(3) == 2)
    assert are_all(np.arange(3) < 3)
