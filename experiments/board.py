"""Writes for TensorBoard: one run's numbers, pictures and texts, in the folder of the run.

    scalars, histograms    every Record, a tag's explanation beside it
    custom scalars         the charts of board_layout.py
    images, text           what it is given; the Run with the exact command
    hparams                the Run's constants beside its final metrics, in the same folder: a
                           folder of its own would show up as another run

An event file only ever grows, and a resumed run opens a further one: TensorBoard reads all of a
folder as one run. This is the only file that knows how TensorBoard's files are written.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2
from torch.utils.tensorboard import FileWriter, summary

from marec_env.arrays import Array

from . import board_hparams, board_layout
from .records import Record
from .run import Run
from .tags import explanation

EVENTS = "events.out.tfevents.*"


class Board:
    """Adds to what TensorBoard shows of a run; `flush` or `close` puts it on the disk."""

    def __init__(self, folder: Path, run: Run, *, is_new: bool):
        """Opens a new event file.

        Args:
            folder: of the run; exists.
            run: what is trained, every constant written down.
            is_new: nothing has been said about this run yet.
        """
        self._run = run
        self._explained: set[str] = set()
        others = set(folder.glob(EVENTS))
        # Its name has the second and the process; the number keeps it from ever being another's.
        self._writer = FileWriter(str(folder), filename_suffix=f".{len(others)}")
        (self._path,) = set(folder.glob(EVENTS)) - others
        if is_new:
            self.text("run", board_hparams.described(run))
            self._add(summary.custom_scalars(board_layout.charts(is_foreign=run.env is not None)))
            self._hparams(session_start_info=_session(run))

    def write(self, record: Record, wall_time: float | None = None) -> None:
        """The numbers of a record, which was made at `wall_time`, by default now."""
        for tag, value in record.values.items():
            self._add(summary.scalar(tag, value), record.step, wall_time)
        for tag, count in record.counts.items():
            self._add(_histogram(tag, count), record.step, wall_time)

    def text(self, tag: str, markdown: str, step: int = 0) -> None:
        """A text for the text page."""
        self._add(summary.text(tag, markdown), step)

    def picture(self, tag: str, image: Array, step: int) -> None:
        """An image [H, W, 3] uint8 for the image page."""
        self._add(summary.image(tag, image, dataformats="HWC"), step)

    def finish(self, metrics: Iterable[str]) -> None:
        """The run is complete; `metrics` are the tags of its final numbers, which are written."""
        self._hparams(experiment=_experiment(self._run, metrics))
        success = api_pb2.Status.Value("STATUS_SUCCESS")
        self._hparams(session_end_info=plugin_data_pb2.SessionEndInfo(status=success))

    def flush(self) -> None:
        """Returns when everything said so far is on the disk."""
        self._writer.flush()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())

    def close(self) -> None:
        """Writes what is left; nothing may be added afterwards."""
        self._writer.close()

    def _add(self, said: Summary, step: int = 0, wall_time: float | None = None) -> None:
        for value in said.value:
            if value.tag not in self._explained:  # TensorBoard reads it with a tag's first value
                value.metadata.summary_description = explanation(value.tag) or ""
                self._explained.add(value.tag)
        self._writer.add_summary(said, step, wall_time)

    def _hparams(self, **said: Any) -> None:
        (kind,) = said
        about = metadata.create_summary_metadata(plugin_data_pb2.HParamsPluginData(**said))
        tag = f"{metadata.PLUGIN_NAME.join(('_', '_'))}/{kind}"
        self._add(Summary(value=[Summary.Value(tag=tag, metadata=about)]))


def _session(run: Run) -> plugin_data_pb2.SessionStartInfo:
    started = plugin_data_pb2.SessionStartInfo()
    for name, value in board_hparams.told(run).items():
        field = {bool: "bool_value", str: "string_value"}.get(type(value), "number_value")
        setattr(started.hparams[name], field, value)
    return started


def _experiment(run: Run, metrics: Iterable[str]) -> api_pb2.Experiment:
    types = {bool: "DATA_TYPE_BOOL", float: "DATA_TYPE_FLOAT64", str: "DATA_TYPE_STRING"}
    return api_pb2.Experiment(
        hparam_infos=[
            # Those that are said to differ come first, and the first few are shown.
            api_pb2.HParamInfo(name=name, type=types[column.kind], differs=column.is_shown)
            for name, column in board_hparams.columns(run).items()
        ],
        metric_infos=[
            api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag), description=explanation(tag))
            for tag in metrics
        ],
    )


def _histogram(tag: str, count: Array) -> Summary:
    """How often each of the numbers 0, 1, 2 ... occurred, a bar for each."""
    numbers = np.arange(len(count))
    return summary.histogram_raw(
        tag,
        min=-0.5,
        max=len(count) - 0.5,
        num=int(count.sum()),
        sum=float(count @ numbers),
        sum_squares=float(count @ numbers**2),
        bucket_limits=(numbers + 0.5).tolist(),
        bucket_counts=count.tolist(),
    )
