"""The programs as a user meets them: real processes, real folders."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments import evaluate, train
from experiments.command import brought_along
from experiments.run import Run
from experiments.tags import CLOCK, explanation

ROOT = Path(__file__).parents[2]
TINY = [
    *("--scenario.num-agents", "3", "--scenario.horizon", "4", "--scenario.pool-size", "8"),
    *("--scenario.slate-size", "4", "--catalogue.num-users", "8", "--catalogue.num-items", "32"),
    *("--num-envs", "4", "--evaluation-episodes", "3", "--log-every", "32"),
    *("--steps", "128", "--evaluate-every", "64"),
]
IPPO = ["--agent", "ippo", "--agent.rollout-steps", "4", "--agent.hidden-size", "8"]


def heed_ctrl_c():
    """In a new process: a job in the background, as CI may be, hands down that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(program, *words):
    command = [sys.executable, "-W", "error", "-m", f"experiments.{program}", *map(str, words)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_ctrl_c,
    )


def play(program, *words):
    process = start(program, *words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out, err


def lines(folder, name="metrics"):
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two equal runs, one after the other, below the same folder."""
    out = tmp_path_factory.mktemp("runs")
    texts = [play("train", *TINY, *IPPO, "--out", out) for _ in range(2)]
    return out, texts


def test_equal_runs_are_equal_to_the_last_bit(trained):
    out, _ = trained
    first, again = (out / f"ecommerce-v0-cooperative-ippo-seed0{n}" for n in ("", "-2"))
    assert (first / "metrics.jsonl").read_bytes() == (again / "metrics.jsonl").read_bytes()
    assert (first / "run.json").read_text() == (again / "run.json").read_text()
    assert (first / "scores.json").read_text() == (again / "scores.json").read_text()
    for name in ("agent.json", "agent.safetensors"):
        assert (first / name).read_bytes() == (again / name).read_bytes()


def test_the_command_it_prints_writes_to_the_same_place(trained):
    out, texts = trained
    assert texts[0][0].splitlines()[0].endswith(f" --out {out}")


def test_an_equal_run_gets_a_folder_of_its_own(trained):
    out, texts = trained
    assert sorted(path.name for path in out.iterdir()) == [
        "ecommerce-v0-cooperative-ippo-seed0",
        "ecommerce-v0-cooperative-ippo-seed0-2",
    ]
    assert "writes into" in texts[1][0]
    assert "ecommerce-v0-cooperative-ippo-seed0-2" in texts[1][0]


def test_the_last_words_are_a_table_and_how_to_look_at_the_curves(trained):
    _, ((out, err), _) = trained
    for name in ("random", "greedy", "myopic", "nash", "step_optimum", "clairvoyant"):
        assert re.search(rf"\b{name}\b", out)
    assert re.search(r"ippo \(argmax\).*ippo \(sampled\)|ippo \(sampled\)", out, re.DOTALL)
    assert "tensorboard --logdir" in out
    assert "128/128" in err
    assert "score" in err


def test_every_written_tag_is_explained_and_reaches_tensorboard(trained):
    folder = trained[0] / "ecommerce-v0-cooperative-ippo-seed0"
    tags = {tag for line in lines(folder) for part in ("values", "counts") for tag in line[part]}
    assert not [tag for tag in tags if tag.startswith(CLOCK)]
    tags |= {tag for line in lines(folder, "timing") for tag in line if tag.startswith(CLOCK)}
    assert [tag for tag in sorted(tags) if explanation(tag) is None] == []
    board = EventAccumulator(str(folder)).Reload().Tags()
    assert tags == {*board["scalars"], *board["histograms"]}
    for tag in ("evaluate/argmax/score", "evaluate/sampled/welfare", "learner/entropy"):
        assert tag in tags


def test_evaluations_come_before_in_between_and_after(trained):
    found = lines(trained[0] / "ecommerce-v0-cooperative-ippo-seed0")
    steps = [line["step"] for line in found if "evaluate/argmax/score" in line["values"]]
    assert steps == [0, 64, 128]


def test_a_trained_run_is_evaluated_with_intervals_and_the_numbers_are_kept(trained):
    folder = trained[0] / "ecommerce-v0-cooperative-ippo-seed0"
    out, _ = play("evaluate", folder, "--episodes", "30")  # ten times those on the way
    rows = {row["player"]: row for row in json.loads((folder / "evaluation-30.json").read_text())}
    trained_rows = {row["player"]: row for row in json.loads((folder / "scores.json").read_text())}
    assert rows == trained_rows  # the same weights on the same episodes
    assert rows["random"]["score"] == 0
    assert rows["clairvoyant"]["score"] == 1
    assert rows["ippo (argmax)"]["low"] <= rows["ippo (argmax)"]["score"]
    assert "95 % interval" in out


def test_the_same_weights_play_a_changed_game_whose_scores_are_not_kept(trained, capsys):
    folder = trained[0] / "ecommerce-v0-cooperative-ippo-seed0-2"
    assert evaluate.main([str(folder), "--catalogue.seed", "1", "--episodes", "2"]) == 0
    assert "ippo" in capsys.readouterr().out
    assert not list(folder.glob("evaluation*"))


def test_a_run_repeats_from_its_json(trained, tmp_path):
    folder = trained[0] / "ecommerce-v0-cooperative-ippo-seed0"
    assert train.main(["--run", str(folder / "run.json"), "--out", str(tmp_path)]) == 0
    assert lines(tmp_path / folder.name) == lines(folder)


def test_a_plug_in_by_file_is_played_and_its_game_too(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "from dataclasses import dataclass\n"
        "from marec_env.scenarios.basic import Basic\n"
        "class Lazy:\n"
        "    '''Skips.'''\n"
        "    def __init__(self, sizes, seed=0, patience: int = 3):\n"
        "        self.last = sizes.num_actions - 1\n"
        "    def act(self, view, *, explore):\n"
        "        return np.full(view.alive.shape, self.last)\n"
        "@dataclass(frozen=True, kw_only=True)\n"
        "class Quick(Basic):\n"
        "    '''Over at once.'''\n"
        "    horizon: int = 1\n"
    )
    game = ["--scenario", "mine.py:Quick", "--scenario.num-agents", "2"]
    words = [*game, "--agent", "mine.py:Lazy", "--agent.patience", "5", "--num-envs", "2"]
    monkeypatch.chdir(tmp_path)
    assert evaluate.main([*words, "--episodes", "2"]) == 0
    assert re.search(r"mine.py:Lazy +│ +0.0000", capsys.readouterr().out)


def test_a_foreign_environment_is_trained_and_shown_without_scores(tmp_path, capsys):
    words = ["--env", "mpe2.simple_spread_v3", "--env-constants", "N=2,max_cycles=5"]
    small = ["--num-envs", "2", "--steps", "40", "--evaluation-episodes", "2"]
    assert train.main([*words, *small, *IPPO, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "return per agent" in out
    assert "clairvoyant" not in out
    (folder,) = tmp_path.iterdir()
    assert evaluate.main([str(folder), "--episodes", "2"]) == 0


FAILS_LATE = """
from mpe2 import simple_spread_v3
class Late:
    def __init__(self, env):
        self.env, self.steps = env, 0
    def __getattr__(self, name):
        return getattr(self.env, name)
    def step(self, actions):
        self.steps += 1
        if self.steps > 80:  # the first evaluation of train makes 60
            raise ValueError("the wind\\nmust blow")
        return self.env.step(actions)
def make():
    return Late(simple_spread_v3.parallel_env(N=2, max_cycles=5))
"""


@pytest.mark.parametrize("evaluates", [False, True], ids=["train", "evaluate"])
def test_an_environment_that_fails_in_play_is_one_sentence(evaluates, tmp_path):
    (tmp_path / "late.py").write_text(FAILS_LATE)
    words = ["--env", f"{tmp_path / 'late.py'}:make", "--num-envs", "1"]
    if evaluates:
        process = start("evaluate", *words, "--agent", "random", "--episodes", "2")
    else:
        few = ["--steps", "1000", "--evaluation-episodes", "1", "--evaluate-every", "1000"]
        process = start("train", *words, *few, *IPPO, "--out", tmp_path / "runs")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert err.splitlines()[-1].endswith("late.py:make failed in play: the wind must blow")
    assert "Traceback" not in err


def test_an_error_of_our_own_keeps_its_traceback():
    with pytest.raises(ValueError, match="ours"), brought_along(Run()):
        raise ValueError("ours")


PRESSES_IN_THE_WRITER = """
import os, signal
from experiments import board_file, command, train
write, count = board_file.RecordWriter.write, 0
def press(self, data):  # half of a record is in the files, the other half is not
    global count
    count += 1
    if count > 20:
        os.kill(os.getpid(), signal.SIGINT)
    write(self, data)
board_file.RecordWriter.write = press
command.program(train.main, "train")
"""


def test_ctrl_c_never_lands_inside_the_writer(tmp_path):
    words = [*TINY, *IPPO, "--steps", "100000000", "--out", tmp_path]
    done = subprocess.run(
        [sys.executable, "-c", PRESSES_IN_THE_WRITER, *map(str, words)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
        preexec_fn=heed_ctrl_c,
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    (folder,) = tmp_path.iterdir()
    written = {line["step"] for line in lines(folder)}
    board = EventAccumulator(str(folder)).Reload()
    tags = board.Tags()["scalars"]
    assert {event.step for tag in tags for event in board.Scalars(tag)} == written


def test_ctrl_c_leaves_a_folder_that_can_be_evaluated(tmp_path, request):
    endless = [*TINY, *IPPO, "--steps", "100000000", "--out", tmp_path]
    process = start("train", *endless)
    request.addfinalizer(process.kill)  # where this test fails, nothing goes on for ever
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("*/metrics.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.1)
    (folder,) = tmp_path.iterdir()
    while len((folder / "metrics.jsonl").read_text().splitlines()) < 4:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "stopped early" in out
    assert evaluate.main([str(folder), "--episodes", "2"]) == 0
