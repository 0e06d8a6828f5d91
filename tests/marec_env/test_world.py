"""Who and what takes part, and what is offered: users, pool, nearest items, slates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marec_env import Catalogue, Streams, cast, nearness
from marec_env.scenarios.basic import Basic
from marec_env.similarity import Similarity
from tests.marec_env.rollouts import SIZES, SMALL


def world_of(**constants):
    return Basic(**SIZES | constants).world


def streams(*seeds, t=0, episode=0):
    ones = np.ones(len(seeds), np.uint64)
    return Streams(np.array(seeds, np.uint64), ones * np.uint64(episode), ones * np.uint64(t))


def episode_and_slate(source, **constants):
    game = world_of(**constants)
    episode = game.episode(source)
    return episode, game.slate(episode, source)


def test_users_are_different_and_of_the_catalogue():
    users = world_of(users="resampled", num_agents=30).episode(streams(1, 2)).users
    assert all(len(set(row)) == 30 for row in users)
    assert set(users.ravel()) <= set(range(40))


def test_the_pool_holds_different_items_in_ascending_order():
    pool = world_of(items="resampled").episode(streams(1, 2)).pool
    assert (np.diff(pool, axis=1) > 0).all()
    assert set(pool.ravel()) <= set(range(30))


def test_what_is_fixed_is_the_same_in_every_copy_and_episode():
    first = world_of().episode(streams(1, 2))
    later = world_of().episode(streams(8, 9, episode=5))
    for ours, theirs in zip(first, later, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(ours[0], ours[1])


def test_another_world_seed_fixes_another_world():
    one, other = (world_of(world_seed=seed).episode(streams(1)) for seed in (0, 1))
    assert (one.users != other.users).any()
    assert (one.pool != other.pool).any()


@pytest.mark.parametrize("field", ["users", "pool"])
def test_what_is_resampled_differs_between_copies_and_episodes(field):
    game = world_of(users="resampled", items="resampled")
    first, later = game.episode(streams(1, 2)), game.episode(streams(1, 2, episode=1))
    ours, theirs = getattr(first, field), getattr(later, field)
    assert (ours[0] != ours[1]).any()
    assert (ours != theirs).any()


def test_resampling_the_items_leaves_fixed_users_as_they_are():
    plain, other = world_of(), world_of(items="resampled")
    np.testing.assert_array_equal(plain.episode(streams(3)).users, other.episode(streams(3)).users)


def test_the_nearest_are_the_two_k_most_similar_of_the_pool():
    game = world_of(users="resampled", items="resampled")
    episode = game.episode(streams(1, 2))
    table = game.similarity.table(game.user_vectors, game.item_vectors)
    for b, n in np.ndindex(2, 5):
        s = table[episode.users[b, n], episode.pool[b]]
        np.testing.assert_array_equal(episode.nearest[b, n], np.argsort(-s, kind="stable")[:8])


@settings(deadline=None)  # the first example compiles
@given(
    st.integers(0, 2**32),
    st.integers(0, 20),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from([1, 4, 11]),
)
def test_a_slate_is_of_different_items_of_the_pool_the_most_similar_first(seed, t, near, size):
    source = streams(seed, t=t)
    episode, slate = episode_and_slate(source, near_share=near, slate_size=size)
    for n in range(5):
        slots = slate.slots[0, n]
        assert len(set(slots)) == size
        np.testing.assert_array_equal(slate.items[0, n], episode.pool[0, slots])
        assert (np.diff(slate.similarity[0, n].astype(np.float32)) <= 0).all()


@settings(deadline=None)  # the first example compiles
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_at_least_the_near_share_of_a_slate_is_near(seed, share):
    episode, slate = episode_and_slate(streams(seed), near_share=share)
    for n in range(5):
        near = np.isin(slate.slots[0, n], episode.nearest[0, n])
        assert near.sum() >= round(share * 4)


def test_a_slate_shows_the_similarity_of_user_and_item():
    episode, slate = episode_and_slate(streams(1, 2))
    users, items = SMALL.centred_user_vectors, SMALL.centred_item_vectors
    for b, n, k in np.ndindex(2, 5, 4):
        s = Similarity()(users[episode.users[b, n]], items[slate.items[b, n, k]])
        assert slate.similarity[b, n, k] == s


def test_the_whole_pool_is_shown_in_its_own_order():
    episode, slate = episode_and_slate(streams(1, 2), slate_size=12)
    assert (slate.slots == np.arange(12)).all()
    np.testing.assert_array_equal(slate.items[:, 3], episode.pool)


def test_slates_differ_from_step_to_step():
    game = world_of()
    episode = game.episode(streams(1))
    one, other = (game.slate(episode, streams(1, t=t)) for t in (0, 1))
    assert (one.slots != other.slots).any()


def test_slates_of_later_steps_can_be_looked_up_in_advance():
    game = world_of()
    episode = game.episode(streams(4))
    ahead = list(game.slates(episode, streams(4), [2, 5]))
    for t, slate in zip((2, 5), ahead, strict=True):
        np.testing.assert_array_equal(slate.items, game.slate(episode, streams(4, t=t)).items)


def test_a_value_is_similarity_times_rating():
    game = world_of()
    episode, slate = episode_and_slate(streams(1))
    rating = SMALL.rating(episode.users[0, 2], slate.items[0, 2, 1])
    expected = slate.similarity[0, 2, 1] * float(rating)
    assert game.values(episode, slate)[0, 2, 1] == expected


@pytest.mark.parametrize("items", ["fixed", "resampled"])
@pytest.mark.parametrize(
    "users", [{"users": "fixed"}, {"users": "resampled"}, {"users": "resampled", "held_out": 0.4}]
)
def test_without_a_table_of_similarities_everything_has_the_same_bits(monkeypatch, users, items):
    constants = {**users, "items": items, "slate_size": 12}
    with_table = episode_and_slate(streams(1, 2, 3), **constants)
    monkeypatch.setattr(cast, "MAX_TABLE", 24)
    monkeypatch.setattr(nearness, "CHUNK", 24)  # the nearest of two agents at a time
    without = episode_and_slate(streams(1, 2, 3), **constants)
    for ours, theirs in zip(with_table, without, strict=True):
        for x, y in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("users", ["resampled", "held_out"])
def test_users_kept_apart_have_the_same_similarities_as_everywhere(users):
    apart, whole = world_of(users=users, held_out=0.4), world_of(users="resampled")
    episode = apart.episode(streams(1, 2))
    found = apart.slate(episode, streams(1, 2))
    for x, y in zip(found, whole.slate(episode, streams(1, 2)), strict=True):
        np.testing.assert_array_equal(x, y)


def test_users_held_out_never_meet_the_others():
    seen, held_out = (
        {*world_of(users=users, held_out=0.4).episode(streams(*range(50))).users.ravel().tolist()}
        for users in ("resampled", "held_out")
    )
    assert len(held_out) == 16  # all 0.4 of 40
    assert len(seen) == 24


def test_the_same_users_are_held_out_in_every_world_of_a_seed():
    one, same, other = (
        {*world_of(users="held_out", held_out=0.4, world_seed=seed).episode(streams(*range(50)))
         .users.ravel().tolist()}
        for seed in (0, 0, 1)
    )  # fmt: skip
    assert one == same != other


def test_holding_nobody_out_changes_no_bit():
    plain, apart = (
        world_of(users="resampled", **held_out).episode(streams(1, 2))
        for held_out in ({}, {"held_out": 0.0})
    )
    np.testing.assert_array_equal(plain.users, apart.users)


def test_holding_users_out_leaves_the_pool_as_it_is():
    plain, apart = (
        world_of(users="resampled", items="resampled", held_out=share).episode(streams(1, 2))
        for share in (0.0, 0.4)
    )
    np.testing.assert_array_equal(plain.pool, apart.pool)


def test_a_table_of_fixed_users_finds_them_in_any_order():
    game = world_of()
    episode = game.episode(streams(1))
    turned = episode._replace(users=episode.users[:, ::-1], nearest=episode.nearest[:, ::-1])
    slate = game.slate(turned, streams(1))
    for n, user in enumerate(turned.users[0]):
        similarity = [game.similarity(game.user_vectors[user], game.item_vectors[item])
                      for item in slate.items[0, n]]  # fmt: skip
        np.testing.assert_array_equal(slate.similarity[0, n], similarity)


def test_raw_vectors_are_used_where_the_scenario_asks_for_them():
    catalogue = Catalogue(
        user_vectors=np.abs(SMALL.user_vectors),
        item_vectors=np.abs(SMALL.item_vectors),
        ratings=SMALL.ratings,
    )
    _, slate = episode_and_slate(
        streams(1), catalogue=catalogue, similarity="cosine", centred=False
    )
    episode = world_of(catalogue=catalogue).episode(streams(1))
    x = catalogue.user_vectors[episode.users[0, 0]].astype(float)
    y = catalogue.item_vectors[slate.items[0, 0, 0]].astype(float)
    cosine = x @ y / np.linalg.norm(x) / np.linalg.norm(y)
    assert slate.similarity[0, 0, 0] == pytest.approx(cosine, rel=1e-12)
