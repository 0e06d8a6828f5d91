"""Advantages by hand, and where a trace and a bootstrap end."""

import numpy as np
import pytest

from agents import Sizes, Transition, View, gae
from agents.layout import PlainLayout


def advantages(reward, value, next_value, is_linked, discount=0.5, trace_decay=0.5):
    def column(x, dtype: type = np.float32):
        return np.array(x, dtype)[:, None, None]

    found = gae.advantages(
        column(reward),
        column(value),
        column(next_value),
        column(is_linked, bool),
        discount,
        trace_decay,
    )
    return found[:, 0, 0].tolist()


def test_two_linked_steps():
    # delta = 1 + .5 * 1 - .5 = 1 and 2 + .5 * 3 - 1 = 2.5; A_0 = 1 + .25 * 2.5
    assert advantages([1, 2], [0.5, 1], [1, 3], [True, False]) == [1.625, 2.5]


def test_a_trace_ends_where_a_life_ends():
    assert advantages([1, 2], [0.5, 1], [1, 3], [False, False]) == [1.0, 2.5]


def test_trace_decay_one_is_the_discounted_return_minus_the_value():
    found = advantages([1, 1, 1], [7, 7, 7], [7, 7, 0], [True, True, False], 0.5, 1.0)
    assert found == [1.75 - 7, 1.5 - 7, 1 - 7]


def test_trace_decay_zero_is_the_one_step_error():
    assert advantages([1, 2], [0.5, 1], [1, 3], [True, True], trace_decay=0) == [1.0, 2.5]


@pytest.mark.parametrize(("at_horizon", "expected"), [(True, [1, 0, 1]), (False, [1, 0, 0])])
def test_a_cut_counts_what_follows_only_where_the_horizon_is_no_part_of_the_game(
    at_horizon, expected
):
    terminated, truncated = np.array([[False, True, False]]), np.array([[False, False, True]])
    nothing = np.zeros((1, 3))
    view = View(nothing, nothing, nothing, nothing)
    step = Transition(view, nothing, nothing, nothing, terminated, truncated, view)
    assert gae.continues(step, at_horizon).tolist() == [[bool(x) for x in expected]]


def test_the_horizon_is_part_of_the_game_where_time_left_is_seen():
    seen = PlainLayout(1, {"x": slice(0, 1)}, {"time_left": slice(0, 1)})
    unseen = PlainLayout(1, {"x": slice(0, 1)}, {"user": slice(0, 1)})
    assert not gae.bootstraps_at_horizon(Sizes(1, 2, 2, layout=seen), None)
    assert gae.bootstraps_at_horizon(Sizes(1, 2, 2, layout=unseen), None)
    assert gae.bootstraps_at_horizon(Sizes(1, 2, 2), None)


def test_the_user_decides_about_the_horizon_if_he_wants():
    assert not gae.bootstraps_at_horizon(Sizes(1, 2, 2), False)


def test_explained_variance_is_one_for_the_truth_and_zero_for_a_constant():
    target = np.array([1.0, 2.0, 4.0])
    assert gae.explained_variance(target, target) == 1
    assert gae.explained_variance(target, np.full(3, 9.0)) == 0
    assert gae.explained_variance(np.ones(3), target) == 0
