"""Equations (1) to (3) of ecommerce-v0: by hand for a few agents, as invariants for many."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import marec_env
from marec_env import Catalogue
from marec_env.ratings import Ratings
from marec_env.scenarios.ecommerce import Ecommerce, State
from marec_env.streams import Purpose, single
from tests.marec_env.rollouts import SIZES, any_action, play

A, B, SKIP = 0, 1, 2


def shop(rating, cosine=None, **constants) -> Ecommerce:
    """Everybody sees items A and B; s = exp(cosine - 1), 1 by default; `rating` is [N, 2]."""
    rating = np.asarray(rating, np.float32)
    cosine = np.ones(len(rating)) if cosine is None else np.asarray(cosine)
    users = np.stack([cosine, np.sqrt(1 - cosine**2)], axis=1)
    catalogue = Catalogue(
        user_vectors=users, item_vectors=np.array([[1.0, 0], [1, 0]]), ratings=Ratings(rating)
    )
    sizes: dict[str, Any] = {"num_agents": len(rating), "pool_size": 2, "slate_size": 2}
    return Ecommerce(catalogue=catalogue, centred=False, **sizes | constants)


def begin(game: Ecommerce, stock) -> State:
    """The first step, with units as wished and the users in the order of their ids."""
    state = game.reset(single(0))
    units = np.array([stock], state.stock.dtype)
    episode = state.episode._replace(users=np.arange(game.num_agents)[None])
    slate = game.world.slate(episode, single(0))
    return state._replace(episode=episode, slate=slate, capacity=units, stock=units)


def paid(game: Ecommerce, stock, actions, seed=0) -> np.ndarray:
    _, outcome = game.step(begin(game, stock), np.array([actions]), single(seed))
    return outcome.payoff[0]


# --- payoffs, by hand ----------------------------------------------------------------------------

ALIKE = [[1, 0.6], [1, 0.6]]


@pytest.mark.parametrize(
    ("beta", "actions", "welfare"),
    [
        (0.5, [A, B], 1.6),
        (0.5, [A, A], np.sqrt(2)),
        (0.5, [B, B], 0.6 * np.sqrt(2)),
        (1.0, [A, B], 1.6),
        (1.0, [A, A], 1.0),
        (0.0, [A, A], 2.0),
        (1.0, [A, SKIP], 1.0),
    ],
)
def test_two_agents_with_plenty_in_stock(beta, actions, welfare):
    found = paid(shop(ALIKE, beta=beta), [2, 2], actions)
    assert found.sum() == pytest.approx(welfare, rel=1e-7)


def test_a_crowd_shares_alike_whatever_each_would_have_had_alone():
    found = paid(shop([[1, 1], [0.5, 1], [0.25, 1]], beta=1.0), [3, 3], [A, A, A])
    np.testing.assert_allclose(found, [1 / 3, 0.5 / 3, 0.25 / 3])


def test_the_last_unit_goes_to_one_of_two_and_pays_in_full():
    game = shop(ALIKE, beta=0.5)
    found = np.array([paid(game, [1, 1], [A, A], seed) for seed in range(200)])
    np.testing.assert_array_equal(np.sort(found, axis=1), np.tile([0, 1], (200, 1)))
    assert 70 < found[:, 0].sum() < 130  # four standard deviations


def test_of_three_agents_and_two_units_the_two_served_are_a_crowd_of_two():
    found = paid(shop([[1, 1]] * 3, beta=1.0), [2, 2], [A, A, A])
    np.testing.assert_array_equal(np.sort(found), [0, 0.5, 0.5])


def test_by_affinity_the_most_similar_is_served():
    game = shop([[0.1, 1], [1, 1]], cosine=[1.0, 0.5], rationing="affinity")
    for seed in range(5):
        np.testing.assert_allclose(paid(game, [1, 1], [A, A], seed), [0.1, 0])


def test_by_affinity_equals_are_parted_by_the_draw():
    game = shop(ALIKE, rationing="affinity")
    served = {tuple(paid(game, [1, 1], [A, A], seed)) for seed in range(30)}
    assert served == {(0, 1), (1, 0)}


def test_both_rationings_draw_the_same_lots():
    by_lot, by_affinity = shop(ALIKE), shop(ALIKE, rationing="affinity")
    for seed in range(10):
        np.testing.assert_array_equal(
            paid(by_lot, [1, 1], [A, A], seed), paid(by_affinity, [1, 1], [A, A], seed)
        )


def test_a_skip_is_paid_nothing_and_takes_nothing():
    game = shop(ALIKE)
    following, outcome = game.step(begin(game, [1, 1]), np.array([[SKIP, B]]), single(0))
    np.testing.assert_allclose(outcome.payoff, [[0, 0.6]])
    np.testing.assert_array_equal(following.stock, [[1, 0]])


# --- stock ---------------------------------------------------------------------------------------


def test_stock_falls_by_what_was_served_and_load_counts_all_who_picked():
    game = shop([[1, 1]] * 3, restock_every=5)
    following, _ = game.step(begin(game, [2, 5]), np.array([[A, A, A]]), single(0))
    np.testing.assert_array_equal(following.stock, [[0, 5]])
    np.testing.assert_array_equal(following.load, [[3, 0]])


def test_what_is_sold_out_is_masked_for_everyone():
    game = shop([[1, 1]] * 3, restock_every=5)
    following, _ = game.step(begin(game, [2, 5]), np.array([[A, A, B]]), single(0))
    np.testing.assert_array_equal(game.action_mask(following)[0], [[False, True, True]] * 3)


def test_everything_is_back_after_a_restock():
    game = shop(ALIKE, restock_every=2)
    state = begin(game, [1, 1])
    state, _ = game.step(state, np.array([[A, B]]), single(0))
    np.testing.assert_array_equal(state.stock, [[0, 0]])
    state, _ = game.step(state, np.array([[SKIP, SKIP]]), single(0))
    np.testing.assert_array_equal(state.stock, [[1, 1]])


@pytest.mark.parametrize("items", ["fixed", "resampled"])
@pytest.mark.parametrize(("share", "every"), [(0.6, 2), (0.33, 3), (1.7, 1), (0.2, 1)])
def test_capacities_sum_to_the_share_of_agents_and_steps(items, share, every):
    game = Ecommerce(**SIZES, stock_share=share, restock_every=every, items=items)
    state = marec_env.make_vec(game, 3).reset(0).truth.state
    np.testing.assert_array_equal(state.capacity.sum(axis=1), round(share * 5 * every))


def test_capacities_are_drawn_with_the_pool():
    resampled = marec_env.make_vec("ecommerce-v0", 2, **SIZES, items="resampled")
    fixed = marec_env.make_vec("ecommerce-v0", 2, **SIZES)
    drawn, constant = (vec.reset(0).truth.state.capacity for vec in (resampled, fixed))
    assert (drawn[0] != drawn[1]).any()
    np.testing.assert_array_equal(constant[0], constant[1])


games = st.fixed_dictionaries(
    {
        "stock_share": st.sampled_from([0.2, 0.6, 1.5]),
        "restock_every": st.sampled_from([1, 2, 3]),
        "beta": st.sampled_from([0.0, 0.5, 1.0]),
        "rationing": st.sampled_from(["random", "affinity"]),
        "slate_size": st.sampled_from([3, 12]),
    }
)


@settings(deadline=None, max_examples=40)
@given(games, st.integers(0, 2**20))
def test_stock_follows_equation_3_whatever_is_picked(constants, seed):
    game = Ecommerce(**SIZES | constants)
    timesteps = play(marec_env.make_vec(game, 2), seed, game.horizon - 1)
    for before, after in itertools.pairwise(timesteps):
        state, following = before.truth.state, after.truth.state
        t = int(following.step[0])
        for b in range(2):
            slots = state.slate.slots[b]
            served = after.info["served"][b]
            picks = any_action(before.action_mask, seed, t - 1)[b]
            units = np.zeros(12, int)
            for n in np.flatnonzero(served & (picks < game.slate_size)):
                units[slots[n, picks[n]]] += 1
            assert (units <= state.stock[b]).all()
            left = state.stock[b] - units
            expected = following.capacity[b] if t % game.restock_every == 0 else left
            np.testing.assert_array_equal(following.stock[b], expected)
            assert (following.stock[b] >= 0).all()
            in_stock = following.stock[b][following.slate.slots[b]] > 0
            np.testing.assert_array_equal(after.action_mask[b, :, :-1], in_stock)


class Shuffled:
    """Streams whose lots are those of another order of the seats."""

    def __init__(self, streams, order):
        self._streams, self._order = streams, order

    def uniform(self, purpose, rows, row_size):
        assert purpose == Purpose.RATIONING
        return self._streams.uniform(purpose, rows, row_size)[..., self._order]

    def words(self, *address):
        return self._streams.words(*address)


@settings(deadline=None, max_examples=30)
@given(games, st.integers(0, 2**20), st.permutations(range(5)))
def test_permuting_the_agents_and_their_lots_permutes_the_outcome(constants, seed, order):
    game = Ecommerce(**SIZES | constants)
    state = game.reset(single(seed))
    actions = any_action(game.action_mask(state), seed, 0)
    shuffled = state._replace(
        episode=state.episode._replace(
            users=state.episode.users[:, order], nearest=state.episode.nearest[:, order]
        ),
        slate=type(state.slate)(*(x[:, order] for x in state.slate)),
    )
    one = game.step(state, actions, single(seed))
    other = game.step(shuffled, actions[:, order], Shuffled(single(seed), order))  # type: ignore[arg-type]
    np.testing.assert_array_equal(other[1].payoff, one[1].payoff[:, order])
    np.testing.assert_array_equal(other[0].stock, one[0].stock)
    np.testing.assert_array_equal(other[0].load, one[0].load)


# --- what is seen --------------------------------------------------------------------------------


def column(vec, observation, name):
    layout = vec.scenario.layout
    candidates = observation[..., : -layout.agent_size].reshape(*observation.shape[:2], 4, -1)
    return candidates[..., layout.candidate[name]][..., 0]


def test_candidates_show_stock_load_and_demand_as_logarithms():
    vec = marec_env.make_vec("ecommerce-v0", 2, **SIZES)
    for t in play(vec, 0, 4)[1:]:
        state = t.truth.state
        slots = state.slate.slots
        rows = np.arange(2)[:, None, None]
        shown = np.stack([np.bincount(slots[b].ravel(), minlength=12) for b in range(2)])
        for name, counts in (("stock", state.stock), ("load", state.load), ("shown", shown)):
            found = column(vec, t.observation, name)
            np.testing.assert_allclose(found, np.log1p(counts[rows, slots]), rtol=1e-6)


def test_only_a_most_similar_legal_candidate_is_a_favourite():
    vec = marec_env.make_vec("ecommerce-v0", 2, **SIZES)
    for t in play(vec, 0, 4):
        best = t.action_mask.argmax(-1)  # candidates come most similar first
        slots = t.truth.state.slate.slots
        wanted = np.zeros((2, 12), int)
        for b, n in np.ndindex(2, 5):
            if best[b, n] < 4:
                wanted[b, slots[b, n, best[b, n]]] += 1
        found = column(vec, t.observation, "favourite")
        np.testing.assert_allclose(
            found, np.log1p(wanted[np.arange(2)[:, None, None], slots]), rtol=1e-6
        )


def test_seeing_the_own_only_drops_what_others_want():
    own, everything = (
        marec_env.make_vec("ecommerce-v0", 1, **SIZES, sees=sees).scenario
        for sees in ("own", "global")
    )
    dropped = everything.layout.candidate.keys() - own.layout.candidate.keys()
    assert dropped == {"favourite", "shown"}
    assert everything.observation_size - own.observation_size == 2 * 4


def test_time_left_and_the_restock_count_down():
    vec = marec_env.make_vec("ecommerce-v0", 1, **SIZES, restock_every=2)
    shown = [t.observation[0, 0, -2:].tolist() for t in play(vec, 0, 4)]
    np.testing.assert_allclose(shown, [[1, 1], [0.8, 0.5], [0.6, 1], [0.4, 0.5], [0.2, 1]])


# --- switched off --------------------------------------------------------------------------------


@pytest.mark.parametrize("rationing", ["random", "affinity"])
@pytest.mark.parametrize("constants", [{}, {"slate_size": 12, "users": "resampled"}])
def test_without_scarcity_and_crowds_it_is_the_plain_game_bit_for_bit(rationing, constants):
    sizes = SIZES | constants
    off = {"stock_share": float("inf"), "beta": 0.0, "rationing": rationing}
    shops = marec_env.make_vec("ecommerce-v0", 3, "competitive", **sizes, **off)
    plain = marec_env.make_vec("basic-v0", 3, "competitive", **sizes)
    for ours, theirs in zip(play(shops, 0, 12), play(plain, 0, 12), strict=True):
        for name in ("action_mask", "items", "reward", "payoff", "truncated", "start"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
        shared = shared_columns(shops, ours.observation), shared_columns(plain, theirs.observation)
        for name in ("similarity", "embedding", "user", "time_left"):
            np.testing.assert_array_equal(shared[0][name], shared[1][name])


def shared_columns(vec, observation):
    layout = vec.scenario.layout
    size = layout.num_candidates * layout.candidate_size
    rows = observation.shape[:2]
    candidates = observation[..., :size].reshape(*rows, layout.num_candidates, -1)
    agent = observation[..., size:]
    found = {name: candidates[..., where] for name, where in layout.candidate.items()}
    return found | {name: agent[..., where] for name, where in layout.agent.items()}


# --- constants -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"beta": -0.5}, r"beta must be >= 0, got -0\.5"),
        ({"beta": float("nan")}, "beta must be >= 0, got nan"),
        ({"restock_every": 0}, "restock_every must be >= 1, got 0"),
        ({"stock_share": 0.0}, r"stock_share must be > 0, got 0\.0"),
        ({"stock_share": -1.0}, r"stock_share must be > 0, got -1\.0"),
        ({"stock_share": 1e12}, r"stock_share must leave 1 ... 2\^31 - 1 units, or be inf, got"),
        ({"rationing": "luck"}, "rationing must be one of random, affinity, got 'luck'"),
        ({"sees": "all"}, "sees must be one of own, neighbours, global, got 'all'"),
    ],
)
def test_a_constant_out_of_range_is_one_sentence(constants, message):
    with pytest.raises(ValueError, match=message):
        replace(Ecommerce(**SIZES), **constants)


# --- counting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constants", "counter"),
    [
        ({"stock_share": 32767 / 16, "restock_every": 1}, np.int16),
        ({"stock_share": 32768 / 16, "restock_every": 1}, np.int32),
        ({"stock_share": float("inf"), "restock_every": 32767 // 16}, np.int16),
        ({"stock_share": float("inf"), "restock_every": 32768 // 16}, np.int32),
    ],
)
def test_units_and_loads_take_sixteen_bits_where_that_is_enough(constants, counter):
    vec = marec_env.make_vec("ecommerce-v0", **constants)
    now = vec.reset(seed=0)
    for _ in range(3):
        state = now.truth.state
        assert {x.dtype for x in (state.capacity, state.stock, state.load)} == {np.dtype(counter)}
        assert (state.stock >= 0).all()
        now = vec.step(now.action_mask.argmax(-1))
