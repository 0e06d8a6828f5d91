"""What friends pick, now and lately, and what they talk about."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marec_env.models.company import NEVER, company, conformed, examples, heard, remember, told
from marec_env.models.graph import drawn, friends

LINE = friends([(0, 1), (1, 2)], 4)  # 0 - 1 - 2, and 3 alone


def int32(values):
    return np.array(values, np.int32)


def picked_at(**picks):
    """agent_slot=step, of 4 agents and 3 slots."""
    out = np.full((1, 4, 3), NEVER, np.int32)
    for name, step in picks.items():
        out[0, int(name[1]), int(name[3])] = step
    return out


def test_company_is_the_share_of_the_friends_on_the_own_item():
    assert company(int32([[5, 5, 7, 5]]), LINE).tolist() == [[1.0, 0.5, 0.0, 0.0]]


def test_skips_are_no_company():
    assert company(int32([[-1, -1, -1, -1]]), LINE).tolist() == [[0.0, 0.0, 0.0, 0.0]]


def test_the_last_pick_of_each_slot_is_remembered_and_a_skip_changes_nothing():
    before = picked_at(u0_1=2)
    after = remember(before, int32([[1, 2, -1, 0]]), np.array([5]))
    assert after[0].tolist() == [
        [NEVER, 5, NEVER],
        [NEVER, NEVER, 5],
        [NEVER, NEVER, NEVER],
        [5, NEVER, NEVER],
    ]
    assert before[0, 0, 1] == 2


def test_examples_are_friends_who_picked_it_lately():
    since = np.array([4])
    slots = int32([[[0, 1]] * 4])
    found = examples(picked_at(u0_0=4, u2_0=3, u1_1=9, u3_0=9), slots, LINE, since)
    assert found[0].tolist() == [[0.0, 1.0], [0.5, 0.0], [0.0, 1.0], [0.0, 0.0]]


def test_a_rating_moves_towards_the_mean_of_the_examples_and_else_stays():
    rating = np.array([[[0.8], [0.4], [0.5], [0.6]]])
    theirs = np.array([[[0.1], [0.2], [1.0], [0.9]]])  # 0 of 1; 1 of 0 and 2; 2 of 1
    at = picked_at(u0_0=5, u2_0=5, u1_0=1)
    found = conformed(rating, theirs, at, int32([[[0]] * 4]), LINE, np.array([4]), 0.25)
    np.testing.assert_allclose(found[0, :, 0], [0.8, 0.75 * 0.4 + 0.25 * 0.6, 0.5, 0.6])


def test_without_an_item_there_is_no_example():
    rating, theirs = np.full((1, 4, 1), 0.5), np.zeros((1, 4, 1))
    found = conformed(
        rating, theirs, picked_at(u0_0=5), int32([[[-1]] * 4]), LINE, np.array([0]), 1.0
    )
    assert (found == 0.5).all()


def test_the_loudest_are_heard_first_each_item_once_and_skips_never():
    star = friends([(0, v) for v in range(1, 6)], 6)
    slot = int32([[9, 4, 4, -1, 2, 7]])
    loudness = np.array([[0.2, 0.1, 0.0, 0.05, 0.3, *[0.9] * 5]])
    assert heard(slot, loudness, star, 0.3, 4)[0, 0].tolist() == [2, 4, -1, -1]
    assert heard(slot, loudness, star, 0.5, 2)[0, 0].tolist() == [2, 4]
    assert heard(slot, loudness, star, 0.3, 4)[0, 1].tolist() == [-1, -1, -1, -1]


def test_news_takes_the_last_places_and_what_is_there_already_stays():
    slate = int32([[[10, 11, 12, 13]]])
    assert told(slate, int32([[[20, 21]]]))[0, 0].tolist() == [10, 11, 21, 20]
    assert sorted(told(slate, int32([[[13, 20]]]))[0, 0].tolist()) == [10, 11, 13, 20]
    assert sorted(told(slate, int32([[[10, 20]]]))[0, 0].tolist()) == [10, 11, 12, 20]
    assert told(slate, int32([[[-1, -1]]]))[0, 0].tolist() == [10, 11, 12, 13]
    assert slate[0, 0].tolist() == [10, 11, 12, 13]


@given(st.integers(0, 2**32), st.floats(0, 1))
def test_slates_stay_different_items_and_hold_all_that_was_heard(seed, chance):
    rng = np.random.default_rng(seed)
    graph = drawn("erdos-renyi", 5, 3, 0.0, seed % 5)
    slot, loudness = int32(rng.integers(-1, 9, (1, 5))), rng.random((1, len(graph.friend)))
    news = heard(slot, loudness, graph, chance, 3)
    slate = int32([[rng.permutation(9)[:6] for _ in range(5)]])
    after = told(slate, news)
    for n in range(5):
        known = {s for s in news[0, n].tolist() if s >= 0}
        assert known <= {slot[0, v] for v in graph.friend[graph.agent == n]}
        assert known <= set(after[0, n].tolist())
        assert len(set(after[0, n].tolist())) == 6
