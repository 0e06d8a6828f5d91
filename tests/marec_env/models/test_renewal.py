"""The nearest of a pool in which some items are new."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env.models.rank import nearest_by_table
from marec_env.models.renewal import nearest_again


@settings(max_examples=150)
@given(
    st.integers(0, 2**20),
    st.integers(1, 12),
    st.integers(1, 12),
    st.floats(0.0, 1.0),
    st.booleans(),
)
def test_they_are_found_as_if_the_whole_pool_were_ranked(seed, pool_size, count, share, has_ties):
    rng = np.random.default_rng(seed)
    num_copies, num_agents, num_items, count = 3, 4, 40, min(count, pool_size)
    table = rng.integers(0, 4, (num_agents, num_items)) * 0.25
    table = table if has_ties else rng.random(table.shape)
    rows = np.stack([rng.permutation(num_agents) for _ in range(num_copies)])
    pool = np.stack([rng.permutation(num_items)[:pool_size] for _ in range(num_copies)])
    found = nearest_by_table(table, rows, pool, count)
    for _ in range(4):
        is_new = rng.random(pool.shape) < share
        pool = np.where(is_new, rng.integers(0, num_items, pool.shape), pool)
        found = nearest_again(table, rows, pool, found, is_new)
        np.testing.assert_array_equal(found, nearest_by_table(table, rows, pool, count))
