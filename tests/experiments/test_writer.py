"""What is written is what was known, once: TensorBoard and the lines of JSON hold the same."""

import json
import math
import re

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments.board_points import points
from experiments.records import Record
from experiments.run import Run
from experiments.tags import CLOCK, TAGS, explanation
from experiments.writer import Writer, check_sizes, rewind

THIRD = 1 / 3
RUN = Run(seed=3).complete()
SPEED = {"time/steps_per_second": 50.0}


@pytest.fixture
def folder(tmp_path):
    with Writer(tmp_path, RUN) as writer:
        counts = {"train/actions": np.array([3, 0, 1])}
        writer.write(Record(64, {"train/reward": THIRD, "learner/loss": math.nan}, counts), SPEED)
        writer.write(Record(128, {"train/reward": 0.1}, {}), {})
        writer.pictures({"evaluate/picks": np.full((4, 5, 3), 200, np.uint8)}, 128)
        writer.text("most picked items", "none")
        writer.finish(Record(128, {"evaluate/argmax/score": 0.7}, {}))
    return tmp_path


@pytest.fixture
def board(folder):
    board = EventAccumulator(str(folder), size_guidance={"histograms": 0, "images": 0})
    return board.Reload()


def lines(folder, name="metrics"):
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_lines_hold_floats_exactly_and_leave_out_what_is_not_defined(folder):
    first, second, last = lines(folder)
    assert first == {
        "step": 64,
        "values": {"train/reward": THIRD},
        "counts": {"train/actions": [3, 0, 1]},
    }
    assert (second["step"], second["values"]) == (128, {"train/reward": 0.1})
    assert last["values"] == {"final/argmax/score": 0.7}


def test_what_a_clock_says_has_a_file_of_its_own(folder):
    first, *_ = lines(folder, "timing")
    assert first.keys() == {"step", "wall_time", "time/steps_per_second"}
    assert not [tag for line in lines(folder) for tag in line["values"] if tag.startswith(CLOCK)]


def test_tensorboard_holds_the_same_scalars_and_the_clock(board):
    events = board.Scalars("train/reward")
    assert [(e.step, e.value) for e in events] == [(64, np.float32(THIRD)), (128, np.float32(0.1))]
    assert board.Scalars("time/steps_per_second")[0].value == 50


def test_the_histogram_has_a_bar_for_every_action(board):
    (event,) = board.Histograms("train/actions")
    assert event.histogram_value.num == 4
    assert event.histogram_value.bucket == [3, 0, 1]
    assert event.histogram_value.bucket_limit == [0.5, 1.5, 2.5]


def test_a_picture_is_an_image(board):
    (event,) = board.Images("evaluate/picks")
    assert (event.step, event.width, event.height) == (128, 5, 4)


def test_the_text_shows_the_exact_command_and_every_constant(board):
    (event,) = board.Tensors("run/text_summary")
    text = event.tensor_proto.string_val[0].decode()
    assert RUN.command() in text
    assert "| agent.learning_rate | 0.001 |" in text


def test_constants_and_final_metrics_are_hparams_of_the_same_folder(folder, board):
    found = board.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    assert b"agent.learning_rate" in found
    about = board.summary_metadata["_hparams_/experiment"].plugin_data.content
    assert b"final/argmax/score" in about
    assert not [path for path in folder.iterdir() if path.is_dir()]


def test_cut_to_their_sizes_the_files_are_what_they_were(tmp_path):
    with Writer(tmp_path, RUN) as writer:
        writer.write(Record(64, {"train/reward": 1.0}, {}), SPEED)
        sizes = writer.sizes()
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        writer.write(Record(128, {"train/reward": 2.0}, {}), SPEED)
    assert {name: len(content) for name, content in before.items()} == sizes
    (tmp_path / "events.out.tfevents.0000000002").write_bytes(b"of a process that was killed")
    rewind(tmp_path, sizes)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_goes_on_is_shown_in_order_and_once(tmp_path):
    sizes: dict[str, int] = {}
    for step in range(64, 64 * 5, 64):
        with Writer(tmp_path, RUN) as writer:
            writer.write(Record(step, {"train/reward": step}, {"train/actions": np.ones(2, int)}),
                         SPEED)  # fmt: skip
            sizes = writer.sizes()
            writer.write(Record(step + 7, {"train/reward": -1.0}, {}), SPEED)
        rewind(tmp_path, sizes)
    assert points(tmp_path)["train/reward"] == [(s, s) for s in range(64, 64 * 5, 64)]
    assert len(points(tmp_path)["train/actions"]) == 4
    texts = EventAccumulator(str(tmp_path)).Reload().Tensors("run/text_summary")
    assert len(texts) == 1


def test_a_file_that_has_become_shorter_is_noticed(tmp_path):
    with Writer(tmp_path, RUN) as writer:
        writer.write(Record(64, {"train/reward": 1.0}, {}), {})
        sizes = writer.sizes()
    check_sizes(tmp_path, sizes)
    (tmp_path / "timing.jsonl").write_text("")
    with pytest.raises(ValueError, match=r"timing.jsonl must have at least the \d+ bytes"):
        check_sizes(tmp_path, sizes)


def test_who_watches_sees_a_record_at_once(tmp_path):
    with Writer(tmp_path, RUN) as writer:
        writer.write(Record(64, {"train/reward": 1.0}, {}), {})
        assert points(tmp_path)["train/reward"] == [(64, 1.0)]
        assert len(lines(tmp_path)) == 1


def test_tags_are_explained_and_the_clock_has_a_group_of_its_own():
    assert all(re.fullmatch(r"[\w*]+(/[\w*]+)+", tag) and text for tag, text in TAGS.items())
    assert {tag for tag in TAGS if tag.startswith(CLOCK)} == {
        "time/steps_per_second",
        "time/seconds",
    }
    assert explanation("learner/of_a_plug_in") == TAGS["learner/*"]
    assert explanation("nonsense") is None
