"""The folder of a run, seen from outside: what it was made for, how far it is, who is at work.

run.json         makes it the folder of a run, and appears together with it
metrics.jsonl    its last line has the step
scores.json      is written last: the run is complete
lock             is held by the process that trains
"""

import json
import os
from dataclasses import replace
from enum import Enum
from pathlib import Path

from agents.saving import write_whole

from .command import BadInput
from .lock import only_one
from .run import Run

RUN, METRICS, TIMING = "run.json", "metrics.jsonl", "timing.jsonl"
SCORES, HELD_OUT_SCORES = "scores.json", "scores-held-out.json"
TAIL = 2**20  # bytes at the end of metrics.jsonl that surely hold a whole line


class Status(Enum):
    """How far a run is."""

    MISSING = "missing"
    UNFINISHED = "unfinished"
    COMPLETE = "complete"


def status(folder: Path) -> Status:
    """Missing means that nothing has been trained."""
    if (folder / SCORES).exists():
        return Status.COMPLETE
    return Status.UNFINISHED if (folder / METRICS).exists() else Status.MISSING


def step(folder: Path) -> int:
    """Environment steps that are done; 0 where there are none."""
    try:
        with (folder / METRICS).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            written = file.read()
    except FileNotFoundError:
        return 0
    for line in reversed(written.split(b"\n")):  # the last one may be half written, or damaged
        try:
            return int(json.loads(line)["step"])
        except (ValueError, KeyError, TypeError):
            continue
    return 0


def check(folder: Path, run: Run) -> None:
    """Refuses a folder that is there for something else than `run`.

    Raises:
        ValueError: if it holds another run, or no run at all.
    """
    if not folder.exists():
        return
    kept = replace(Run.load(folder).complete(), catalogue_digest=None)
    if kept != replace(run.complete(), catalogue_digest=None):
        raise ValueError(f"{folder} must hold {run.command()}, got {kept.command()}")


def create(folder: Path, run: Run) -> Path:
    """Makes folder and run.json at once, unless they are there; one process at a time may."""
    if not folder.exists():
        new = folder.with_name(".new")
        new.mkdir(parents=True, exist_ok=True)  # a killed process may have left it
        write_whole(new / RUN, run.to_json())
        new.rename(folder)
    return folder


def is_busy(folder: Path) -> bool:
    """Whether a living process trains there."""
    if not folder.exists():  # which taking its lock would change
        return False
    try:
        with only_one(folder):
            return False
    except BadInput:
        return True
