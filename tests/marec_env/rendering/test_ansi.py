"""A moment as text."""

from dataclasses import replace

import numpy as np

from marec_env.rendering.ansi import text
from tests.marec_env.rendering.scenes import NAMED, PLAIN, after

PICKED = np.array([3, -1, -1, -1, -1])
PAID = np.array([0.5, 0, 0, 0, 0])


def lines(catalogue, **changes):
    scene = after(1, "basic-v0", catalogue=catalogue, pool_size=30)  # slot i holds item i
    changes = {"picks": PICKED, "payoff": PAID, "returns": 2 * PAID} | changes
    return text(scene._replace(**changes)).splitlines()[2:]


def test_a_line_names_the_user_the_item_its_topic_and_what_was_paid_now_and_so_far():
    line = lines(NAMED, names=("reader 7",) * 5)[0]
    assert line.split() == ["user_0", "reader", "7", "Film", "3", "Comedy", "0.500", "1.000"]


def test_a_skip_is_called_a_skip():
    assert lines(NAMED)[1].split()[3:] == ["(skips)", "0.000", "0.000"]


def test_who_has_left_does_not_skip():
    alive = np.array([True, True, False, True, True])
    assert "(has left)" in lines(NAMED, alive=alive)[2]


def test_a_refused_pick_is_called_refused():
    assert lines(NAMED, served=np.zeros(5, bool))[0].endswith(" refused")


def test_without_names_numbers_are_shown():
    user_0, user, item, number = lines(PLAIN, names=("7",) * 5)[0].split()[:4]
    assert (user_0, user, item, number) == ("user_0", "7", "item", "3")


def test_long_names_keep_the_columns_apart():
    long = replace(NAMED, titles=("x" * 200,) * 30, user_ids=("y" * 200,) * 40)
    assert len({len(line) for line in lines(long)}) == 1


def test_the_game_and_the_time_stand_above():
    assert text(after(2)).startswith("ecommerce-v0, step 2 of 5\n")


def test_before_the_first_step_nothing_is_told():
    assert text(after(0)) == "no step has been played yet"
