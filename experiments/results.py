"""Results: what finished runs have left in their folders, read without anything that is not needed.

run.json        makes a folder that of a run
scores.json     the final table; written last, so a run without it is not finished
metrics.jsonl   its evaluations are the curve; of its other records nothing is read but the size
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from marec_env.arrays import Array

from .command import BadInput
from .run import Run
from .run_folder import METRICS as RECORDS
from .run_folder import RUN, SCORES
from .scores import PLAYED, WAYS
from .tags import EVALUATION

METRICS = ("score", "welfare")


class Player(NamedTuple):
    """A row of a final table."""

    kind: str  # of a reference player: "exact" or "best known"
    values: dict[str, float | None]  # of METRICS; None where there is no score


class Result(NamedTuple):
    """A finished run."""

    folder: Path
    run: Run
    final: dict[str, Player]  # way of playing -> what the policy reached
    players: dict[str, Player]  # the reference players, on the same episodes
    steps: Array  # of the evaluations, [E] int64
    curves: dict[str, Array]  # "way/metric" -> [E] float64, NaN where there is no number


class Found(NamedTuple):
    """The folders of runs below a place."""

    finished: list[Path]
    unfinished: list[Path]


def find(places: Iterable[Path]) -> Found:
    """All runs in or below the places, each once, in the order of their names.

    Raises:
        BadInput: if a place does not exist.
    """
    folders: dict[Path, Path] = {}
    for place in places:
        if not place.is_dir():
            raise BadInput(f"{str(place)!r} must be a folder with runs, got no such folder")
        for at, below, files in os.walk(place):
            if RUN in files:
                folders.setdefault(Path(at).resolve(), Path(at))
                below.clear()
    found = Found([], [])
    for folder in sorted(folders.values()):
        is_finished = (folder / SCORES).exists()
        (found.finished if is_finished else found.unfinished).append(folder)
    return found


def read(folder: Path, table: str | None = None) -> Result:
    """What a finished run has left.

    Args:
        folder: of the run.
        table: what is to be in scores.json, where that is not written yet.

    Raises:
        BadInput: if a file is missing or is not what a run writes.
    """
    try:
        run = Run.load(folder)
    except ValueError as error:
        raise BadInput(str(error)) from error
    played, players = {}, {}
    try:
        for row in json.loads(table or _bytes(folder / SCORES)):
            found = Player(row["kind"], {name: row[name] for name in METRICS})
            (played if row["kind"] == PLAYED else players)[row["player"]] = found
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(f"{folder / SCORES} must hold a table of scores: {error!r}") from error
    final = {way: row for way in WAYS for name, row in played.items() if _is_way(name, way, played)}
    if set(final) != set(WAYS):
        raise BadInput(f"{folder / SCORES} must say how the agent plays, got {list(played)}")
    return Result(folder, run, final, players, *_evaluations(folder / RECORDS))


def _is_way(name: str, way: str, played: dict[str, Player]) -> bool:
    """Whether a row is about a way of playing; a single one is about all."""
    return len(played) == 1 or name.endswith(f"({way})")


def _evaluations(path: Path) -> tuple[Array, dict[str, Array]]:
    """Steps [E] of the evaluations, and their numbers [E] by "way/metric"."""
    tags = {f"{way}/{metric}": f"{EVALUATION}{way}/{metric}" for way in WAYS for metric in METRICS}
    mark = b'"' + EVALUATION.encode()
    points: dict[int, dict[str, Any]] = {}
    for number, line in enumerate(_bytes(path).split(b"\n"), start=1):
        if mark in line:  # one in ten: reading the others would take most of the time
            try:
                record = json.loads(line)
                points[int(record["step"])] = dict(record["values"])
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(f"{path}:{number} must be a record in JSON: {error!r}") from error
    steps = sorted(points)
    curves = {
        name: np.array([points[step].get(tag, np.nan) for step in steps], np.float64)
        for name, tag in tags.items()
    }
    return np.array(steps, np.int64), curves


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} must be a file of a finished run: {error.strerror}") from error
