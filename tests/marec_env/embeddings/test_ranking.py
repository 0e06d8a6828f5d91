"""Protocol A, by hand and on real data."""

from dataclasses import replace

import numpy as np
import pytest

from marec_env.datasets import DataError
from marec_env.embeddings import ItemKNN, Vectors, ranking
from marec_env.embeddings.ranking import Ranked, mid_ranks
from tests.marec_env.embeddings.worlds import cyclic, interactions

NOTHING = np.zeros((1, 4), bool)


def ranks(scores, target, left_out=()):
    mask = NOTHING.copy()
    mask[0, list(left_out)] = True
    return mid_ranks(np.array([scores], float), np.array([target]), mask)[0]


def test_the_best_item_has_rank_1_and_each_better_one_adds_1():
    assert ranks([4, 3, 2, 1], 0) == 1
    assert ranks([4, 3, 2, 1], 2) == 3


def test_a_tie_is_half_a_loss():
    assert ranks([3, 3, 3, 1], 0) == 2
    assert ranks([1, 1, 1, 1], 3) == 2.5


def test_items_left_out_do_not_count_but_the_target_does():
    assert ranks([4, 3, 2, 1], 3, left_out=[0, 1]) == 2
    assert ranks([4, 3, 2, 1], 1, left_out=[0, 1]) == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_not_finite_are_refused(bad):
    with pytest.raises(ValueError, match=r"scores must be finite, got (nan|inf) for item 2"):
        ranks([1, 2, bad, 3], 0)


def test_hit_rate_and_ndcg_of_known_ranks():
    found = Ranked(np.array([1.0, 3.0, 10.0, 10.5, 40.0]))
    assert found.hits == pytest.approx(3 / 5)
    assert found.ndcg == pytest.approx((1 + 1 / 2 + 1 / np.log2(11)) / 5)


def test_the_last_item_of_each_user_is_test_and_those_before_are_left_out():
    world = cyclic(num_users=20)
    seen, test = ranking.deal(world)
    assert len(seen) + len(test) == len(world)
    last = {int(user): int(item) for user, item in zip(world.users, world.items, strict=True)}
    assert dict(zip(test.users.tolist(), test.items.tolist(), strict=True)) == last
    perfect = ranking.rank(lambda users: np.eye(12)[test.items], seen, test)
    assert (perfect.ranks == 1).all()


def test_popularity_counts_how_often_an_item_was_seen():
    world = interactions([0, 1, 2, 1], [1, 1, 1, 0], [1, 1, 1, 1], num_users=3, num_items=3)
    scores = ranking.by_popularity(world)(np.array([0, 2]))
    assert scores.tolist() == [[1, 3, 0], [1, 3, 0]]


def test_without_three_items_of_one_user_nobody_can_be_ranked():
    world = cyclic(num_users=2, lengths=(2, 3))
    with pytest.raises(DataError, match="a user with at least 3 ratings, it has none"):
        ranking.deal(world)


class Told:
    """An encoder that ranks one item first for everybody."""

    def __init__(self, favourite):
        self.favourite = favourite

    def fit(self, interactions):
        items = np.eye(interactions.num_items, dtype=np.float32)[[self.favourite]].T
        users = np.ones((interactions.num_users, 1), np.float32)
        return Vectors(users, items, "told", "", "", {})

    def encode_users(self, vectors, histories):
        return np.ones((histories.num_users, 1), np.float32)


def test_validation_chooses_and_the_test_items_have_no_say():
    users, items = np.repeat([0, 1, 2], 3), [0, 1, 2, 3, 1, 2, 4, 1, 2]  # ..., validation, test
    world = interactions(users, items, np.ones(9), num_users=3, num_items=60)
    world = replace(world, timestamps=np.arange(9.0))
    assert ranking.choose([Told(0), Told(1), Told(2), Told(1)], world) == 1


@pytest.mark.data
def test_popularity_has_its_known_figures_on_movielens(ml_100k):
    seen, test = ranking.deal(ml_100k)
    found = ranking.rank(ranking.by_popularity(seen), seen, test)
    assert len(found.ranks) == 943
    assert (round(found.hits, 4), round(found.ndcg, 4)) == (0.0859, 0.0443)


@pytest.mark.data
def test_recency_makes_nearest_neighbours_good_on_movielens(ml_100k):
    recent, _ = ranking.judge(ItemKNN(), ml_100k)
    assert (recent.hits, recent.ndcg) > (0.199, 0.104)
    alike, _ = ranking.judge(ItemKNN(half_life=np.inf), ml_100k)
    assert 0.099 < alike.hits < 0.12
