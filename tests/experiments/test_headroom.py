"""Headroom plays the reference players in several worlds and says how far apart they are."""

import re

import pytest

from experiments import headroom
from experiments.command import BadInput
from experiments.run import Run

SMALL = "--scenario basic-v0 --scenario.num-agents 2 --scenario.horizon 3 --worlds 2 --episodes 2"


def test_the_table_goes_from_random_to_the_best_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert headroom.main(SMALL.split()) == 0
    rows = re.findall(r"^\| `(\w+)` \| \S+ \| (\S+) \|", capsys.readouterr().out, re.MULTILINE)
    scores = {name: float(score) for name, score in rows}
    assert scores["random"] == 0
    assert scores["clairvoyant"] == scores["myopic"] == 1
    assert len(rows) == len(scores)


def test_worlds_differ_in_users_items_and_episodes() -> None:
    run = headroom.world(Run(scenario_constants={"beta": 0.5}), 3)
    assert run.scenario_constants == {"beta": 0.5, "world_seed": 3}
    assert run.catalogue_constants == {"seed": 3}
    assert run.seed == 3


def test_a_catalogue_of_real_data_stays_as_it_is() -> None:
    assert headroom.world(Run(catalogue="catalogues/x"), 3).catalogue_constants == {}


def test_worlds_count_from_the_first_one(capsys: pytest.CaptureFixture[str]) -> None:
    headroom.main([*SMALL.split(), "--first-world", "1"])
    both = capsys.readouterr().out
    headroom.main([*SMALL.split(), "--first-world", "2", "--worlds", "1"])
    scores = re.findall(r"^\| `greedy` .* \| (\S+) to", capsys.readouterr().out, re.MULTILINE)
    extremes = re.findall(r"^\| `greedy` .* \| (\S+) to (\S+) \|", both, re.MULTILINE)[0]
    assert scores[0] in extremes


@pytest.mark.parametrize("flag", ["--worlds", "--episodes"])
def test_fewer_than_one_is_refused(flag: str) -> None:
    with pytest.raises(BadInput, match=f"{flag} must be >= 1, got 0"):
        headroom.main([flag, "0"])
