"""Draws of streams.py depend on their address and on nothing else."""

import numpy as np
import pytest
from scipy import stats

from marec_env.streams import Purpose, Streams, single

MANY = 20_000


def streams(*seeds, t=0, episode=0):
    ones = np.ones(len(seeds), np.uint64)
    return Streams(np.array(seeds, np.uint64), ones * np.uint64(episode), ones * np.uint64(t))


def test_uniforms_are_those_of_numpys_generator():
    key = np.array([9, Purpose.RATIONING], np.uint64)
    counter = np.array([0, 4, 2, 0], np.uint64)
    expected = np.random.Generator(np.random.Philox(key=key, counter=counter)).random(6)
    ours = streams(9, t=4, episode=2).uniform(Purpose.RATIONING, rows=1, row_size=6)
    np.testing.assert_array_equal(ours[0, 0], expected)


def test_a_draw_is_the_same_however_often_it_is_read():
    source = streams(1, 2)
    first = source.words(Purpose.SLATES, 3)
    source.words(Purpose.USERS, 50)
    np.testing.assert_array_equal(source.words(Purpose.SLATES, 3), first)


@pytest.mark.parametrize(
    "other",
    [streams(1), streams(0, t=1), streams(0, episode=1)],
    ids=["seed", "time", "episode"],
)
def test_another_address_gives_other_words(other):
    words = streams(0).words(Purpose.SLATES, MANY // 4)
    assert not np.intersect1d(words, other.words(Purpose.SLATES, MANY // 4)).size


def test_another_purpose_gives_other_words():
    drawn = [streams(0).words(purpose, 1_000) for purpose in Purpose]
    assert len(np.unique(drawn)) == 1_000 * len(Purpose)


def test_numbers_of_purposes_never_change():
    numbers = {purpose.name: int(purpose) for purpose in Purpose}
    shipped = {"USERS": 1, "POOL": 2, "CAPACITY": 3, "SLATES": 4, "RATIONING": 5, "NOISE": 6}
    assert shipped.items() <= numbers.items()
    assert len(set(numbers.values())) == len(numbers)


def test_a_copy_of_a_batch_draws_what_it_draws_alone():
    together = streams(5, 6, 7, t=3).normal(Purpose.CAPACITY, 4)
    for b, seed in enumerate((5, 6, 7)):
        np.testing.assert_array_equal(
            streams(seed, t=3).normal(Purpose.CAPACITY, 4)[0], together[b]
        )


def test_only_selects_copies_by_mask_or_by_index():
    source = streams(5, 6, 7)
    np.testing.assert_array_equal(source.only([True, False, True]).seed, [5, 7])
    np.testing.assert_array_equal(source.only([2, 0]).seed, [7, 5])


def test_at_moves_time_and_nothing_else():
    moved = streams(5, 6, episode=3).at([2, 9])
    np.testing.assert_array_equal(moved.t, np.array([2, 9], np.uint64))
    np.testing.assert_array_equal(moved.episode, [3, 3])


def test_a_single_stream_is_the_start_of_its_first_episode():
    assert [int(part[0]) for part in single(11)] == [11, 0, 0]


def test_uniforms_are_uniform_and_below_one():
    u = streams(0).uniform(Purpose.NOISE, MANY).ravel()
    assert u.min() >= 0
    assert u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > 0.01


def test_a_normal_is_made_of_two_uniforms_by_box_and_muller():
    source = streams(1, 2, t=5)
    u = source.uniform(Purpose.NOISE, rows=3, row_size=2)
    expected = np.sqrt(-2 * np.log(1 - u[..., 0])) * np.cos(2 * np.pi * u[..., 1])
    np.testing.assert_allclose(source.normal(Purpose.NOISE, 3), expected, rtol=1e-12)


def test_normals_are_standard_normal():
    z = streams(0).normal(Purpose.NOISE, MANY).ravel()
    assert np.isfinite(z).all()
    assert stats.kstest(z, "norm").pvalue > 0.01
