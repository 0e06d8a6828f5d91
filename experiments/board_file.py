"""An event file of TensorBoard: numbers and texts by tag and step, and what each tag means.

A file only ever grows, and whoever goes on opens a further one: TensorBoard reads all of a folder
as one run.
"""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter
from torch.utils.tensorboard import summary

EVENTS = "events.out.tfevents.*"

# Generated modules: their classes are there when the program runs, and for nobody who reads them.
protos: Any = summary_pb2
events: Any = event_pb2

Summary = Any  # a protos.Summary


class BoardFile:
    """Adds to what TensorBoard shows of a folder; `flush` or `close` puts it on the disk."""

    def __init__(self, folder: Path, explanation: Callable[[str], str | None]):
        """Opens a new event file.

        Args:
            folder: exists.
            explanation: what a tag says, None where nobody has said it.
        """
        self._explanation = explanation
        self._explained: set[str] = set()
        # TensorBoard reads files in the order of their names: by a number, not by a clock
        numbers = (path.suffix[1:] for path in folder.glob(EVENTS))
        number = max((int(text) for text in numbers if text.isdigit()), default=0) + 1
        self._file = (folder / EVENTS.replace("*", f"{number:010d}")).open("xb")
        self._records = RecordWriter(self._file)
        self._write(events.Event(file_version="brain.Event:2"), None)

    def numbers(
        self, values: Mapping[str, float], step: int, wall_time: float | None = None
    ) -> None:
        """Points of curves, made at `wall_time`, by default now."""
        for tag, value in values.items():
            self._add(summary.scalar(tag, value), step, wall_time)

    def text(self, tag: str, markdown: str, step: int = 0) -> None:
        """A text for the text page; nothing where it is empty."""
        if markdown:
            self._add(summary.text(tag, markdown), step)

    def flush(self) -> None:
        """Returns when everything said so far is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Writes what is left; nothing may be added afterwards."""
        self._file.close()

    def _add(self, said: Summary, step: int = 0, wall_time: float | None = None) -> None:
        for value in said.value:
            if value.tag not in self._explained:  # TensorBoard reads it with a tag's first value
                self._explain(value)
                self._explained.add(value.tag)
        self._write(events.Event(summary=said, step=step), wall_time)

    def _write(self, event: Any, wall_time: float | None) -> None:
        event.wall_time = time.time() if wall_time is None else wall_time
        self._records.write(event.SerializeToString())

    def _explain(self, value: Any) -> None:
        """Puts the meaning beside a value; TensorBoard heeds it where the kind is said too."""
        kinds = {  # what holds the value -> who shows it, how it is kept
            "simple_value": ("scalars", "DATA_CLASS_SCALAR"),
            "histo": ("histograms", "DATA_CLASS_TENSOR"),
            "image": ("images", "DATA_CLASS_BLOB_SEQUENCE"),
        }
        about, kind = self._explanation(value.tag), kinds.get(value.WhichOneof("value"))
        if about and kind:
            value.metadata.summary_description = about
            value.metadata.plugin_data.plugin_name = kind[0]
            value.metadata.data_class = protos.DataClass.Value(kind[1])
