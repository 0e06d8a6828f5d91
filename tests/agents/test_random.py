"""The floor that every learner must beat."""

import numpy as np

from agents import View
from agents.random import Random

from .worlds import Bandit


def with_mask(*rows):
    mask = np.array(rows, bool)[:, None]
    shape = mask.shape[:2]
    nothing = np.zeros((*shape, 8), np.float32)
    return View(nothing, mask, np.ones(shape, bool), np.zeros(len(mask), bool))


def test_it_skips_only_where_no_pick_is_legal():
    view = with_mask([0, 0, 0, 1], *[[1, 0, 1, 1]] * 500)
    action = Random(Bandit.sizes).act(view, explore=True)[:, 0]
    assert action[0] == 3
    assert set(action[1:]) == {0, 2}


def test_without_a_slate_the_last_action_is_as_good_as_any():
    view = with_mask(*[[1, 0, 1, 1]] * 500)
    action = Random(Bandit.sizes._replace(layout=None)).act(view, explore=False)
    assert set(action[:, 0]) == {0, 2, 3}


def test_equal_seeds_play_alike_and_others_do_not():
    view = with_mask(*[[1, 1, 1, 1]] * 50)
    played = [Random(Bandit.sizes, seed).act(view, explore=True) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(played[0], played[1])
    assert (played[0] != played[2]).any()
