"""What a game shows is read as it is declared, and stands in the order of its kinds."""

from types import SimpleNamespace

import numpy as np
import pytest

import marec_env
from marec_env.scenarios.basic import Basic
from marec_env.shown import by_kind, count, level, of_agent, of_candidate, of_slot, of_time, read
from tests.marec_env.rollouts import SIZES

STATE = SimpleNamespace(stock=np.array([[3]]), campaign=SimpleNamespace(bid=np.array([[2.0]])))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (count("stock", "units"), [[3]]),
        (of_slot("price", "of a pick", "campaign.bid"), [[2.0]]),
        (of_slot("half", "of it", lambda state: state.stock / 2), [[1.5]]),
    ],
)
def test_a_column_is_read_from_its_field_or_another_or_by_a_function(column, expected):
    np.testing.assert_array_equal(column.read(STATE), expected)


def test_columns_are_ordered_by_kind_and_then_as_declared():
    declared = [of_slot("a"), count("b"), of_slot("c"), of_candidate("d"), level("e")]
    groups = by_kind(declared)
    assert [each.name for each in groups.of_pick] == ["d", "a", "c", "b"]
    assert [each.name for each in groups.level] == ["e"]
    assert groups.of_agent == groups.of_time == ()


def test_several_columns_are_read_together():
    assert [
        x.tolist() for x in read((count("stock"), of_slot("b", "", "campaign.bid")), STATE)
    ] == [
        [[3]],
        [[2.0]],
    ]
    assert read((), STATE) == ()


class Window(Basic):
    """Shows one thing of each kind."""

    def shows(self):
        return [
            level("never", read=lambda state: np.ones((len(state.step), self.pool_size))),
            of_time("weekday", "0 to 6 / 7", lambda t: t % 7 / 7),
            of_agent("seat", "n", lambda state: 1.0 * np.indices((len(state.step), 5))[1]),
            of_agent("twice", "2 n", lambda state: 2.0 * np.indices((len(state.step), 5))[1]),
            count("id", "log(1 + id)", lambda state: state.episode.pool.astype(np.int32)),
            of_slot("slot", "m", lambda state: 1.0 * np.indices((len(state.step), 12))[1]),
            of_candidate("rank", "k", lambda state: 1.0 * np.indices(state.slate.slots.shape)[2]),
        ]


def test_an_observation_shows_each_where_the_layout_says():
    game = Window(**SIZES)
    vec = marec_env.make_vec(game, 2)
    now = vec.step(vec.reset(0).action_mask.argmax(-1))
    state, layout = now.truth.state, game.layout
    assert list(layout.candidate) == ["similarity", "rank", "slot", "id", "embedding"]
    assert list(layout.agent) == ["user", "seat", "twice", "time_left", "weekday"]
    size = 4 * layout.candidate_size
    candidates = now.observation[..., :size].reshape(2, 5, 4, -1)
    agent = now.observation[..., size:]

    def candidate(name):
        return candidates[..., layout.candidate[name]][..., 0]

    np.testing.assert_array_equal(candidate("rank"), np.indices((2, 5, 4))[2])
    np.testing.assert_array_equal(candidate("slot"), state.slate.slots)
    np.testing.assert_allclose(candidate("id"), np.log1p(state.slate.items), rtol=1e-6)
    np.testing.assert_array_equal(agent[..., layout.agent["seat"]][0, :, 0], np.arange(5))
    np.testing.assert_array_equal(agent[..., layout.agent["twice"]][0, :, 0], 2 * np.arange(5))
    np.testing.assert_allclose(agent[..., layout.agent["weekday"]], 1 / 7, rtol=1e-6)


def test_the_joint_view_of_the_pool_has_what_is_of_slots_and_nothing_for_people_only():
    game = Window(**SIZES)
    state = marec_env.make_vec(game).reset(0).truth.state
    pool = game.global_state(state)[0, -2 * 12 :].reshape(2, 12)
    np.testing.assert_array_equal(pool[0], np.arange(12))
    np.testing.assert_allclose(pool[1], np.log1p(state.episode.pool[0]), rtol=1e-6)


@pytest.mark.parametrize("columns", [[count("a"), of_slot("a")], [of_slot("similarity")]])
def test_columns_have_names_of_their_own(columns):
    with pytest.raises(ValueError, match=r"columns must have names of their own, got '\w+' twice"):
        by_kind(columns)


def test_a_meaning_that_was_forgotten_is_missed():
    with pytest.raises(TypeError, match="of_slot 'x' must have a meaning in words, got <function"):
        by_kind([of_slot("x", lambda state: state.stock)])  # pyright: ignore[reportArgumentType]
