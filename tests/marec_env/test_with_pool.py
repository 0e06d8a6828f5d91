"""What is drawn with the pool: once where items are fixed, else for every copy and episode."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from marec_env.streams import Streams, single
from marec_env.with_pool import drawn_with_pool


class Lots(NamedTuple):
    seed: np.ndarray
    episode: np.ndarray


class Draws(SimpleNamespace):
    calls = 0

    @drawn_with_pool
    def lots(self, streams: Streams) -> Lots:
        self.calls += 1
        return Lots(streams.seed.copy(), streams.episode.copy())


def draws(has_fixed_items: bool) -> Any:
    return Draws(world=SimpleNamespace(has_fixed_items=has_fixed_items, seed=9))


COPIES = Streams(*np.array([[4, 5, 6], [1, 0, 2], [0, 0, 0]], np.uint64))


def test_where_items_are_fixed_all_copies_have_the_draws_of_the_worlds_seed():
    found = draws(True).lots(COPIES)
    np.testing.assert_array_equal(found.seed, np.repeat(single(9).seed, 3))
    np.testing.assert_array_equal(found.episode, [0, 0, 0])


def test_where_items_are_resampled_every_copy_has_its_own():
    found = draws(False).lots(COPIES)
    np.testing.assert_array_equal(found.seed, COPIES.seed)
    np.testing.assert_array_equal(found.episode, COPIES.episode)


def test_what_is_fixed_is_drawn_once_by_each_object_and_never_handed_out_itself():
    one, other = draws(True), draws(True)
    one.lots(COPIES).seed[:] = 0
    assert one.lots(COPIES).seed.tolist() == [9, 9, 9]
    other.lots(COPIES)
    assert (one.calls, other.calls) == (1, 1)
