"""The best picks of a single reader, against every sequence of picks."""

import itertools

import numpy as np
import pytest

from marec_env.reference.labels import Habits, Offers, best_picks
from tests.marec_env.reference.feeds import random_habits

STEPS, CANDIDATES, TOPICS = 4, 3, 2


def random_offers(seed: int) -> Offers:
    """Some candidates are closed, some picks cost the others more than they pay."""
    rng = np.random.default_rng(seed)
    shape = (STEPS, CANDIDATES)
    return Offers(
        is_open=rng.random(shape) < 0.8,
        topic=rng.integers(0, TOPICS, shape),
        appeal=rng.random(shape),
        slope=rng.random(shape),
        offset=0.3 * (rng.random(shape) - 0.8),
    )


def gain_of(picks, offers: Offers, tedium: np.ndarray, temper: float, habits: Habits) -> float:
    """What a sequence of picks gains, by equation (1) and the rules of readers."""
    tedium, total = tedium.copy(), 0.0
    for t, k in enumerate(picks):
        if temper <= 0:
            break
        pay = 0.0
        if k < CANDIDATES:
            if not offers.is_open[t, k]:
                return -np.inf
            c = offers.topic[t, k]
            pay = offers.slope[t, k] * offers.appeal[t, k] * max(0.0, 1 - tedium[c])
            total += pay + offers.offset[t, k]
            tedium[c] += habits.kappa
        tedium *= habits.gamma_s
        temper -= min(max(habits.threshold - pay, -habits.recovery), 2)
        temper = min(temper, habits.temper)
    return total


@pytest.mark.parametrize("leaves", [False, True])
def test_with_room_for_all_labels_they_are_the_best_of_all(leaves):
    for seed in range(60):
        habits, offers = random_habits(seed, leaves=leaves), random_offers(seed)
        tedium = np.random.default_rng(seed).random(TOPICS)
        reader = offers, tedium, habits.temper, habits
        none = np.full(STEPS, CANDIDATES)
        choice, gain, is_best = best_picks(offers, none, *reader[1:], 1000)
        every = itertools.product(range(CANDIDATES + 1), repeat=STEPS)
        assert is_best
        assert gain == pytest.approx(max(gain_of(picks, *reader) for picks in every), abs=1e-12)
        assert gain_of(choice, *reader) == pytest.approx(gain, abs=1e-12)


def test_without_room_it_says_so_and_a_guide_leads_to_what_it_knows():
    found = 0
    for seed in range(60):
        habits = random_habits(seed, leaves=False)._replace(kappa=0.4)
        offers, none = random_offers(seed), np.full(STEPS, CANDIDATES)
        reader = np.zeros(TOPICS), habits.temper, habits
        best, most, _ = best_picks(offers, none, *reader, 1000)
        _, gain, is_best = best_picks(offers, best, *reader, 1)
        assert gain <= most + 1e-12
        found += gain == pytest.approx(most, abs=1e-12)
        assert not is_best
    assert found > 40
