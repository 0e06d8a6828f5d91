"""Equations (1) to (5) of news-v0: by hand for a few readers, as invariants for many."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import marec_env
from marec_env import Catalogue
from marec_env.ratings import Ratings
from marec_env.reference import PLAYERS
from marec_env.scenario import product
from marec_env.scenarios.news import News, State
from marec_env.streams import single
from marec_env.testing import check_scenario
from marec_env.testing.episodes import streams_of
from tests.marec_env.rollouts import SIZES, any_action, first_item, play, skip

INF = float("inf")
OFF: dict[str, Any] = {
    "arrival_rate": 0.0, "half_life": INF, "life": INF, "kappa": 0.0, "beta": 0.0, "threshold": 0.0,
}  # fmt: skip


def feed(topics, num_agents=1, rating=1.0, **constants) -> News:
    """Everybody sees an item of each of `topics`; s = 1, and nothing is on but `constants`."""
    num_items = len(topics)
    catalogue = Catalogue(
        user_vectors=np.ones((num_agents, 1)),
        item_vectors=np.ones((num_items, 1)),
        ratings=Ratings(np.full((num_agents, num_items), rating, np.float32)),
        topics=np.array(topics),
    )
    sizes = {"pool_size": num_items, "slate_size": num_items, "num_agents": num_agents}
    return News(catalogue=catalogue, centred=False, **{**OFF, **sizes, **constants})


def paid(game: News, *actions) -> np.ndarray:
    """Payoffs [T, N] of joint actions, one after the other."""
    state, found = game.reset(single(0)), []
    for t, action in enumerate(actions):
        state, outcome = game.step(state, np.array([action]), single(0).at([t + 1]))
        found.append(outcome.payoff[0])
    return np.array(found)


# --- payoffs, by hand ----------------------------------------------------------------------------


@pytest.mark.parametrize(("beta", "each"), [(0.0, 1.0), (0.5, 3**-0.5), (1.0, 1 / 3)])
def test_readers_of_one_item_share_attention(beta, each):
    game = feed([0, 0], num_agents=4, beta=beta)
    np.testing.assert_allclose(paid(game, [0, 0, 0, 1])[0], [each, each, each, 1])


def test_the_first_readers_split_the_scoop_and_later_ones_have_none():
    game = feed([0, 0], num_agents=3, scoop=0.6)
    np.testing.assert_allclose(
        paid(game, [0, 0, 1], [0, 1, 2], [2, 2, 2]), [[1.3, 1.3, 1.6], [1, 1, 0], [0, 0, 0]]
    )


def test_items_fade_with_every_step():
    game = feed([0], half_life=2.0)
    np.testing.assert_allclose(paid(game, [0], [0], [0])[:, 0], [1, 2**-0.5, 0.5])


def test_what_has_expired_is_masked_for_everyone():
    game = feed([0, 1], num_agents=2, life=2.0)
    state = game.reset(single(0))
    for t, is_offered in enumerate([True, True, False, False]):
        mask = game.action_mask(state)
        np.testing.assert_array_equal(mask, [[[is_offered, is_offered, True]] * 2])
        state, _ = game.step(state, np.array([[2, 2]]), single(0).at([t + 1]))


def test_a_topic_tires_whoever_reads_it_and_nobody_else():
    game = feed([0, 1], num_agents=2, kappa=0.4, gamma_s=0.5)
    found = paid(game, [0, 1], [0, 0], [0, 0])
    np.testing.assert_allclose(found, [[1, 1], [0.8, 1], [0.7, 0.8]])


def test_what_tires_beyond_all_appetite_pays_nothing_and_not_less():
    game = feed([0], kappa=3.0, gamma_s=0.9)
    np.testing.assert_array_equal(paid(game, [0], [0]), [[1], [0]])


# --- readers leave -------------------------------------------------------------------------------


def test_readers_leave_one_by_one_and_the_others_go_on():
    game = feed([0, 1], num_agents=3, threshold=0.5, temper=0.65, rating=0.3, horizon=9)
    vec = marec_env.make_vec(game, 1)
    vec.reset(0)
    # each miss costs .2 after a pick, .5 after a skip
    first = vec.step(np.array([[2, 0, 0]]))
    second = vec.step(np.array([[2, 2, 0]]))
    np.testing.assert_array_equal(first.terminated, [[False, False, False]])
    np.testing.assert_array_equal(second.terminated, [[True, True, False]])
    assert not second.start.any()
    np.testing.assert_array_equal(second.action_mask[0, :2], [[False, False, True]] * 2)
    third = vec.step(np.array([[0, 0, 0]]))
    np.testing.assert_allclose(third.payoff[0], [0, 0, 0.3], rtol=1e-6)
    np.testing.assert_array_equal(third.alive, [[False, False, True]])
    fourth = vec.step(np.array([[0, 0, 0]]))
    np.testing.assert_array_equal(fourth.terminated, [[False, False, True]])
    assert fourth.start.all()
    np.testing.assert_array_equal(fourth.info["episode/stayed"], [[2, 2, 4]])
    assert fourth.info["episode/retention"] == 0
    assert fourth.info["episode/length"] == 4


def test_the_petting_zoo_face_loses_its_agents_one_by_one():
    env = marec_env.make(feed([0], num_agents=2, threshold=0.5, temper=0.9, horizon=9))
    env.reset(seed=0)
    _, _, terminated, truncated, _ = env.step({"user_0": 1, "user_1": 0})
    assert env.agents == ["user_0", "user_1"]
    _, _, terminated, truncated, _ = env.step({"user_0": 1, "user_1": 0})
    assert terminated == {"user_0": True, "user_1": False}
    assert not any(truncated.values())
    assert env.agents == ["user_1"]
    observation, reward, terminated, _, _ = env.step({"user_1": 0})
    assert list(observation) == ["user_1"]
    assert reward == {"user_1": 1.0}
    assert terminated == {"user_1": False}


def test_who_has_left_counts_in_nobodys_columns():
    game = feed([0, 1], num_agents=3, threshold=0.5, temper=0.4, sees="global", horizon=9)
    state = game.reset(single(0))
    state, outcome = game.step(state, np.array([[2, 0, 0]]), single(0).at([1]))
    np.testing.assert_array_equal(outcome.terminated, [[True, False, False]])
    favourite, shown = game.wanted(state)
    np.testing.assert_array_equal(favourite, [[2, 0]])
    np.testing.assert_array_equal(shown, [[2, 2]])


def test_an_agent_sees_its_own_temper():
    game = feed([0, 1], num_agents=2, threshold=0.5, temper=2.0)
    state = game.reset(single(0))
    state, _ = game.step(state, np.array([[2, 0]]), single(0).at([1]))
    where = game.layout.agent["temper"]
    own = game.observe(state)[0, :, -game.layout.agent_size :][:, where]
    np.testing.assert_array_equal(own, [[0.75], [1.0]])


# --- satiation, solved ---------------------------------------------------------------------------


def best_of_all(game: News) -> float:
    """The most that a single reader can have, by every sequence of actions."""

    def best_from(state: State) -> float:
        if state.step[0] == game.horizon:
            return 0.0
        worth = []
        for action in range(game.num_actions):
            streams = single(0).at(state.step + 1)
            following, outcome = game.step(state, np.array([[action]]), streams)
            worth.append(outcome.payoff[0, 0] + best_from(following))
        return max(worth)

    return best_from(game.reset(single(0)))


def played(name: str, game: News) -> tuple[float, list[int]]:
    """Payoff of an episode of a single reader, and its actions."""
    vec = marec_env.make_vec(game, 1)
    player, now, actions, total = PLAYERS[name](game), vec.reset(0), [], 0.0
    for _ in range(game.horizon):
        action = player.act(now, explore=False)
        actions.append(int(action[0, 0]))
        now = vec.step(action)
        total += float(now.payoff[0, 0])
    return total, actions


def test_three_topics_are_read_in_turn_and_pay_what_was_computed_by_hand():
    game = feed([0, 1, 2], kappa=0.25, gamma_s=0.5, horizon=9)
    total, actions = played("myopic", game)
    assert total == pytest.approx(8.80078125, abs=1e-6)
    assert actions == [0, 1, 2] * 3
    assert played("clairvoyant", game)[0] == pytest.approx(8.80078125, abs=1e-6)


@pytest.mark.parametrize("num_topics", [1, 2, 3])
@pytest.mark.parametrize("gamma", [0.3, 0.5, 0.8])
def test_the_myopic_reader_is_best_where_topics_recover_fast_enough(num_topics, gamma):
    kappa = (1 - gamma) / (2 * gamma)
    game = feed(range(num_topics), kappa=kappa, gamma_s=gamma, horizon=5)
    assert played("myopic", game)[0] == pytest.approx(best_of_all(game), abs=1e-6)


def test_beyond_that_it_pays_to_wait():
    game = feed([0], kappa=0.9, gamma_s=0.6, horizon=3)
    assert played("myopic", game)[0] == pytest.approx(1.596, abs=1e-6)
    assert played("greedy", game)[0] == pytest.approx(1.596, abs=1e-6)
    assert best_of_all(game) == pytest.approx(1.676, abs=1e-9)
    total, actions = played("clairvoyant", game)
    assert total == pytest.approx(1.676, abs=1e-6)
    assert actions == [0, 1, 0]


# --- arrivals ------------------------------------------------------------------------------------


def test_slates_and_arrivals_are_the_same_whatever_is_picked():
    vec = marec_env.make_vec("news-v0", 3, **SIZES, arrival_rate=2.0, threshold=0.0)
    for policy in (first_item, skip):
        for ours, theirs in zip(play(vec, 5, 12), play(vec, 5, 12, policy), strict=True):
            np.testing.assert_array_equal(ours.items, theirs.items)
            for name in ("pool", "nearest"):
                ours_now, theirs_now = (
                    getattr(t.truth.state.episode, name) for t in (ours, theirs)
                )
                np.testing.assert_array_equal(ours_now, theirs_now)


@pytest.mark.parametrize("items", ["fixed", "resampled"])
def test_the_nearest_are_always_those_of_the_pool_of_now(items):
    game = News(**SIZES, arrival_rate=2.0, items=items, users="resampled")
    for t in play(marec_env.make_vec(game, 3), 1, 9):
        episode = t.truth.state.episode
        again = game.world._nearest(episode.users, episode.pool)
        np.testing.assert_array_equal(episode.nearest, again)
        assert all(len(set(pool.tolist())) == game.pool_size for pool in episode.pool)


def test_without_a_table_of_similarities_the_same_is_seen(monkeypatch):
    def observations():
        vec = marec_env.make_vec("news-v0", 2, **SIZES, arrival_rate=2.0)
        return [t.observation for t in play(vec, 3, 8)]

    with_table = observations()
    monkeypatch.setattr("marec_env.cast.MAX_TABLE", 0)
    for ours, theirs in zip(with_table, observations(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_items_of_the_whole_catalogue_come_and_the_oldest_go():
    vec = marec_env.make_vec(replace(News(**SIZES), horizon=60, threshold=0.0), 1)
    timesteps = play(vec, 0, 59)
    seen = {int(i) for t in timesteps for i in t.truth.state.episode.pool[0]}
    assert len(seen) == vec.scenario.catalogue.num_items
    ages = np.concatenate([t.truth.state.items.age[0] for t in timesteps])
    assert ages.max() < 20  # 12 slots, 3 arrivals a step


def test_where_all_items_are_in_the_pool_none_arrives():
    game = replace(News(**SIZES), pool_size=SIZES["catalogue"].num_items)
    vec = marec_env.make_vec(game, 2)
    for t in play(vec, 0, 4):
        np.testing.assert_array_equal(np.sort(t.truth.state.episode.pool), [range(30)] * 2)


@pytest.mark.parametrize("items", ["fixed", "resampled"])
def test_first_ages_say_nothing_about_the_ids_of_items(items):
    streams = streams_of(1 if items == "fixed" else 400)
    worlds = range(400) if items == "fixed" else [0]
    states = [News(**SIZES, items=items, world_seed=w).reset(streams) for w in worlds]
    ages = np.concatenate([state.items.age for state in states])
    pools = np.concatenate([state.episode.pool for state in states])
    assert abs(np.corrcoef(ages.ravel(), pools.ravel())[0, 1]) < 0.05


def test_first_ages_are_fixed_where_the_pool_is_and_drawn_where_it_is():
    fixed = News(**SIZES).reset(streams_of(3)).items.age
    drawn = News(**SIZES, items="resampled").reset(streams_of(3)).items.age
    np.testing.assert_array_equal(fixed, fixed[[0, 0, 0]])
    assert (drawn != drawn[0]).any()


@pytest.mark.parametrize("life", [2.5, 8.0])
def test_nothing_has_expired_at_first_however_rarely_items_come(life):
    game = News(**SIZES, arrival_rate=1e-9, life=life)
    assert game.available(game.reset(single(0))).all()


def test_what_has_come_is_new_to_everybody():
    vec = marec_env.make_vec("news-v0", 2, **SIZES, threshold=0.0)
    for t in play(vec, 0, 4)[1:]:
        state = t.truth.state
        is_new = state.items.age == 0
        assert is_new.any()
        assert (state.items.load[is_new] == 0).all()
        assert (state.items.reads[is_new] == 0).all()


# --- invariants ----------------------------------------------------------------------------------

games = st.fixed_dictionaries(
    {
        "arrival_rate": st.sampled_from([0.0, 0.5, 4.0]),
        "fading": st.sampled_from(["half_life", "linear", "none"]),
        "life": st.sampled_from([2.0, 8.0, INF]),
        "kappa": st.sampled_from([0.0, 0.3, 2.0]),
        "beta": st.sampled_from([0.0, 0.5, 1.0]),
        "scoop": st.sampled_from([0.0, 0.7]),
        "threshold": st.sampled_from([0.0, 0.2, 0.6]),
        "recovery": st.sampled_from([0.0, 0.5]),
        "temper": st.sampled_from([0.5, 4.0]),
    }
)


@settings(deadline=None, max_examples=60)
@given(games, st.integers(0, 2**20))
def test_a_step_follows_the_equations_whatever_is_picked(constants, seed):
    game = News(**SIZES | constants)
    topics = game.catalogue.topics
    state, here, leaves = game.reset(single(seed)), np.ones(5, bool), np.zeros(5, bool)
    for t in range(game.horizon):
        mask = game.action_mask(state)
        np.testing.assert_array_equal(mask[0, :, :-1].any(axis=1) & ~here, np.zeros(5))
        actions = any_action(mask, seed, t)
        following, outcome = game.step(state, actions, single(seed).at([t + 1]))
        slot, item = outcome.picks.slot[0], outcome.picks.item[0]
        for n in range(5):
            payoff, sat = outcome.payoff[0, n], state.readers.satiation[0, n].copy()
            if slot[n] < 0:
                assert payoff == 0
            else:
                a, crowd = int(state.items.age[0, slot[n]]), int((slot == slot[n]).sum())
                f = {"half_life": 2 ** (-a / 3), "linear": max(0, 1 - a / game.life), "none": 1}
                h = crowd**-game.beta * (
                    1 + game.scoop / crowd * (state.items.reads[0, slot[n]] == 0)
                )
                v = np.prod(list(outcome.picks.factors().values()), axis=0)[0, n]
                tired = max(0.0, 1 - game.kappa * sat[topics[item[n]]])
                assert payoff == pytest.approx(v * f[game.fading] * tired * h, rel=1e-12)
                assert a < game.life
                sat[topics[item[n]]] += 1
            np.testing.assert_allclose(
                following.readers.satiation[0, n], game.gamma_s * sat, rtol=1e-12
            )
            loss = np.clip(game.threshold - payoff, -game.recovery, 2)
            left = np.clip(state.readers.temper[0, n] - loss, 0, game.temper) if here[n] else 0.0
            assert following.readers.temper[0, n] == pytest.approx(left, abs=1e-12)
        leaves = here & (following.readers.temper[0] == 0)
        np.testing.assert_array_equal(outcome.terminated[0], leaves)
        here &= ~leaves
        state = following
    np.testing.assert_array_equal(state.readers.stayed[0] == game.horizon, here | leaves)


@settings(deadline=None, max_examples=30)
@given(games, st.integers(0, 2**20), st.permutations(range(5)))
def test_permuting_the_readers_permutes_the_outcome(constants, seed, order):
    game = News(**SIZES | constants)
    state = game.reset(single(seed))
    actions = any_action(game.action_mask(state), seed, 0)
    shuffled = state._replace(
        episode=state.episode._replace(
            users=state.episode.users[:, order], nearest=state.episode.nearest[:, order]
        ),
        slate=type(state.slate)(*(x[:, order] for x in state.slate)),
    )
    one = game.step(state, actions, single(seed).at([1]))
    other = game.step(shuffled, actions[:, order], single(seed).at([1]))
    np.testing.assert_array_equal(other[1].payoff, one[1].payoff[:, order])
    np.testing.assert_array_equal(other[0].readers.temper, one[0].readers.temper[:, order])
    np.testing.assert_array_equal(other[0].items.reads, one[0].items.reads)


# --- switched off --------------------------------------------------------------------------------


@pytest.mark.parametrize("fading", ["half_life", "linear", "none"])
@pytest.mark.parametrize("constants", [{}, {"slate_size": 12, "users": "resampled"}])
def test_with_everything_off_it_is_the_plain_game_bit_for_bit(fading, constants):
    sizes = SIZES | constants
    news = marec_env.make_vec("news-v0", 3, "competitive", **sizes, **OFF, fading=fading)
    plain = marec_env.make_vec("basic-v0", 3, "competitive", **sizes)
    for ours, theirs in zip(play(news, 0, 12), play(plain, 0, 12), strict=True):
        for name in ("action_mask", "items", "reward", "payoff", "truncated", "start"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_the_factors_multiply_to_the_last_bit_of_the_payoff():
    game = News(**SIZES, scoop=0.5)
    state = game.reset(single(4))
    for t in range(4):
        actions, streams = any_action(game.action_mask(state), 4, t), single(4).at([t + 1])
        state, outcome = game.step(state, actions, streams)
        assert list(outcome.factors)[2:] == ["freshness", "satiation", "attention"]
        np.testing.assert_array_equal(product(outcome.factors), outcome.payoff)


@pytest.mark.parametrize(
    "constants",
    [
        {"scoop": 0.5, "beta": 0.0, "threshold": 0.6, "temper": 1.0},
        {"fading": "linear", "life": 3.0, "arrival_rate": 0.5, "recovery": 0.3},
        {"fading": "none", "life": INF, "threshold": 0.0, "drift": 0.1, "users": "resampled"},
        OFF,
    ],
    ids=str,
)
def test_it_conforms_with_its_mechanisms_on_and_off(constants):
    check_scenario("news-v0", **SIZES | constants)


# --- metrics and constants -----------------------------------------------------------------------


def test_freshness_is_the_mean_over_all_picks():
    game = feed([0, 0], num_agents=2, half_life=1.0, horizon=2)
    vec = marec_env.make_vec(game, 1)
    vec.reset(0)
    vec.step(np.array([[0, 2]]))
    last = vec.step(np.array([[0, 1]]))
    assert last.info["episode/freshness"] == pytest.approx((1 + 0.5 + 0.5) / 3)
    np.testing.assert_array_equal(last.info["episode/stayed"], [[2, 2]])
    assert last.info["episode/retention"] == 1


def test_without_a_pick_there_is_no_mean_freshness():
    vec = marec_env.make_vec(feed([0], horizon=1), 1)
    vec.reset(0)
    assert np.isnan(vec.step(np.array([[1]])).info["episode/freshness"]).all()


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"arrival_rate": -1.0}, r"arrival_rate must be in \[0, 700\], got -1\.0"),
        ({"fading": "slow"}, "fading must be one of half_life, linear, none, got 'slow'"),
        ({"half_life": 0.0}, r"half_life must be > 0, got 0\.0"),
        ({"life": float("nan")}, "life must be > 0, got nan"),
        ({"gamma_s": 1.5}, r"gamma_s must be in \[0, 1\], got 1\.5"),
        ({"kappa": -0.1}, r"kappa must be >= 0, got -0\.1"),
        ({"beta": -0.1}, r"beta must be >= 0, got -0\.1"),
        ({"scoop": float("inf")}, "scoop must be finite, got inf"),
        ({"temper": 0.0}, r"temper must be > 0, got 0\.0"),
        ({"threshold": -1.0}, r"threshold must be >= 0, got -1\.0"),
        ({"recovery": -1.0}, r"recovery must be >= 0, got -1\.0"),
    ],
)
def test_a_constant_out_of_range_is_one_sentence(constants, message):
    with pytest.raises(ValueError, match=message):
        replace(News(**SIZES), **constants)
