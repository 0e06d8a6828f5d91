"""What TensorBoard's embedding projector shows: vectors as points, each with its labels.

    FOLDER/projector_config.pbtxt    which files there are
          /NAME.tsv                  a vector a line
          /NAME-labels.tsv           a header, then the labels of each vector
          /events...                 makes it a run: TensorBoard looks for the others in runs only

Vectors and labels are plain text. `tensorboard --logdir` finds them in FOLDER and in any above it.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from google.protobuf import text_format
from tensorboard.plugins.projector import projector_config_pb2

from agents.saving import write_whole
from marec_env.arrays import Array

from .board_file import EVENTS, BoardFile

CONFIG = "projector_config.pbtxt"

configs: Any = projector_config_pb2  # generated: its classes are there when the program runs


class Points(NamedTuple):
    """Vectors with labels."""

    vectors: Array  # [N, D]
    labels: Mapping[str, Sequence[str]]  # name of a label -> N texts


def write(folder: Path, shown: Mapping[str, Points]) -> None:
    """Writes the files for points by name into `folder`, which is made if it is not there.

    Raises:
        ValueError: if a label is not given for every vector.
    """
    for name, points in shown.items():
        for label, texts in points.labels.items():
            if len(texts) != len(points.vectors):
                raise ValueError(
                    f"{name} must have a {label} for each of its {len(points.vectors)} vectors, "
                    f"got {len(texts)}"
                )
    folder.mkdir(parents=True, exist_ok=True)
    config = configs.ProjectorConfig()
    for name, points in shown.items():
        config.embeddings.add(
            tensor_name=name,
            tensor_shape=points.vectors.shape,
            tensor_path=f"{name}.tsv",
            metadata_path=f"{name}-labels.tsv",
        )
        lines = ("\t".join(f"{x:.6g}" for x in row) for row in np.asarray(points.vectors).tolist())
        write_whole(folder / f"{name}.tsv", "\n".join(lines) + "\n")
        write_whole(folder / f"{name}-labels.tsv", _labels(points.labels))
    write_whole(folder / CONFIG, text_format.MessageToString(config))
    if not any(folder.glob(EVENTS)):
        with closing(BoardFile(folder, {}.get)) as board:
            board.text("points", ", ".join(f"{len(p.vectors)} {n}" for n, p in shown.items()))


def _labels(labels: Mapping[str, Sequence[str]]) -> str:
    """A table; with a single column the projector wants no header."""
    columns = [[" ".join(text.split()) or "-" for text in texts] for texts in labels.values()]
    rows = map(list, zip(*columns, strict=True))
    header = [list(labels)] if len(labels) > 1 else []
    return "\n".join("\t".join(row) for row in [*header, *rows]) + "\n"
