"""Writes for TensorBoard: one run's numbers, pictures and texts, in the folder of the run.

    scalars, histograms    every Record, a tag's explanation beside it
    custom scalars         the charts of board_layout.py
    images, text           what it is given; the Run with the exact command
    hparams                the Run's constants beside its final metrics, in the same folder: a
                           folder of its own would show up as another run

board_file.py knows how the files are written.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2
from torch.utils.tensorboard import summary

from marec_env.arrays import Array

from . import board_hparams, board_layout
from .board_file import EVENTS as EVENTS
from .board_file import BoardFile, Summary, protos
from .records import Record
from .run import Run
from .tags import explanation

# Generated modules: their classes are there when the program runs, and for nobody who reads them.
hparams: Any = api_pb2
sessions: Any = plugin_data_pb2


class Board(BoardFile):
    """Adds to what TensorBoard shows of a run."""

    def __init__(self, folder: Path, run: Run, *, is_new: bool):
        """Opens a new event file.

        Args:
            folder: of the run; exists.
            run: what is trained, every constant written down.
            is_new: nothing has been said about this run yet.
        """
        super().__init__(folder, explanation)
        self._run = run
        if is_new:
            self.text("run", board_hparams.described(run))
            self._add(summary.custom_scalars(board_layout.charts(run.scenario)))
            self._hparams(session_start_info=_session(run))

    def write(self, record: Record, wall_time: float | None = None) -> None:
        """The numbers of a record, which was made at `wall_time`, by default now."""
        self.numbers(record.values, record.step, wall_time)
        for tag, count in record.counts.items():
            self._add(_histogram(tag, count), record.step, wall_time)
        self._file.flush()  # for those who watch

    def picture(self, tag: str, image: Array, step: int) -> None:
        """An image [H, W, 3] uint8 for the image page."""
        self._add(summary.image(tag, image, dataformats="HWC"), step)

    def moving_picture(self, tag: str, gif: bytes, shape: tuple[int, ...], step: int) -> None:
        """A GIF with frames of `shape` [H, W, 3] for the image page."""
        height, width, _ = shape
        image = protos.Summary.Image(
            height=height, width=width, colorspace=3, encoded_image_string=gif
        )
        self._add(protos.Summary(value=[protos.Summary.Value(tag=tag, image=image)]), step)

    def finish(self, metrics: Iterable[str]) -> None:
        """The run is complete; `metrics` are the tags of its final numbers, which are written."""
        self._hparams(experiment=_experiment(self._run, metrics))
        success = hparams.Status.Value("STATUS_SUCCESS")
        self._hparams(session_end_info=sessions.SessionEndInfo(status=success))

    def _hparams(self, **said: Any) -> None:
        (kind,) = said
        about = metadata.create_summary_metadata(sessions.HParamsPluginData(**said))
        tag = f"{metadata.PLUGIN_NAME.join(('_', '_'))}/{kind}"
        self._add(protos.Summary(value=[protos.Summary.Value(tag=tag, metadata=about)]))


def _session(run: Run) -> Any:
    started = sessions.SessionStartInfo()
    for name, value in board_hparams.told(run).items():
        field = {bool: "bool_value", str: "string_value"}.get(type(value), "number_value")
        setattr(started.hparams[name], field, value)
    return started


def _experiment(run: Run, metrics: Iterable[str]) -> Any:
    types = {bool: "DATA_TYPE_BOOL", float: "DATA_TYPE_FLOAT64", str: "DATA_TYPE_STRING"}
    return hparams.Experiment(
        hparam_infos=[
            # Those that are said to differ come first, and the first few are shown.
            hparams.HParamInfo(name=name, type=types[column.kind], differs=column.is_shown)
            for name, column in board_hparams.columns(run).items()
        ],
        metric_infos=[
            hparams.MetricInfo(name=hparams.MetricName(tag=tag), display_name=name)
            for tag, name in board_hparams.metric_columns(metrics).items()
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
