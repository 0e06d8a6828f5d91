"""A step among friends, as a one-shot game."""

import itertools

import numpy as np
import pytest

from marec_env.models.graph import drawn, friends
from marec_env.reference import equilibrium, nash_conv, price_of_anarchy, step_optimum
from marec_env.stages import FriendsStage


def circle(value, edges, iota, slot=None, legal=None) -> FriendsStage:
    """Everybody may pick every item of `value` [N, M], unless said otherwise."""
    value = np.asarray(value, np.float64)
    slot = np.tile(np.arange(value.shape[1]), (len(value), 1)) if slot is None else slot
    legal = np.ones(value.shape, bool) if legal is None else legal
    graph = friends(edges, len(value))
    return FriendsStage(
        value=value, similarity=value, slot=slot, legal=legal, friends=graph, iota=iota
    )


def random_circle(seed: int) -> FriendsStage:
    """Two to five agents, some illegal candidates, friendships of any shape."""
    rng = np.random.default_rng(seed)
    num_agents, num_slots = int(rng.integers(2, 6)), int(rng.integers(2, 5))
    num_candidates = int(rng.integers(1, min(num_slots, 3) + 1))
    shape = (num_agents, num_candidates)
    return FriendsStage(
        value=rng.random(shape),
        similarity=rng.random(shape),
        slot=np.argsort(rng.random((num_agents, num_slots)), axis=1)[:, :num_candidates],
        legal=rng.random(shape) < 0.9,
        friends=drawn("erdos-renyi", num_agents, 2, 0.0, seed % 50),
        iota=float(rng.choice([0.0, 0.2, 0.6, 1.5])),
    )


TWO = [[0.6, 0.4], [0.4, 0.6]]
PAIR = [(0, 1)]


@pytest.mark.parametrize(
    ("iota", "equilibria", "best"),
    [
        (0.1, [[0, 1]], 1.2),  # apart
        (0.2, [[0, 0], [0, 1], [1, 1]], 1.4),
        (0.3, [[0, 0], [1, 1]], 1.6),  # together
    ],
)
def test_two_friends_meet_where_company_is_worth_it(iota, equilibria, best):
    found = price_of_anarchy(circle(TWO, PAIR, iota))
    assert found.equilibria.tolist() == equilibria
    assert found.best == pytest.approx(best)


def test_company_is_a_share_of_the_friends():
    star = circle([[0.5, 0.1]] * 4, [(0, 1), (0, 2), (0, 3)], 0.6)
    np.testing.assert_allclose(star.payoffs(np.array([0, 0, 0, 1])), [0.9, 1.1, 1.1, 0.1])


def test_company_counts_in_items_and_not_in_skips():
    pair = circle(TWO, PAIR, 0.5)
    assert pair.payoffs(np.array([2, 2])).tolist() == [0.0, 0.0]
    assert pair.payoffs(np.array([2, 0])).tolist() == [0.0, 0.4]


@pytest.mark.parametrize("seed", range(40))
def test_replies_are_what_deviations_pay(seed):
    stage = random_circle(seed)
    choice = stage.favourites
    replies = stage.replies(choice)
    for u, k in itertools.product(range(stage.num_agents), range(stage.num_candidates + 1)):
        if k < stage.num_candidates and not stage.legal[u, k]:
            assert np.isneginf(replies[u, k])
            continue
        changed = choice.copy()
        changed[u] = k
        assert replies[u, k] == pytest.approx(stage.payoffs(changed)[u])


@pytest.mark.parametrize("seed", range(40))
def test_a_deviation_changes_the_weighted_potential_by_what_it_pays(seed):
    stage = random_circle(seed)
    number = stage.friends.number

    def potential(choice):
        company = (stage.payoffs(choice) - stage.chosen(stage.value, choice)) * number
        return float((number * stage.chosen(stage.value, choice)).sum() + company.sum() / 2)

    choice = stage.favourites
    for u, k in zip(*np.nonzero(stage.legal), strict=True):
        changed = choice.copy()
        changed[u] = k
        gain = stage.payoffs(changed)[u] - stage.payoffs(choice)[u]
        assert potential(changed) - potential(choice) == pytest.approx(number[u] * gain, abs=1e-12)


@pytest.mark.parametrize("seed", range(150))
def test_best_response_ends_at_an_equilibrium_that_brute_force_confirms(seed):
    stage = random_circle(seed)
    found, known = equilibrium(stage), price_of_anarchy(stage)
    assert found.kind == "exact"
    assert found.choice.tolist() in known.equilibria.tolist()


@pytest.mark.parametrize("seed", range(30))
def test_nash_conv_of_mixed_play_is_that_of_listing_all_joint_choices(seed):
    stage = random_circle(seed)
    rng = np.random.default_rng(seed)
    policy = rng.random((stage.num_agents, stage.num_candidates + 1))
    policy[:, :-1] *= stage.legal
    policy /= policy.sum(1, keepdims=True)
    expected = np.zeros(policy.shape)
    for choice in itertools.product(range(policy.shape[1]), repeat=stage.num_agents):
        chance = policy[np.arange(stage.num_agents), choice]
        if not chance.all():
            continue
        replies = stage.replies(np.array(choice))
        for u in range(stage.num_agents):
            others = np.delete(chance, u).prod() * chance[u]
            expected[u] += others * np.where(np.isneginf(replies[u]), 0.0, replies[u])
    legal = np.pad(stage.legal, ((0, 0), (0, 1)), constant_values=True)
    gain = np.where(legal, expected, -np.inf).max(1) - (policy * expected).sum(1)
    assert nash_conv(stage, policy) == pytest.approx(gain.sum())


def test_the_optimum_of_two_friends_is_where_the_price_of_anarchy_says():
    assert step_optimum(circle(TWO, PAIR, 0.3)).welfare == pytest.approx(1.6)
    assert step_optimum(circle(TWO, PAIR, 0.05)).welfare == pytest.approx(1.2)
