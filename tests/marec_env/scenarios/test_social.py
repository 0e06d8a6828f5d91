"""social-v0: friends, tastes that move, and each mechanism switched off."""

from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env import Catalogue
from marec_env.nested import repeat
from marec_env.ratings import Ratings
from marec_env.scenarios.social import Social
from tests.marec_env.rollouts import SIZES, any_action, play

OFF: dict[str, Any] = {
    "lam": 0.0,
    "alpha": 0.0,
    "conformity": 0.0,
    "iota": 0.0,
    "word_of_mouth": 0.0,
}
SEEN_ALIKE = ("action_mask", "items", "reward", "payoff", "truncated", "final_items")


def episodes(name, policy=any_action, **constants):
    vec = marec_env.make_vec(name, 3, **SIZES | constants)
    return play(vec, 5, 2 * vec.scenario.horizon, policy)


@pytest.mark.parametrize("world", [{}, {"users": "resampled", "items": "resampled"}], ids=str)
def test_with_every_mechanism_off_it_is_the_plain_game_bit_for_bit(world):
    pairs = zip(episodes("social-v0", **OFF, **world), episodes("basic-v0", **world), strict=True)
    for ours, plain in pairs:
        for name in SEEN_ALIKE:
            np.testing.assert_array_equal(getattr(ours, name), getattr(plain, name))
        np.testing.assert_array_equal(
            ours.truth.state.slate.similarity, plain.truth.state.slate.similarity
        )


@pytest.mark.parametrize("on", ["lam", "alpha", "conformity", "iota", "word_of_mouth"])
def test_every_mechanism_alone_changes_what_is_paid_and_switched_on_again_nothing_before(on):
    constants: dict[str, Any] = OFF | {on: getattr(Social(), on)}
    ours, plain = episodes("social-v0", **constants), episodes("basic-v0")
    same = [np.array_equal(a.payoff, b.payoff) for a, b in zip(ours, plain, strict=True)]
    np.testing.assert_array_equal(ours[0].items, plain[0].items)
    assert not all(same)


def test_tastes_are_unit_vectors_from_reset_on():
    for timestep in episodes("social-v0", alpha=0.8, lam=0.4):
        lengths = np.linalg.norm(timestep.truth.state.taste, axis=-1)
        np.testing.assert_allclose(lengths, 1.0, atol=1e-6)


def test_agents_see_where_their_users_are_and_similarities_follow():
    timestep = episodes("social-v0")[4]
    scenario, state, _ = timestep.truth
    size = state.taste.shape[2]
    first = scenario.slate_size * scenario.layout.candidate_size
    shown = timestep.observation[..., first : first + size]
    np.testing.assert_array_equal(shown, state.taste)
    vectors = scenario.world.item_vectors[state.slate.items]
    cosine = (state.taste[:, :, None] * vectors).sum(-1)
    np.testing.assert_allclose(state.slate.similarity, np.exp(cosine - 1), atol=1e-6)


def test_a_slate_holds_what_friends_have_picked_if_all_of_it_is_heard_of():
    vec = marec_env.make_vec("social-v0", 3, **SIZES, word_of_mouth=1.0, edges=(0, 1, 2, 3))
    now = vec.reset(0)
    for _ in range(4):
        picks = now.truth.state.slate.slots[:, :, 0]
        now = vec.step(np.zeros((3, 5), np.int64))
        slates = now.truth.state.slate.slots
        for u, v in ((0, 1), (1, 0), (2, 3), (3, 2)):
            assert (slates[:, u] == picks[:, v, None]).any(1).all()


def test_the_nearest_items_are_nearest_to_where_the_user_is():
    vec = marec_env.make_vec("social-v0", 3, **SIZES, near_share=1.0, word_of_mouth=0.0)
    now = vec.reset(0)
    for _ in range(4):
        now = vec.step(any_action(now.action_mask, 0, 0))
        state, world = now.truth.state, vec.scenario.world
        fit = np.einsum("bnd,bmd->bnm", state.taste, world.item_vectors[state.episode.pool])
        rank = (-fit).argsort(-1).argsort(-1)  # 0 is the nearest
        assert (np.take_along_axis(rank, state.slate.slots, 2) < 2 * SIZES["slate_size"]).all()


def test_what_is_paid_is_taste_times_coloured_rating_plus_company():
    scenario = Social(**SIZES, edges=(0, 1), conformity=0.25, iota=0.5)
    vec = marec_env.make_vec(scenario, 1)
    now = vec.reset(0)
    state = now.truth.state
    slots = state.slate.slots[0]
    shared = sorted(set(slots[0].tolist()) & set(slots[1].tolist()))[0]
    k = [int(np.flatnonzero(slots[u] == shared)[0]) for u in (0, 1)]
    now = vec.step(np.array([[*k, 4, 4, 4]]))
    users, item = state.episode.users[0], state.episode.pool[0, shared]
    ratings = [float(scenario.catalogue.rating(users[u], item)) for u in (0, 1)]
    fit = [state.slate.similarity[0, u, k[u]] for u in (0, 1)]
    expected = [fit[u] * ratings[u] + 0.5 for u in (0, 1)]  # nobody was an example yet
    np.testing.assert_allclose(now.payoff[0, :2], expected, rtol=1e-6)

    state = now.truth.state
    again = np.flatnonzero(state.slate.slots[0, 0] == shared)
    assert len(again)
    paid = vec.step(np.array([[int(again[0]), 4, 4, 4, 4]])).payoff[0, 0]
    coloured = 0.75 * ratings[0] + 0.25 * ratings[1]
    assert paid == pytest.approx(state.slate.similarity[0, 0, again[0]] * coloured, rel=1e-6)


def test_examples_are_forgotten_after_as_many_steps_as_memory_says():
    vec = marec_env.make_vec("social-v0", 1, **SIZES, edges=(0, 1), memory=2)
    now = vec.reset(0)
    slot = now.truth.state.slate.slots[0, 1, 0]
    now = vec.step(np.array([[4, 0, 4, 4, 4]]))
    seen = []
    for _ in range(3):
        state = now.truth.state
        everything = repeat(np.arange(12, dtype=np.int32)[None, None], 1)
        slate = state.slate._replace(slots=np.repeat(everything, 5, axis=1))
        (example,) = vec.scenario.shows()
        share = example.read(state._replace(slate=slate))
        seen.append(share[0, 0, slot])
        now = vec.step(np.full((1, 5), 4))
    assert seen == [1.0, 1.0, 0.0]


def test_permuting_agents_with_their_friendships_permutes_the_outcome():
    edges, order = ((0, 1), (1, 2), (3, 4)), np.array([2, 0, 4, 1, 3])  # new seat -> old seat
    place = np.argsort(order)
    plain = Social(**SIZES, edges=sum(edges, ()), word_of_mouth=0.0)
    moved = Social(**SIZES, edges=tuple(int(place[x]) for e in edges for x in e), word_of_mouth=0.0)
    vec = marec_env.make_vec(plain, 2)
    state, streams = vec.reset(1).truth[1:]
    for t in range(3):
        episode = state.episode._replace(
            **{name: getattr(state.episode, name)[:, order] for name in ("users", "nearest")}
        )
        shuffled = state._replace(
            episode=episode,
            slate=type(state.slate)(*(part[:, order] for part in state.slate)),
            taste=state.taste[:, order],
            picked_at=state.picked_at[:, order],
        )
        actions = np.random.default_rng(t).integers(0, 5, (2, 5))
        ours, outcome = plain.step(state, actions, streams.at(state.step + 1))
        theirs, permuted = moved.step(shuffled, actions[:, order], streams.at(state.step + 1))
        np.testing.assert_allclose(outcome.payoff[:, order], permuted.payoff, rtol=1e-12)
        np.testing.assert_allclose(ours.taste[:, order], theirs.taste, atol=1e-6)
        state = ours


def test_with_inertia_tastes_travel_and_without_it_they_stay_near_their_beginning():
    cosines = {}
    for rho in (0.05, 0.9):  # 0.9 = 1 - lam leaves no inertia
        vec = marec_env.make_vec("social-v0", 4, horizon=61, rho=rho)
        now = vec.reset(0)
        start = now.truth.state.taste
        for _ in range(60):
            now = vec.step(np.zeros((4, 16), np.int64))
        cosines[rho] = float((start * now.truth.state.taste).sum(-1).mean())
    assert cosines[0.9] > 0.99
    assert cosines[0.05] < 0.75


def test_friends_are_whose_wishes_an_agent_sees():
    scenario = Social(**SIZES, edges=(0, 1, 1, 2))
    state = scenario.reset(marec_env.streams.single(0))
    assert scenario.neighbours(state)[0].tolist() == [[1, -1], [0, 2], [1, -1], [-1, -1], [-1, -1]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"lam": 0.7, "rho": 0.4}, "lam [+] rho must be <= 1, got 1.1"),
        ({"lam": -0.1}, "lam must be >= 0"),
        ({"word_of_mouth": 1.5}, r"word_of_mouth must be in \[0, 1\], got 1.5"),
        ({"conformity": float("nan")}, "conformity must be in"),
        ({"graph": "star"}, "graph must be one of watts-strogatz"),
        ({"degree": 0}, "degree must be >= 1"),
        ({"edges": (0, 99)}, "two of the seats"),
        ({"memory": 0}, "memory must be >= 1"),
    ],
)
def test_constants_out_of_range_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Social(**wrong)


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"degree": 3}, "degree must be even for watts-strogatz, got 3"),
        (
            {"centred": False, "similarity": "sigmoid_dot"},
            "centred must be True where lam or alpha",
        ),
    ],
)
def test_what_would_not_be_what_it_says_is_refused(constants, message):
    with pytest.raises(ValueError, match=message):
        Social(**SIZES | constants)


def test_polarisation_is_a_share_where_tastes_drift_whatever_their_length():
    rng = np.random.default_rng(0)
    catalogue = Catalogue(
        user_vectors=3 * rng.standard_normal((5, 4)),
        item_vectors=3 * rng.standard_normal((12, 4)),
        ratings=Ratings(rng.uniform(0.1, 1, (5, 12))),
    )
    still = {"lam": 0.0, "alpha": 0.0, "centred": False, "similarity": "exponential"}
    found = []
    for drift in (0.0, 1e-9):
        vec = marec_env.make_vec(
            "social-v0", **SIZES | {"catalogue": catalogue, "drift": drift, "horizon": 2} | still
        )
        now = vec.reset(0)
        for _ in range(2):
            now = vec.step(now.action_mask.argmax(-1))
        found.append(float(now.info["episode/polarisation"][0]))
    assert 0 <= found[0] <= 1
    assert found[1] == pytest.approx(found[0], abs=1e-6)
