"""Checkpoints: everything that decides how a run goes on, exact, whole and verified.

    RUN/checkpoints/step-000000012800/state.json            numbers, texts and the names of arrays
                                     /arrays.safetensors    the arrays, under dotted keys

A checkpoint is written beside its place and then moved there, so a kill leaves a whole one or none;
the one before stays until the new one is complete, and after that as well. `state.json` holds the
digest of the arrays and its own, so what was damaged on the disk is found on loading. Nothing is
pickled.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import numpy as safetensors

from agents.serialisation import insert_arrays, take_arrays

FORMAT = 1
KEPT = 2  # the last one, and the one before in case the disk damages it
FOLDER, STATE, ARRAYS = "checkpoints", "state.json", "arrays.safetensors"
UNFINISHED, DROPPED = ".unfinished", ".dropped"


class Damaged(ValueError):
    """A checkpoint is not what was written; the message is one sentence."""


def save(folder: Path, step: int, state: dict[str, Any]) -> Path:
    """Writes `state` as the newest checkpoint of the run in `folder`, and drops old ones.

    Args:
        folder: of the run.
        step: environment steps so far.
        state: nested dicts of arrays, tensors and what JSON holds.

    Raises:
        OSError: if it cannot be written; then the checkpoints are what they were.
        ValueError: if the state holds something else.
    """
    home = folder / FOLDER
    home.mkdir(exist_ok=True)
    unfinished, place = home / UNFINISHED, home / f"step-{step:012d}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir()
        _write(unfinished, state)
        _drop(place)  # of the same step, from before the run was resumed
        unfinished.replace(place)
        _to_disk(home)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for old in steps(folder)[:-KEPT]:
        _drop(home / f"step-{old:012d}")
    return place


def steps(folder: Path) -> list[int]:
    """The steps of the whole checkpoints in the folder of a run, in order."""
    names = (path.name.removeprefix("step-") for path in (folder / FOLDER).glob("step-*"))
    return sorted(int(name) for name in names if name.isdigit())


def load(folder: Path) -> dict[str, Any] | None:
    """The state of the newest checkpoint, arrays as NumPy; None if there is none.

    Raises:
        Damaged: if it is not what was written.
    """
    found = steps(folder)
    if not found:
        return None
    place = folder / FOLDER / f"step-{found[-1]:012d}"
    try:
        return _read(place)
    except (OSError, ValueError, KeyError, TypeError) as error:
        before = f"the one of step {found[-2]}" if len(found) > 1 else "the start"
        raise Damaged(f"{place} must be as it was written: {error}; without this folder the run "
                      f"goes on from {before}") from error  # fmt: skip


def _to_disk(folder: Path) -> None:
    """Brings what was renamed in a folder to the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _drop(place: Path) -> None:
    """Removes a checkpoint, if there is one; it is never seen in parts."""
    dropped = place.with_name(DROPPED)
    shutil.rmtree(dropped, ignore_errors=True)
    if place.exists():
        place.replace(dropped)
        shutil.rmtree(dropped)


def _write(folder: Path, state: dict[str, Any]) -> None:
    arrays: dict[str, np.ndarray] = {}
    try:
        text = json.dumps(take_arrays(state, arrays))
    except TypeError as error:
        raise ValueError(
            f"a state must be arrays, numbers, strings, lists and dicts of them: {error}"
        ) from None
    content = safetensors.save(arrays)
    description = {
        "format": FORMAT,
        "arrays_sha256": hashlib.sha256(content).hexdigest(),
        "state_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "state": text,
    }
    for name, data in ((ARRAYS, content), (STATE, json.dumps(description).encode())):
        with (folder / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _read(place: Path) -> dict[str, Any]:
    description = json.loads((place / STATE).read_text())
    if description["format"] != FORMAT:
        raise ValueError(f"its format must be {FORMAT}, got {description['format']}")
    content = (place / ARRAYS).read_bytes()
    for name, data in (("arrays", content), ("state", description["state"].encode())):
        expected, digest = description[f"{name}_sha256"], hashlib.sha256(data).hexdigest()
        if digest != expected:
            raise ValueError(f"its {name} must have the digest {expected[:12]}, got {digest[:12]}")
    return insert_arrays(json.loads(description["state"]), safetensors.load(content))
