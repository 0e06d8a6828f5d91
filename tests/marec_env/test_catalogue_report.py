"""The report names the degenerate reward, and only where there is one."""

import numpy as np

from marec_env.catalogue import Catalogue
from marec_env.ratings import Ratings


def described(users, items):
    ratings = Ratings(np.full((len(users), len(items)), 0.5))
    return Catalogue(user_vectors=users, item_vectors=items, ratings=ratings).describe()


def test_the_report_states_sizes_and_spreads():
    text = Catalogue.synthetic(num_users=30, num_items=40, num_topics=2).describe()
    assert "synthetic: 30 users, 40 items, vectors of 16, 2 topics" in text
    assert "5 / 50 / 95 %" in text


def test_the_literal_reward_of_small_vectors_is_called_degenerate():
    rng = np.random.default_rng(0)
    text = described(rng.normal(0, 0.1, (50, 8)), rng.normal(0, 0.1, (50, 8)))
    assert "WARNING: the cosine of sigmoid(raw) is degenerate" in text


def test_vectors_in_one_narrow_cone_are_called_degenerate():
    rng = np.random.default_rng(0)
    text = described(rng.normal(5, 0.1, (50, 8)), rng.normal(5, 0.1, (50, 8)))
    assert "WARNING: the cosine of raw vectors is degenerate" in text


def test_raw_vectors_in_all_directions_are_warned_of_for_their_sign():
    assert "the cosine of raw vectors can be negative" in Catalogue.synthetic().describe()


def test_a_warning_says_whether_the_default_is_meant():
    rest = "The default is none of these"
    assert Catalogue.synthetic().describe().splitlines()[-1].startswith(rest)
    rng = np.random.default_rng(0)
    narrow = rng.normal(size=(1, 8)) + rng.normal(0, 0.01, (50, 8))
    opposite = np.vstack([narrow[:25], -narrow[25:]])
    text = described(opposite[:1].repeat(50, 0), narrow[:1].repeat(50, 0))
    assert "WARNING: the exp(cosine - 1) of centred vectors is degenerate" in text
    assert rest not in text


def test_vectors_that_are_spread_within_the_positive_quadrant_raise_no_warning():
    rng = np.random.default_rng(0)
    users, items = (rng.exponential(1, (50, 3)) ** 3 for _ in range(2))
    assert "cosine of raw vectors is" not in described(users, items).partition("WARNING")[2]


def test_a_world_too_large_for_a_table_is_described_by_a_sample():
    text = Catalogue.synthetic(num_users=20_001, num_items=20_000, embedding_size=4).describe()
    assert "biases and factors" in text
