"""What is written is what was known: TensorBoard and the lines of JSON hold the same numbers."""

import json
import math
import re

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments.records import Record
from experiments.run import Run
from experiments.tags import CLOCK, TAGS, explanation
from experiments.writer import Writer

THIRD = 1 / 3


@pytest.fixture
def folder(tmp_path):
    run = Run(seed=3).complete()
    with Writer(tmp_path, run) as writer:
        counts = {"train/actions": np.array([3, 0, 1])}
        writer.write(Record(64, {"train/reward": THIRD, "learner/loss": math.nan}, counts))
        writer.write(Record(128, {"train/reward": 0.1}, {}))
        writer.finish(Record(128, {"evaluate/argmax/score": 0.7}, {}))
    return tmp_path


@pytest.fixture
def board(folder):
    board = EventAccumulator(str(folder), size_guidance={"histograms": 0})
    return board.Reload()


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_lines_hold_floats_exactly_and_leave_out_what_is_not_defined(folder):
    first, second, last = lines(folder)
    assert first == {
        "step": 64,
        "values": {"train/reward": THIRD},
        "counts": {"train/actions": [3, 0, 1]},
    }
    assert (second["step"], second["values"]) == (128, {"train/reward": 0.1})
    assert last["values"] == {"final/argmax/score": 0.7}


def test_tensorboard_holds_the_same_scalars(board):
    events = board.Scalars("train/reward")
    assert [(e.step, e.value) for e in events] == [(64, np.float32(THIRD)), (128, np.float32(0.1))]


def test_the_histogram_has_a_bar_for_every_action(board):
    (event,) = board.Histograms("train/actions")
    assert event.histogram_value.num == 4
    assert event.histogram_value.bucket == [3, 0, 1]
    assert event.histogram_value.bucket_limit == [0.5, 1.5, 2.5]


def test_the_text_shows_the_exact_command_and_every_constant(board):
    (event,) = board.Tensors("run/text_summary")
    text = event.tensor_proto.string_val[0].decode()
    assert Run(seed=3).complete().command() in text
    assert "| agent.learning_rate | 0.001 |" in text


def test_constants_and_final_metrics_are_hparams_of_the_same_folder(folder, board):
    found = board.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    assert b"agent.learning_rate" in found
    assert (
        b"final/argmax/score" in board.summary_metadata["_hparams_/experiment"].plugin_data.content
    )
    assert not [path for path in folder.iterdir() if path.is_dir()]


def test_the_run_is_kept_as_json(folder):
    assert Run.load(folder) == Run(seed=3).complete()


def test_an_existing_record_is_never_overwritten(folder):
    with pytest.raises(FileExistsError):
        Writer(folder, Run().complete())


def test_tags_are_explained_and_the_clock_has_a_group_of_its_own():
    assert all(re.fullmatch(r"[\w*]+(/[\w*]+)+", tag) and text for tag, text in TAGS.items())
    assert {tag for tag in TAGS if tag.startswith(CLOCK)} == {
        "time/steps_per_second",
        "time/seconds",
    }
    assert explanation("learner/loss") == TAGS["learner/*"]
    assert explanation("nonsense") is None
