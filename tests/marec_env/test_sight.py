"""Whose wishes agents see: nobody's, their neighbours', or everybody's; in every scenario."""

from dataclasses import dataclass

import numpy as np
import pytest

import marec_env
from marec_env.scenarios.basic import Basic
from tests.marec_env.rollouts import SIZES

every_scenario = pytest.mark.parametrize("name", marec_env.scenario_names())
either = pytest.mark.parametrize("sees", ["neighbours", "global"])


def shown(game, state, column):
    """What the candidates show in a column, [B, N, K]."""
    layout = game.layout
    rows = game.observe(state)[..., : layout.num_candidates * layout.candidate_size]
    rows = rows.reshape(*rows.shape[:2], layout.num_candidates, -1)
    return rows[..., layout.candidate[column]][..., 0]


def begun(name, **constants):
    vec = marec_env.make_vec(name, 3, **SIZES | constants)
    return vec.scenario, vec.reset(7).truth.state


@every_scenario
def test_agents_see_no_wishes_where_they_see_their_own_only(name):
    game, _ = begun(name, sees="own")
    assert not {"favourite", "shown"} & game.layout.candidate.keys()


@every_scenario
@either
@pytest.mark.parametrize("users", ["fixed", "resampled"])
def test_a_candidate_shows_how_many_want_it_and_how_many_have_it(name, sees, users):
    game, state = begun(name, sees=sees, users=users)
    slots, legal = state.slate.slots, game.action_mask(state)[..., :-1]
    best = np.where(legal, state.slate.similarity, -1).argmax(-1)
    wish = np.take_along_axis(slots, best[..., None], -1)[..., 0]
    for b, n in np.ndindex(wish.shape):
        seen = np.arange(5) if sees == "global" else game.neighbours(state)[b, n]
        seen = seen[seen >= 0]
        wanting = [(wish[b, seen] == slot).sum() for slot in slots[b, n]]
        having = [(slots[b, seen] == slot).sum() for slot in slots[b, n]]
        np.testing.assert_allclose(
            shown(game, state, "favourite")[b, n], np.log1p(wanting), rtol=1e-6
        )
        np.testing.assert_allclose(shown(game, state, "shown")[b, n], np.log1p(having), rtol=1e-6)


@every_scenario
@either
def test_the_two_columns_are_all_that_seeing_more_adds(name, sees):
    (plain, one), (more, other) = begun(name, sees="own"), begun(name, sees=sees)
    assert list(more.layout.candidate) != list(plain.layout.candidate)
    for column in plain.layout.candidate:
        np.testing.assert_array_equal(shown(plain, one, column), shown(more, other, column))


@every_scenario
def test_only_wishes_of_all_are_in_the_joint_view_of_the_pool(name):
    sizes = {sees: begun(name, sees=sees)[0].state_size for sees in ("own", "neighbours", "global")}
    per_agent = 5 * 4 * 2  # N K candidates show two columns more
    assert sizes["neighbours"] == sizes["own"] + per_agent
    assert sizes["global"] == sizes["own"] + per_agent + 2 * 12  # and M slots two numbers


@pytest.mark.parametrize("users", ["fixed", "resampled"])
def test_neighbours_are_the_users_of_the_episode_with_the_highest_cosine(users):
    game, state = begun("basic-v0", sees="neighbours", num_neighbours=2, users=users)
    vectors = game.world.user_vectors[state.episode.users].astype(float)  # [B, N, D], unit length
    cosine = vectors @ vectors.swapaxes(1, 2) - 3 * np.eye(5)
    np.testing.assert_array_equal(game.neighbours(state), np.argsort(-cosine)[..., :2])


def test_where_there_are_fewer_others_all_of_them_are_neighbours():
    game, state = begun("basic-v0", sees="neighbours", num_neighbours=9)
    assert game.neighbours(state).shape == (3, 5, 4)


@pytest.mark.parametrize("sees", ["own", "global"])
def test_neighbours_are_not_looked_for_where_nobody_sees_them(sees):
    game, state = begun("basic-v0", sees=sees)
    assert game.neighbours(state).shape == (3, 5, 0)


@dataclass(frozen=True, kw_only=True)
class Emptying(Basic):
    """The plain game, as if everybody but the last had left."""

    def present(self, state):
        return np.arange(self.num_agents) + np.zeros((len(state.step), 1), int) == 4


@either
def test_whoever_has_left_wants_nothing(sees):
    game = Emptying(**SIZES, sees=sees)
    state = marec_env.make_vec(game).reset(0).truth.state
    wants = state.slate.slots[0] == state.slate.slots[0, 4, 0]  # the most similar is the first
    expected = np.log(2) * wants
    if sees == "neighbours":
        expected[4] = 0  # nobody is its own neighbour
    np.testing.assert_allclose(shown(game, state, "favourite")[0], expected, rtol=1e-6)


def test_a_game_can_have_neighbours_of_its_own():
    class Ring(Basic):
        def neighbours(self, state):
            seats = np.arange(self.num_agents, dtype=np.int32)
            left = (seats - 1) % self.num_agents
            return np.repeat(np.stack([left, -1 + 0 * seats], axis=-1)[None], len(state.step), 0)

    game = Ring(**SIZES, sees="neighbours")
    state = marec_env.make_vec(game).reset(0).truth.state
    slots = state.slate.slots[0]
    np.testing.assert_array_equal(
        shown(game, state, "favourite")[0] > 0, slots == np.roll(slots[:, 0], 1)[:, None]
    )


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"sees": "friends"}, "sees must be one of own, neighbours, global, got 'friends'"),
        ({"num_neighbours": 0}, "num_neighbours must be >= 1, got 0"),
    ],
    ids=str,
)
def test_a_constant_out_of_range_is_one_sentence(constants, message):
    with pytest.raises(ValueError, match=message):
        Basic(**SIZES, **constants)
