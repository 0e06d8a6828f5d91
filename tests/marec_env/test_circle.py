"""Friends in a world: whose examples count, what is heard, and what is refused."""

from types import SimpleNamespace

import numpy as np
import pytest

from marec_env.circle import Circle
from marec_env.models.company import NEVER
from marec_env.models.graph import friends, friends_of
from marec_env.scenarios.basic import Basic
from marec_env.streams import single
from marec_env.tastes import Tastes
from tests.marec_env.rollouts import SIZES

WORLD = Basic(**SIZES).world
LINE = friends([(0, 1), (1, 2)], 5)  # 0 - 1 - 2, and 3, 4 alone


def circle(conformity=0.5, memory=2, chance=1.0, graph=LINE):
    return Circle(graph, Tastes(WORLD, graph, 0.0, 0.0, 0.0), conformity, memory, chance)


def state(step, **picked):
    """At `step`, after picks of slots by agents: u0=(slot, step)."""
    episode = WORLD.episode(single(0))
    picked_at = np.full((1, 5, 12), NEVER, np.int32)
    for name, (slot, when) in picked.items():
        picked_at[0, int(name[1:]), slot] = when
    slate = WORLD.whole_pool(episode)
    return SimpleNamespace(step=np.array([step]), episode=episode, slate=slate, picked_at=picked_at)


def test_a_rating_moves_half_way_to_that_of_a_friend_who_picked_lately():
    now = state(5, u1=(3, 4))
    own, conformed = circle().ratings(now, now.slate.slots, now.slate.items)
    changed = np.argwhere(own != conformed).tolist()
    assert changed in ([[0, 0, 3], [0, 2, 3]], [[0, 0, 3]], [[0, 2, 3]])
    np.testing.assert_allclose(conformed[0, [0, 2], 3], (own[0, [0, 2], 3] + own[0, 1, 3]) / 2)


def test_what_was_picked_longer_ago_than_the_memory_is_no_example():
    now = state(5, u1=(3, 2))
    own, conformed = circle().ratings(now, now.slate.slots, now.slate.items)
    np.testing.assert_array_equal(own, conformed)
    assert circle(memory=3).examples(now)[0, :, 3].tolist() == [1, 0, 1, 0, 0]


def test_without_conformity_ratings_are_the_own_ones():
    now = state(5, u1=(3, 4))
    own, conformed = circle(conformity=0.0).ratings(now, now.slate.slots, now.slate.items)
    assert conformed is own


def test_friends_hear_of_picks_and_others_do_not():
    heard = circle().heard(np.array([[-1, 7, -1, 8, -1]], np.int32), single(0))
    assert heard is not None
    assert heard[0, :, 0].tolist() == [7, -1, 7, -1, -1]


@pytest.mark.parametrize("silent", [circle(chance=0.0), circle(graph=friends([], 5))])
def test_where_nobody_talks_nothing_is_drawn(silent):
    assert silent.heard(np.zeros((1, 5), np.int32), single(0)) is None


def test_neighbours_are_friends():
    assert circle().neighbours(2)[1].tolist() == [[1, -1], [0, 2], [1, -1], [-1, -1], [-1, -1]]


def test_edges_that_are_given_are_the_friends_whatever_else_is_said():
    found = friends_of((0, 4), 5, "watts-strogatz", 3, 0.2, 0)
    assert found.padded.tolist() == [[4], [-1], [-1], [-1], [0]]


def test_pulls_of_more_than_one_are_refused():
    with pytest.raises(ValueError, match=r"lam \+ rho must be <= 1, got 1\.5"):
        Tastes(WORLD, LINE, 0.75, 0.75, 0.0)
