"""Splits cover everything once, and ties in time stay in file order."""

import numpy as np
import pytest

from marec_env.datasets import DataError, splits
from tests.marec_env.datasets.invented import table

ROWS = "b,1,1,5\na,2,2,9\na,9,3,9\na,1,4,3\na,5,5,9\nb,2,1,5\n"


def covers(parts, size):
    return sorted(np.concatenate(parts).tolist()) == list(range(size))


def test_the_last_of_equal_times_is_the_last_row_of_the_file(tmp_path):
    train, validation, test = splits.last_of_each_user(table(tmp_path, ROWS))
    assert test.tolist() == [4]  # a's rows 1, 2, 4 share a time; row 4 comes last
    assert validation.tolist() == [2]
    assert train.tolist() == [0, 1, 3, 5]  # b has too few to give any


def test_by_time_the_earliest_come_first_and_ties_stay_in_file_order(tmp_path):
    first, second = splits.by_time(table(tmp_path, ROWS), (0.5, 0.5))
    assert first.tolist() == [0, 3, 5]
    assert second.tolist() == [1, 2, 4]


def test_by_user_no_user_is_in_two_parts(tmp_path):
    text = "".join(f"u{n % 10},i{n},{n % 5 + 1}\n" for n in range(60))
    found = table(tmp_path, text)
    parts = splits.by_user(found, seed=1)
    users = [set(found.users[part].tolist()) for part in parts]
    assert covers(parts, 60)
    assert [len(group) for group in users] == [8, 1, 1]
    assert not users[0] & users[1] | users[1] & users[2] | users[0] & users[2]


def test_at_random_the_shares_are_exact_and_the_seed_decides(tmp_path):
    found = table(tmp_path, "".join(f"u{n},i,{n % 5 + 1}\n" for n in range(50)))
    parts = splits.at_random(found, seed=3)
    assert [len(part) for part in parts] == [40, 5, 5]
    assert covers(parts, 50)
    assert parts[0].tolist() == splits.at_random(found, seed=3)[0].tolist()
    assert parts[0].tolist() != splits.at_random(found, seed=4)[0].tolist()


def test_a_split_by_time_needs_times(tmp_path):
    with pytest.raises(DataError, match="must have timestamps to be split by time, it has none"):
        splits.by_time(table(tmp_path, "a,x,1\na,y,2\n"))


def test_shares_that_do_not_sum_to_one_are_refused(tmp_path):
    with pytest.raises(ValueError, match="shares must be >= 0 and sum to 1"):
        splits.at_random(table(tmp_path, ROWS), (0.8, 0.1))


@pytest.mark.data
def test_most_ratings_of_movielens_share_their_user_and_second(ml_100k):
    pairs = np.stack([ml_100k.users, ml_100k.timestamps])
    _, inverse, counts = np.unique(pairs, axis=1, return_inverse=True, return_counts=True)
    assert round(float((counts[inverse] > 1).mean()), 2) == 0.76
