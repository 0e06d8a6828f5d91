"""Writes Records into the folder of a run: for TensorBoard, and the same numbers as lines of JSON.

    metrics.jsonl    one line a record, floats exact: {"step": 1, "values": {...}, "counts": {...}}
    timing.jsonl     one line a record: when it was written, and how long training took until then
    events.out...    the numbers of both for TensorBoard, and what board.py adds

Only lines are added to these files. So their sizes say where they were at a checkpoint, and cut to
them they are what they were: no point is missing or there twice. `metrics.jsonl` is decided by the
Run alone, which numbers there are is said in tags.py; what a clock says is in `timing.jsonl`.
"""

import json
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from marec_env.arrays import Array

from . import film
from .board import EVENTS, Board
from .records import Record
from .run import Run
from .run_folder import METRICS, TIMING
from .tags import EVALUATION, FINAL


class Writer:
    """Adds to the files of a run; a context manager."""

    def __init__(self, folder: Path, run: Run):
        self._folder = folder
        is_new = not _written(folder)
        self._lines = (folder / METRICS).open("a")
        self._times = (folder / TIMING).open("a")
        self._board = Board(folder, run, is_new=is_new)

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._board.close()
        self._lines.close()
        self._times.close()

    def write(self, record: Record, clock: dict[str, float]) -> None:
        """A record's numbers, those that are not defined (NaN) left out, and those of a clock."""
        values = {tag: value for tag, value in record.values.items() if not math.isnan(value)}
        counts = {tag: count.tolist() for tag, count in record.counts.items()}
        _add(self._lines, {"step": record.step, "values": values, "counts": counts})
        now = time.time()
        _add(self._times, {"step": record.step, "wall_time": now} | clock)
        self._board.write(Record(record.step, values | clock, record.counts), now)

    def pictures(self, drawn: dict[str, Array], step: int) -> None:
        """Pictures [H, W, 3] uint8 by tag, for TensorBoard."""
        for tag, image in drawn.items():
            self._board.picture(tag, image, step)

    def film(self, frames: Sequence[Array], fps: float, step: int) -> None:
        """An episode of the final evaluation, frames [H, W, 3] uint8, and its last frame."""
        gif = film.gif(frames, fps)
        self._board.moving_picture(f"{FINAL}episode", gif, frames[0].shape, step)
        self._board.picture(f"{FINAL}last_step", frames[-1], step)

    def text(self, tag: str, text: str) -> None:
        """Markdown for TensorBoard's text page."""
        self._board.text(tag, text)

    def finish(self, last: Record) -> None:
        """The last evaluation, beside the Run's constants on TensorBoard's hparams page."""
        metrics = {
            tag.replace(EVALUATION, FINAL): value
            for tag, value in last.values.items()
            if tag.startswith(EVALUATION) and not math.isnan(value)
        }
        self.write(Record(last.step, metrics, {}), {})
        self._board.finish(metrics)

    def sizes(self) -> dict[str, int]:
        """How many bytes of each file there are now, all of them on the disk."""
        self._board.flush()
        for file in (self._lines, self._times):
            file.flush()
            os.fsync(file.fileno())
        return {path.name: path.stat().st_size for path in _written(self._folder)}


def check_sizes(folder: Path, sizes: dict[str, int]) -> None:
    """Raises ValueError if the files of a run have lost what a checkpoint knows of."""
    for name, size in sizes.items():
        path = folder / name
        found = path.stat().st_size if path.is_file() else 0
        if found < size:
            raise ValueError(f"{path} must have at least the {size} bytes that it had at the last "
                             f"checkpoint, got {found}")  # fmt: skip


def rewind(folder: Path, sizes: dict[str, int]) -> None:
    """Cuts the files of a run to what they were at a checkpoint."""
    for path in _written(folder):
        if path.name in sizes:
            os.truncate(path, sizes[path.name])
        else:
            path.unlink()


def _written(folder: Path) -> list[Path]:
    return [path for name in (METRICS, TIMING, EVENTS) for path in sorted(folder.glob(name))]


def _add(file: TextIO, line: dict[str, Any]) -> None:
    file.write(json.dumps(line) + "\n")
    file.flush()  # an interrupted run keeps all it has written
