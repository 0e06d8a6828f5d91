"""A run that was stopped or killed goes on to the same bits; what does not fit is refused."""

import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents import AGENTS
from experiments import checkpoint, divergence, evaluate, film, run_folder, survival, train
from experiments.board_points import points
from experiments.divergence import Diverged
from experiments.run import Run
from experiments.sameness import DECIDED, differences
from experiments.scores import Examiner
from experiments.tags import HELD_OUT

ROOT = Path(__file__).parents[2]
LEARNERS = [name for name, made in AGENTS.items() if hasattr(made, "learn")]
SMALL: dict[str, Any] = {
    "steps": 1_600,
    "evaluate_every": 400,
    "log_every": 80,
    "checkpoint_every": 320,
}


@pytest.fixture(scope="module", params=[*LEARNERS, "foreign"])
def calm(request, tmp_path_factory):
    """A run that nothing disturbs."""
    changes = survival.FOREIGN if request.param == "foreign" else {}
    agent = "iql" if request.param == "foreign" else request.param
    run = survival.case(agent, **SMALL | changes)
    folder = run_folder.create(tmp_path_factory.mktemp(request.param) / "calm", run)
    assert train.main(["--quiet", "--resume", str(folder)]) == 0
    return folder


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def copied(folder, place, without=("scores.json",)):
    """A copy of a run as if its process had been killed before it wrote `without`."""
    shutil.copytree(folder, place)
    for name in without:
        (place / name).unlink()
    return place


def resume(folder):
    return train.main(["--quiet", "--resume", str(folder)])


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_same_bits(calm, tmp_path):
    folder = run_folder.create(tmp_path / "killed", Run.load(calm))
    is_on_the_way = lambda: run_folder.step(folder) >= 500  # noqa: E731
    assert survival.go_on(folder, is_on_the_way)
    assert not (folder / "scores.json").exists()
    assert resume(folder) == 0
    assert differences(folder, calm) == []


@pytest.mark.parametrize("moment", ["film", "held out"])
def test_a_ctrl_c_in_the_final_evaluation_leaves_no_number_twice(moment, tmp_path, monkeypatch):
    often: dict[str, Any] = {"evaluate_every": 80, "checkpoint_every": 40, "log_every": 20}
    run = survival.case("linucb", steps=80, evaluation_episodes=1, **often)
    apart = {"users": "resampled", "held_out": 0.5, "horizon": 4}
    run = replace(run, scenario_constants=run.scenario_constants | apart)
    calm, cut = (run_folder.create(tmp_path / name, run) for name in ("calm", "cut"))
    assert resume(calm) == 0
    checked, table = film._checked, Examiner.table

    def frame(found):
        os.kill(os.getpid(), signal.SIGINT)
        return checked(found)

    def rows(examiner):
        for row in table(examiner):
            if examiner.tag == HELD_OUT:
                os.kill(os.getpid(), signal.SIGINT)
            yield row

    with monkeypatch.context() as patch:
        if moment == "film":
            patch.setattr(film, "_checked", frame)
        else:
            patch.setattr(Examiner, "table", rows)
        assert resume(cut) == 130
    assert (cut / run_folder.HELD_OUT_SCORES).exists() == (moment == "film")
    assert not (cut / run_folder.SCORES).exists()
    assert resume(cut) == 0
    assert differences(cut, calm) == []


def test_learners_of_networks_have_learnt_in_it(calm):
    agent = Run.load(calm / run_folder.RUN).agent
    lines = (calm / run_folder.METRICS).read_text()
    assert ("learner/gradient_norm" in lines) == (agent in survival.BUSY)


def test_every_curve_shows_every_step_once(calm):
    for tag, shown in points(calm).items():
        steps = [step for step, _ in shown]
        assert steps == sorted(set(steps)), tag


def test_a_difference_is_noticed(calm, tmp_path):
    for name in DECIDED:
        if (calm / name).is_file():
            folder = copied(calm, tmp_path / name.replace("/", "-"), without=())
            (folder / name).write_bytes((folder / name).read_bytes() + b" ")
            assert differences(folder, calm) == [f"{name} differs"]


def test_a_complete_run_is_left_alone(calm, capsys):
    before = contents(calm)
    assert resume(calm) == 0
    assert "is complete" in capsys.readouterr().out
    assert contents(calm) == before


def test_a_run_killed_after_its_last_step_is_only_evaluated(calm, tmp_path, capsys):
    folder = copied(calm, tmp_path / "killed")
    assert resume(folder) == 0
    assert "goes on from step 1600" in capsys.readouterr().out
    assert differences(folder, calm) == []


def test_the_best_policy_is_kept_and_can_be_evaluated(calm):
    kept = json.loads((calm / "best" / "best.json").read_text())
    lines = [json.loads(line) for line in (calm / "metrics.jsonl").read_text().splitlines()]
    welfare = {
        line["step"]: max(
            line["values"][f"evaluate/{way}/welfare"] for way in ("argmax", "sampled")
        )
        for line in lines
        if "evaluate/argmax/welfare" in line["values"]
    }
    assert kept["welfare"] == max(welfare.values())
    assert welfare[kept["step"]] == kept["welfare"]
    assert evaluate.main([str(calm / "best"), "--episodes", "2"]) == 0


FULL_DISK = """
import resource, sys
from experiments import command, train
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
del sys.argv[1]
command.program(train.main, "train")
"""


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_and_the_run_goes_on_when_there_is_room(tmp_path):
    run = survival.case("ippo", **{**SMALL, "log_every": 8})
    whole = run_folder.create(tmp_path / "whole", run)
    assert resume(whole) == 0
    limit = 3 * max(path.stat().st_size for path in whole.glob("events*")) // 4
    folder = run_folder.create(tmp_path / "full", run)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(limit), "--quiet", "--resume", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "cannot be written" in done.stderr.splitlines()[-1]
    assert "keeps the checkpoint of step" in done.stderr.splitlines()[-1]
    assert resume(folder) == 0
    assert differences(folder, whole) == []


@pytest.mark.parametrize("agent", ["ippo", "iql"])
def test_a_loss_that_is_no_number_stops_the_run_and_names_the_tensor(agent, tmp_path):
    constants = {"learning_rate": 1e30, "learning_rate_end": 1e30}
    run = survival.case(agent, constants, **SMALL | {"checkpoint_every": 40})
    folder = run_folder.create(tmp_path / "run", run)
    with pytest.raises(
        Diverged, match=r"finite numbers.* in .*(weight|bias).*keeps the checkpoint"
    ):
        resume(folder)
    step = int(re.findall(r"\d+", max((folder / "checkpoints").iterdir()).name)[0])
    assert step > 0
    kept = checkpoint.load(folder)
    assert kept is not None
    learner = kept["course"]["training"]["learner"]
    tensors = list(divergence._tensors(learner, ""))
    assert tensors
    assert all(np.isfinite(x).all() for _, x in tensors)
    assert not (folder / "scores.json").exists()


def test_evaluations_change_nothing_of_a_training(tmp_path):
    def weights(name, **changes):
        run = survival.case("ippo", **SMALL | changes)
        folder = run_folder.create(tmp_path / name, run)
        assert resume(folder) == 0
        return (folder / "agent.safetensors").read_bytes()

    often = weights("often", evaluate_every=100, evaluation_episodes=3)
    assert often == weights("never", evaluate_every=10**9, evaluation_episodes=1)


def test_the_final_evaluation_has_ten_times_the_episodes(calm, capsys):
    episodes = 10 * Run.load(calm).evaluation_episodes
    assert evaluate.main([str(calm), "--episodes", str(episodes)]) == 0
    kept = json.loads((calm / f"evaluation-{episodes}.json").read_text())
    assert kept == json.loads((calm / "scores.json").read_text())
    assert all(math.isfinite(row["welfare"]) for row in kept)
