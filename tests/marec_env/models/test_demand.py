"""Who wants what, before anybody has picked."""

import numpy as np
import pytest

from marec_env.models.demand import demand, demand_nearby

SLOTS = np.array([[[0, 1], [0, 2], [1, 0]]], np.int32)  # [B, N, K] = [1, 3, 2]
SIMILARITY = np.array([[[0.9, 0.8], [0.7, 0.6], [0.5, 0.5]]])
PLENTY = np.array([[3, 3, 3]], np.int32)
ALL = np.ones((1, 3), bool)


def test_everybody_wants_the_most_similar_and_the_first_of_equals():
    best, _ = demand(SLOTS, SIMILARITY, PLENTY, ALL)
    np.testing.assert_array_equal(best, [[2, 1, 0]])


def test_everybody_is_shown_the_whole_slate():
    _, shown = demand(SLOTS, SIMILARITY, PLENTY, ALL)
    np.testing.assert_array_equal(shown, [[3, 2, 1]])


def test_nobody_wants_what_is_sold_out_and_it_is_shown_all_the_same():
    best, shown = demand(SLOTS, SIMILARITY, np.array([[0, 3, 3]], np.int32), ALL)
    np.testing.assert_array_equal(best, [[0, 2, 1]])
    np.testing.assert_array_equal(shown, [[3, 2, 1]])


def test_who_finds_everything_sold_out_wants_nothing():
    best, _ = demand(SLOTS, SIMILARITY, np.array([[0, 0, 1]], np.int32), ALL)
    np.testing.assert_array_equal(best, [[0, 0, 1]])


def test_a_candidate_of_similarity_zero_can_be_the_best_there_is():
    best, _ = demand(SLOTS, np.zeros((1, 3, 2)), PLENTY, ALL)
    assert best.sum() == 3


def test_whoever_has_left_neither_wants_nor_is_shown_anything():
    best, shown = demand(SLOTS, SIMILARITY, PLENTY, np.array([[False, True, True]]))
    np.testing.assert_array_equal(best, [[1, 1, 0]])
    np.testing.assert_array_equal(shown, [[2, 1, 1]])


def test_none_stands_for_everybody():
    for none, everybody in zip(
        demand(SLOTS, SIMILARITY, PLENTY, None),
        demand(SLOTS, SIMILARITY, PLENTY, ALL),
        strict=True,
    ):
        np.testing.assert_array_equal(none, everybody)


NEIGHBOURS = np.array([[[1, 2], [0, -1], [-1, -1]]], np.int32)  # [B, N, J]


def test_of_its_neighbours_an_agent_counts_those_whose_best_candidate_it_is():
    best, _ = demand_nearby(SLOTS, SIMILARITY, PLENTY, ALL, NEIGHBOURS)
    np.testing.assert_array_equal(best, [[[1, 1], [1, 0], [0, 0]]])


def test_of_its_neighbours_an_agent_counts_those_that_are_shown_a_candidate():
    _, shown = demand_nearby(SLOTS, SIMILARITY, PLENTY, ALL, NEIGHBOURS)
    np.testing.assert_array_equal(shown, [[[2, 1], [1, 0], [0, 0]]])


def test_neighbours_that_have_left_do_not_count():
    there = np.array([[True, False, True]])
    best, shown = demand_nearby(SLOTS, SIMILARITY, PLENTY, there, NEIGHBOURS)
    np.testing.assert_array_equal(best[0, 0], [0, 1])
    np.testing.assert_array_equal(shown[0, 0], [1, 1])


def test_neighbours_do_not_want_what_is_sold_out():
    best, shown = demand_nearby(SLOTS, SIMILARITY, np.array([[3, 0, 3]], np.int32), ALL, NEIGHBOURS)
    np.testing.assert_array_equal(best[0, 0], [2, 0])
    np.testing.assert_array_equal(shown[0, 0], [2, 1])


def test_whose_neighbours_are_all_others_sees_all_but_its_own_wish():
    slots, similarity, stock, present = any_market()
    others = [[m for m in range(6) if m != n] for n in range(6)]
    nearby = demand_nearby(
        slots, similarity, stock, present, np.tile(np.array(others, np.int32), (4, 1, 1))
    )
    for b, n in np.ndindex(present.shape):
        without = present.copy()
        without[b, n] = False
        whole = demand(slots, similarity, stock, without)
        for near, all_but_me in zip(nearby, whole, strict=True):
            np.testing.assert_array_equal(near[b, n], all_but_me[b, slots[b, n]])


@pytest.mark.parametrize("count", [demand, demand_nearby])
def test_a_copy_does_not_depend_on_the_others(count):
    market = any_market()
    if count is demand_nearby:
        market += (np.random.default_rng(1).integers(-1, 6, (4, 6, 3)).astype(np.int32),)
    together = count(*market)
    for b in range(4):
        for alone, beside in zip(count(*(part[[b]] for part in market)), together, strict=True):
            np.testing.assert_array_equal(alone[0], beside[b])


def any_market() -> tuple[np.ndarray, ...]:
    """Slates, similarities, stock and presence of B = 4, N = 6, M = 5, K = 2."""
    rng = np.random.default_rng(0)
    slots = rng.permuted(np.tile(np.arange(5, dtype=np.int32), (4, 6, 1)), axis=2)[:, :, :2].copy()
    stock = rng.integers(0, 2, (4, 5)).astype(np.int32)
    return slots, rng.random((4, 6, 2)), stock, rng.random((4, 6)) < 0.8
