"""Headroom plays the reference players in several worlds and says how far apart they are."""

import re

import pytest

from experiments import headroom
from experiments.command import BadInput
from experiments.run import Run
from experiments.scores import Row
from marec_env.reference import Score

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
    def payoff(worlds: str) -> float:
        headroom.main([*SMALL.split(), *worlds.split()])
        row = re.search(r"^\| `greedy` \| (\S+) \|", capsys.readouterr().out, re.MULTILINE)
        assert row is not None
        return float(row[1])

    alone = [payoff(f"--worlds 1 --first-world {world}") for world in (1, 2)]
    assert payoff("--worlds 2 --first-world 1") == pytest.approx(sum(alone) / 2, abs=2e-3)


def row(score: float, welfare: float = 0.5, kind: str = "exact") -> Row:
    return Row("greedy", welfare, Score(score, 0.0, 1.0), kind)


def test_the_interval_is_of_the_mean_over_worlds() -> None:
    scores = [0.2, 0.4, 0.4, 0.6]
    table = headroom.markdown([{"greedy": row(score, welfare=score / 2)} for score in scores])
    assert table.splitlines()[2] == "| `greedy` | 0.200 | 0.40 | 0.25 to 0.55 | exact |"


def test_in_a_single_world_nothing_varies() -> None:
    assert headroom.mean_score([0.5]) == "0.50 | 0.50 to 0.50"


def test_where_a_world_has_no_score_there_is_no_mean() -> None:
    assert headroom.mean_score([0.5, float("nan")]) == "not defined | not defined"


def test_a_player_is_as_exact_as_in_its_worst_world() -> None:
    both = [{"greedy": row(0.5)}, {"greedy": row(0.5, kind="best known")}]
    assert headroom.markdown(both).splitlines()[2].endswith("| best known |")


@pytest.mark.parametrize("flag", ["--worlds", "--episodes"])
def test_fewer_than_one_is_refused(flag: str) -> None:
    with pytest.raises(BadInput, match=f"{flag} must be >= 1, got 0"):
        headroom.main([flag, "0"])


def test_an_agent_is_refused_for_nobody_would_play_it() -> None:
    with pytest.raises(BadInput, match=r"--agent must be left out, .* got iql"):
        headroom.main([*SMALL.split(), "--agent", "iql"])
