"""Writes Records: TensorBoard scalars and histograms, and the same numbers as lines of JSON.

A run's folder holds

    run.json         the Run, every constant written down
    metrics.jsonl    one line a record, floats exact: {"step": 1, "values": {...}, "counts": {...}}
    events.out...    the same for TensorBoard, with the Run as text and, at the end, as hparams
    agent.*          the trained policy, as agents.save writes it

Which numbers there are is said in tags.py. This is the only file that knows SummaryWriter.
"""

import dataclasses
import json
import math
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from torch.utils.tensorboard import SummaryWriter
from torch.utils.tensorboard.summary import hparams

from marec_env.arrays import Array

from .constants import write
from .records import Record
from .run import Run
from .tags import EVALUATION, FINAL
from .tags import TAGS as TAGS


class Writer:
    """Writes into the folder of a run, which exists; a context manager."""

    def __init__(self, folder: Path, run: Run):
        self._run = run
        (folder / "run.json").write_text(run.to_json())
        self._lines = (folder / "metrics.jsonl").open("x")
        self._board = SummaryWriter(str(folder))
        self._board.add_text("run", _as_text(run))

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

    def write(self, record: Record) -> None:
        """A record's numbers; those that are not defined (NaN) are left out."""
        values = {tag: value for tag, value in record.values.items() if not math.isnan(value)}
        counts = {tag: count.tolist() for tag, count in record.counts.items()}
        line = {"step": record.step, "values": values, "counts": counts}
        self._lines.write(json.dumps(line) + "\n")
        self._lines.flush()  # an interrupted run keeps all it has written
        for tag, value in values.items():
            self._board.add_scalar(tag, value, record.step)
        for tag, count in record.counts.items():
            self._histogram(tag, count, record.step)

    def text(self, tag: str, text: str) -> None:
        """Markdown for TensorBoard's text page."""
        self._board.add_text(tag, text)

    def finish(self, last: Record) -> None:
        """The Run's constants beside the last evaluation, for TensorBoard's hparams page."""
        metrics = {
            tag.replace(EVALUATION, FINAL): value
            for tag, value in last.values.items()
            if tag.startswith(EVALUATION)
        }
        self.write(Record(last.step, metrics, {}))
        # add_hparams would begin a folder of its own, which shows up as another run
        for summary in hparams(_flat(self._run), metrics):
            self._board._get_file_writer().add_summary(summary)

    def _histogram(self, tag: str, count: Array, step: int) -> None:
        numbers = np.arange(len(count))
        self._board.add_histogram_raw(
            tag,
            min=-0.5,
            max=len(count) - 0.5,
            num=int(count.sum()),
            sum=float(count @ numbers),
            sum_squares=float(count @ numbers**2),
            bucket_limits=(numbers + 0.5).tolist(),
            bucket_counts=count.tolist(),
            global_step=step,
        )


def _flat(run: Run) -> dict[str, Any]:
    """A Run as one level of numbers and texts, groups as `agent.learning_rate`."""
    found = {}
    for name, value in dataclasses.asdict(run).items():
        prefix = name.removesuffix("_constants")
        entries = value.items() if isinstance(value, dict) else [("", value)]
        for constant, setting in entries:
            key = f"{prefix}.{constant}" if constant else name
            is_plain = isinstance(setting, int | float | str) and not isinstance(setting, bool)
            found[key] = setting if is_plain else write(setting)
    return found


def _as_text(run: Run) -> str:
    rows = "\n".join(f"| {name} | {value} |" for name, value in _flat(run).items())
    return f"    {run.command()}\n\n| constant | value |\n|---|---|\n{rows}"
