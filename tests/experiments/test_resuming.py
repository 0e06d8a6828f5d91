"""What does not fit a checkpoint is refused in one sentence, and the folder stays as it was."""

import json
import shutil
from typing import Any

import pytest

from experiments import checkpoint, run_folder, survival, train
from experiments.command import BadInput
from experiments.lock import only_one
from experiments.sameness import differences

SMALL: dict[str, Any] = {
    "steps": 1_600,
    "evaluate_every": 400,
    "log_every": 80,
    "checkpoint_every": 320,
}


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def resume(folder):
    return train.main(["--quiet", "--resume", str(folder)])


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """A run that was stopped between its checkpoints, with a learner of its own."""
    home = tmp_path_factory.mktemp("half")
    plug_in = home / "mine.py"
    plug_in.write_text("from agents.linucb import LinUCB\nclass Mine(LinUCB):\n    pass\n")
    run = survival.case(f"{plug_in}:Mine", **SMALL)
    folder = run_folder.create(home / "run", run)
    assert survival.go_on(folder, lambda: run_folder.step(folder) >= 900)
    return folder


def refused(folder, sentence):
    before = contents(folder)
    with pytest.raises(BadInput, match=sentence):
        resume(folder)
    assert contents(folder) == before


@pytest.fixture
def broken(half, tmp_path):
    return shutil.copytree(half, tmp_path / "run")


def test_a_changed_run_is_refused_and_nothing_is_touched(broken):
    text = (broken / "run.json").read_text()
    (broken / "run.json").write_text(text.replace('"steps": 1600', '"steps": 3200'))
    refused(broken, "run.json must be that of the checkpoint, with steps = 1600, got 3200")


def test_a_changed_catalogue_is_refused_and_nothing_is_touched(broken):
    values = json.loads((broken / "run.json").read_text())
    digest = values["catalogue_digest"]
    (broken / "run.json").write_text(json.dumps(values | {"catalogue_digest": digest[::-1]}))
    refused(broken, "with catalogue_digest")


def test_a_changed_plug_in_is_refused_and_nothing_is_touched(half, broken):
    plug_in = half.parent / "mine.py"
    before = plug_in.read_text()
    try:
        plug_in.write_text(before + "# other\n")
        refused(broken, "mine.py must be the file that the run began with, with digest")
    finally:
        plug_in.write_text(before)


def test_a_damaged_checkpoint_is_refused_and_nothing_is_touched(broken):
    newest = max((broken / "checkpoints").iterdir())
    content = (newest / "arrays.safetensors").read_bytes()
    (newest / "arrays.safetensors").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    refused(broken, "its arrays must have the digest")


def test_without_the_damaged_checkpoint_the_one_before_leads_to_the_same(half, broken, tmp_path):
    whole = shutil.copytree(half, tmp_path / "whole")
    shutil.rmtree(max((broken / "checkpoints").iterdir()))
    assert resume(broken) == resume(whole) == 0
    assert differences(broken, whole) == []


def test_lost_metrics_are_refused_and_nothing_is_touched(broken):
    (broken / "metrics.jsonl").write_text("")
    refused(broken, "metrics.jsonl must have at least the .* bytes that it had")


def test_a_checkpoint_of_another_run_is_refused_and_nothing_is_touched(broken):
    state = checkpoint.load(broken)
    assert state is not None
    state["run"]["seed"] = 7
    checkpoint.save(broken, checkpoint.steps(broken)[-1], state)
    refused(broken, "run.json must be that of the checkpoint, with seed = 7, got 0")


def test_a_folder_without_a_run_is_refused_and_nothing_is_touched(tmp_path):
    refused(tmp_path, "is not a saved run: there is no such file")


def test_a_folder_in_which_another_process_trains_is_refused(broken):
    with only_one(broken):
        refused(broken, "is being trained by another process")


def test_only_quiet_may_be_said_of_a_resumed_run(broken):
    with pytest.raises(BadInput, match="so only --quiet may follow, got --seed"):
        train.main(["--resume", str(broken), "--seed", "3"])


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda state: state.pop("sizes"), "must be of a training, the last one has no sizes"),
        (lambda state: state["run"].update(colour="red"), "with colour = 'red', got None"),
        (lambda state: state["course"].pop("training"), "the checkpoint must fit the run"),
    ],
)
def test_a_foreign_checkpoint_is_one_sentence_and_nothing_is_touched(broken, harm, sentence):
    state = checkpoint.load(broken)
    assert state is not None
    harm(state)
    checkpoint.save(broken, checkpoint.steps(broken)[-1], state)
    refused(broken, sentence)
