"""Friendships: mutual, weighted alike, drawn once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marec_env.models.graph import Friends, drawn, friends, pairs

LINE = friends([(0, 1), (1, 2)], 4)  # 0 - 1 - 2, and 3 alone


def test_every_friendship_is_listed_from_either_side():
    assert LINE.agent.tolist() == [0, 1, 1, 2]
    assert LINE.friend.tolist() == [1, 0, 2, 1]
    assert LINE.start.tolist() == [0, 1, 3, 4, 4]


def test_weights_are_shares_of_the_friends_and_who_has_none_is_its_own():
    np.testing.assert_array_equal(
        LINE.weights, [[0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
    )


def test_friends_are_padded_with_minus_one():
    assert LINE.padded.tolist() == [[1, -1], [0, 2], [1, -1], [-1, -1]]


def test_sums_over_friends_are_exact():
    assert LINE.per_agent(np.array([[1, 2, 3, 4], [0, 0, 7, 0]])).tolist() == [
        [1, 5, 4, 0],
        [0, 7, 0, 0],
    ]


def test_a_pair_given_twice_is_one_friendship():
    assert friends([(0, 1), (1, 0), (0, 1)], 2).friend.tolist() == [1, 0]


@given(
    st.sampled_from(["watts-strogatz", "barabasi-albert", "erdos-renyi"]),
    st.integers(1, 20),
    st.integers(1, 6),
    st.integers(0, 5),
)
def test_weights_are_row_stochastic_and_friendship_is_mutual(kind, num_agents, degree, seed):
    found = drawn(kind, num_agents, degree, 0.2, seed)
    np.testing.assert_allclose(found.weights.sum(1), 1.0, rtol=1e-12)
    mutual = found.weights > 0
    np.testing.assert_array_equal(mutual, mutual.T)
    assert not (found.agent == found.friend).any()


def test_a_ring_of_sixteen_has_sixty_four_ends_of_friendships_rewired_or_not():
    assert len(drawn("watts-strogatz", 16, 4, 0.2, 0).friend) == 64
    ring = drawn("watts-strogatz", 16, 4, 0.0, 0)
    assert sorted(ring.friend[ring.agent == 0].tolist()) == [1, 2, 14, 15]


def test_the_same_seed_draws_the_same_graph_and_another_seed_another():
    same = [drawn("watts-strogatz", 16, 4, 0.2, 3) for _ in range(2)]
    other = drawn("watts-strogatz", 16, 4, 0.2, 4)
    np.testing.assert_array_equal(same[0].friend, same[1].friend)
    assert other.friend.tolist() != same[0].friend.tolist()


def test_where_all_can_be_friends_they_are():
    everybody: Friends = drawn("watts-strogatz", 3, 4, 0.2, 0)
    assert everybody.number.tolist() == [2, 2, 2]


def test_a_friend_that_is_no_seat_is_an_error():
    with pytest.raises(ValueError, match=r"two of the seats 0 \.\.\. 2, got \[0, 3\]"):
        friends([(1, 2), (0, 3)], 3)
    with pytest.raises(ValueError, match=r"got \[1, 1\]"):
        friends([(1, 1)], 3)


def test_a_seat_left_over_is_an_error():
    assert pairs((0, 1, 1, 2)) == [(0, 1), (1, 2)]
    with pytest.raises(ValueError, match="of seats, got 3 numbers"):
        pairs((0, 1, 2))
