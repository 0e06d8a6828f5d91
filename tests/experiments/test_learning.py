"""Learning trains contestants in several worlds and compares them with the reference players."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt

import marec_env
from experiments import learning, results
from experiments.command import BadInput
from experiments.executors import LocalExecutor
from experiments.run import Run
from experiments.stored_runs import store
from marec_env.reference import players_of

SMALL = (
    "--scenario basic-v0 --scenario.num-agents 2 --scenario.horizon 3 --num-envs 4 --steps 24 "
    "--evaluate-every 12 --evaluation-episodes 2 --worlds 2 --first-world 5 --workers 1 "
    "--contestants ippo:cooperative,iql:independent"
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """The command line of a finished study, and where it lies."""
    place = tmp_path_factory.mktemp("study")
    argv = [*SMALL.split(), "--runs", str(place / "runs"), "--out", str(place / "docs" / "curves")]
    assert learning.main(argv) == 0
    return argv, place


@pytest.fixture
def rows(study: tuple[list[str], Path]) -> dict[str, list[float]]:
    """Player -> mean, bounds of the interval, lowest and highest score."""
    text = (study[1] / "docs" / "curves.md").read_text()
    cells = re.findall(r"^\| ([^|]+) \| (-?\d[^|]*)\|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    return {name: [float(x) for x in re.findall(r"-?\d\S*", " ".join(r))] for name, *r in cells}


@pytest.mark.slow
def test_a_contestant_is_trained_in_every_world(study: tuple[list[str], Path]) -> None:
    runs = (path for path in (study[1] / "runs").iterdir() if path.is_dir())
    assert sorted(folder.name for folder in runs) == [
        "basic-v0-cooperative-ippo-seed5",
        "basic-v0-cooperative-ippo-seed6",
        "basic-v0-independent-iql-seed5",
        "basic-v0-independent-iql-seed6",
    ]


@pytest.mark.slow
def test_the_table_has_one_row_for_who_plays_one_way_only(rows: dict[str, list[float]]) -> None:
    contestants = {"ippo:cooperative, argmax", "ippo:cooperative, sampled", "iql:independent"}
    assert set(rows) == contestants | set(players_of(marec_env.make_vec("basic-v0").scenario))


@pytest.mark.slow
def test_the_table_holds_the_mean_and_the_extremes_of_the_worlds(
    study: tuple[list[str], Path], rows: dict[str, list[float]]
) -> None:
    found = []
    for world in (5, 6):
        file = study[1] / "runs" / f"basic-v0-independent-iql-seed{world}" / "scores.json"
        table = json.loads(file.read_text())
        found += [row["score"] for row in table if row["player"] == "iql"]
    mean, low, high = sum(found) / 2, *sorted(found)
    assert rows["iql:independent"] == pytest.approx([mean, low, high, low, high], abs=6e-4)


@pytest.mark.slow
def test_the_picture_is_not_blank(study: tuple[list[str], Path]) -> None:
    pixels = plt.imread(study[1] / "docs" / "curves.png")
    assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 20


@pytest.mark.slow
def test_what_is_trained_is_not_trained_again(
    study: tuple[list[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalExecutor, "submit", None)
    assert learning.main(study[0]) == 0


@pytest.mark.slow
def test_a_kept_training_of_another_run_is_not_taken_for_this_one(
    study: tuple[list[str], Path],
) -> None:
    with pytest.raises(BadInput, match=r"seed5 must hold .* --steps 28 .*, got .* --steps 24 "):
        learning.main([*study[0], "--steps", "28"])


@pytest.mark.slow
def test_a_training_that_fails_says_why(tmp_path: Path) -> None:
    argv = ["--device", "cuda:9", "--worlds", "1", "--contestants", "ippo:cooperative"]
    with pytest.raises(BadInput, match=r"--device cuda:9 failed: .*cannot be used"):
        learning.main([*argv, "--runs", str(tmp_path), "--out", str(tmp_path / "x")])


def test_a_world_in_which_both_ways_coincide_counts_for_both(tmp_path: Path) -> None:
    run = Run().complete()
    store(tmp_path / "0", run, 0.5)
    store(tmp_path / "1", run, 0.4, argmax=0.2)
    ended = [results.read(tmp_path / name) for name in ("0", "1")]
    found = learning.played("ippo:cooperative", ended)
    assert {name: score.tolist() for name, score in found.items()} == {
        "ippo:cooperative, argmax": [0.5, 0.2],
        "ippo:cooperative, sampled": [0.5, 0.4],
    }


@pytest.mark.parametrize(
    ("flag", "value", "message"),
    [
        ("--worlds", "0", "--worlds must be >= 1, got 0"),
        ("--first-world", "-1", "--first-world must be >= 0, got -1"),
        ("--workers", "0", "--workers must be >= 1, got 0"),
        ("--contestants", "nobody:cooperative", "--contestants nobody:cooperative"),
        ("--env", "mpe2.simple_spread_v3", "--env has no reference players"),
    ],
)
def test_bad_input_is_refused_before_anything_is_trained(
    flag: str, value: str, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        learning.main([f"{flag}={value}"])


def test_constants_of_an_agent_that_does_not_contend_are_refused() -> None:
    with pytest.raises(BadInput, match="is for contestants that are ippo, and there are none"):
        learning.main(["--contestants=iql:independent", "--agent.clip=0.3"])


def test_constants_are_those_of_the_contestants_that_are_the_agent() -> None:
    run = Run(agent="ippo", agent_constants={"clip": 0.3}).complete()
    (ours,) = learning.contestant(run, "ippo:cooperative", range(1)).values()
    (other,) = learning.contestant(run, "iql:cooperative", range(1)).values()
    assert ours.agent_constants["clip"] == 0.3
    assert "clip" not in other.agent_constants
