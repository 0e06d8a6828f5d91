"""Who of many takes part: drawn by an address, or kept apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marec_env.attendance import split

shares = st.floats(0, 0.99)


@given(st.integers(1, 300), shares, st.integers(0, 2**62))
def test_everybody_is_on_one_side_and_the_share_is_kept(population, share, seed):
    others, held_out = split(population, share, seed)
    assert len(held_out) == round(share * population)
    np.testing.assert_array_equal(np.sort(np.append(others, held_out)), np.arange(population))


@given(st.integers(1, 300), shares, shares, st.integers(0, 2**62))
def test_a_larger_share_holds_out_the_same_and_more(population, one, other, seed):
    small, large = (split(population, share, seed)[1] for share in sorted((one, other)))
    assert set(small) <= set(large)


def test_everybody_is_held_out_equally_often():
    times = np.zeros(10)
    for seed in range(2000):
        times[split(10, 0.3, seed)[1]] += 1
    assert (np.abs(times / 2000 - 0.3) < 0.05).all()
