"""What a run goes on from: its newest checkpoint, if it is whole, and of this very run."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import checkpoint, plugins
from .run import Run
from .writer import check_sizes

KEYS = {"run", "sources", "versions", "sizes", "clock", "course"}  # of a checkpoint


def last_state(folder: Path) -> dict[str, Any] | None:
    """The newest checkpoint of the run in a folder; None if there is none.

    Raises:
        ValueError: if it is damaged or of something else, or the files have lost what it knows of.
    """
    state = checkpoint.load(folder)
    if state is not None:
        if missing := KEYS - state.keys():
            raise ValueError(
                f"the checkpoints of {folder} must be of a training, the last one has no "
                f"{', '.join(sorted(missing))}"
            )
        check_sizes(folder, state["sizes"])
    return state


def same_run(run: Run, state: dict[str, Any]) -> Run:
    """The checkpoint's run, if it is `run` with the plug-ins that there are; else a ValueError.

    `run` need not know its catalogue's digest; the checkpoint does.
    """
    its_run = state["run"]
    if run.catalogue_digest is None:
        run = replace(run, catalogue_digest=its_run.get("catalogue_digest"))
    given = json.loads(run.to_json())
    for name in {**its_run, **given}:
        if its_run.get(name) != given.get(name):
            raise ValueError(
                f"run.json must be that of the checkpoint, with {name} = {its_run.get(name)!r}, "
                f"got {given.get(name)!r}"
            )
    found = plugins.digests(run.scenario, run.env, run.agent)
    for place, digest in state["sources"].items():
        if found.get(place) != digest:
            raise ValueError(f"{place} must be the file that the run began with, with digest "
                             f"{digest[:12]}, got {found.get(place, 'none')[:12]}")  # fmt: skip
    return run
