"""Equations (1) and (5) of basic-v0."""

import math

import numpy as np
import pytest

import marec_env
from marec_env import Catalogue
from marec_env.stages import StockStage
from tests.marec_env.rollouts import SIZES, SMALL, any_action, go_on, play, skip

SIMILARITIES = ("cosine", "exponential", "sigmoid_dot")


def similarity_by_hand(kind: str, x: np.ndarray, y: np.ndarray) -> float:
    """Equations (2) to (4) as scenarios use them by default: of centred vectors, in float64."""
    dot, xx, yy = (sum(float(a) * float(b) for a, b in zip(*v, strict=True))
                   for v in ((x, y), (x, x), (y, y)))  # fmt: skip
    if kind == "sigmoid_dot":
        return 1 / (1 + math.exp(-dot))
    cosine = max(-1.0, min(1.0, dot / (math.sqrt(xx) * math.sqrt(yy))))
    return (1 + cosine) / 2 if kind == "cosine" else math.exp(cosine - 1)


def equation_5(catalogue: Catalogue, kind: str, user: int, picks: list[int]) -> float:
    """Sum over the picks of s r, each as float32, added in float64 in time order; -1 is a skip."""
    users, items = catalogue.centred_user_vectors, catalogue.centred_item_vectors
    total = 0.0
    for item in picks:
        if item >= 0:
            s = similarity_by_hand(kind, users[user], items[item])
            total += float(np.float32(s * float(catalogue.rating(user, item))))
    return total


def assert_returns_equal_equation_5(catalogue: Catalogue, kind: str) -> None:
    vec = marec_env.make_vec(
        "basic-v0", 4, catalogue=catalogue, similarity=kind, users="resampled", items="resampled"
    )
    start = vec.reset(seed=0)
    timesteps = go_on(vec, start, 0, range(vec.scenario.horizon))
    users = start.truth.state.episode.users
    for b, n in np.ndindex(users.shape):
        paid = 0.0
        for t in timesteps:
            paid += float(t.reward[b, n])
        picks = [int(t.info["item"][b, n]) for t in timesteps]
        assert paid == equation_5(catalogue, kind, int(users[b, n]), picks)


@pytest.mark.parametrize("kind", SIMILARITIES)
def test_a_return_is_equation_5_to_the_last_bit(kind):
    assert_returns_equal_equation_5(Catalogue.synthetic(seed=3), kind)


@pytest.mark.data
@pytest.mark.parametrize("kind", SIMILARITIES)
def test_a_return_is_equation_5_to_the_last_bit_on_movielens(kind, ml_100k_catalogue):
    assert_returns_equal_equation_5(ml_100k_catalogue, kind)


def make_vec(objective="independent", **constants):
    return marec_env.make_vec("basic-v0", 1, objective, **SIZES | constants)


def test_the_same_pick_again_counts_again():
    vec = make_vec(slate_size=12)
    vec.reset(0)
    first, again = (vec.step(np.full((1, 5), 7)).reward for _ in range(2))
    assert (first > 0).all()
    np.testing.assert_array_equal(first, again)


def test_a_skip_adds_nothing():
    assert not any(t.reward.any() for t in play(make_vec(), 0, 5, skip))


def test_a_payoff_does_not_depend_on_what_others_pick():
    paid = set()
    for others in range(5):
        vec = make_vec()
        vec.reset(0)
        actions = np.full((1, 5), others)
        actions[0, 2] = 1
        paid.add(float(vec.step(actions).payoff[0, 2]))
    assert len(paid) == 1
    assert paid.pop() > 0


def test_nothing_is_ever_masked_and_nobody_ever_leaves():
    for t in play(make_vec(), 0, 11):
        assert t.action_mask.all()
        assert not t.terminated.any()


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("independent", lambda p: p),
        ("cooperative", lambda p: np.full(5, p.mean())),
        ("competitive", lambda p: p - (p.sum() - p) / 4),
        ("angle:45", lambda p: (p + (p.sum() - p) / 4) / math.sqrt(2)),
    ],
)
def test_the_objective_makes_rewards_of_payoffs_in_float64(objective, expected):
    vec = make_vec(objective)
    now = vec.reset(3)
    actions = any_action(now.action_mask, 3, 0)
    stage = vec.scenario.stage(now.truth.state, 0)
    value = np.pad(stage.value, ((0, 0), (0, 1)))[np.arange(5), actions[0]]
    found = vec.step(actions)
    np.testing.assert_allclose(found.reward[0], expected(value), rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(found.payoff[0], value.astype(np.float32))


def test_alone_the_competitive_reward_is_the_own_payoff():
    alone = play(make_vec("competitive", num_agents=1), 0, 5)
    for t in alone:
        np.testing.assert_array_equal(t.reward, t.payoff)


def test_competitive_rewards_sum_to_zero():
    for t in play(make_vec("competitive"), 0, 5):
        assert abs(t.reward.sum()) < 1e-6


def test_the_best_candidate_by_true_value_is_what_the_stage_says():
    vec = make_vec()
    now = vec.reset(1)
    state = now.truth.state
    users, items = state.episode.users[0], state.slate.items[0]
    expected = state.slate.similarity[0] * SMALL.rating(users[:, None], items)
    stage = vec.scenario.stage(state, 0)
    np.testing.assert_array_equal(stage.value, expected)
    assert isinstance(stage, StockStage)
    assert (stage.stock >= 5).all()
