"""The nearest items of a pool."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marec_env.models.rank import nearest_by_table

few_values = st.sampled_from([0.0, 0.25, 0.5, 1.0])  # ties are common


@settings(deadline=None)  # the first example compiles
@given(hnp.arrays(np.float64, (3, 8), elements=few_values), st.integers(1, 6))
def test_the_nearest_are_the_first_of_a_stable_sort(table, count):
    rows, pool = np.array([[2, 0], [1, 1]]), np.array([[0, 2, 3, 4, 6, 7], [1, 2, 3, 5, 6, 7]])
    found = nearest_by_table(table, rows, pool, count)
    for b, n in np.ndindex(2, 2):
        order = np.argsort(-table[rows[b, n], pool[b]], kind="stable")
        np.testing.assert_array_equal(found[b, n], order[:count])
