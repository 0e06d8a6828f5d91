"""Results in the form that the library marl-eval reads, a file for each run and one for many.

    {environment: {task: {algorithm: {seed_7: {
        step_0: {step_count: 0, elapsed_time: 0.0, sampled/score: [x], ...},
        ...
        absolute_metrics: {sampled/score: [x], ...}}}}}}

The environment of our scenarios is `marec`, that of a foreign one its package. Tasks and algorithms
are called as in labels.py, with the constants that are not the defaults, so that a name says the
same wherever the file goes. `absolute_metrics` are those of scores.json. A list holds one number,
the mean over the episodes; what is not defined at some step is left out of all of them.

    python -m experiments.marl_eval runs --out marl_eval.json

Source: Gorsane et al. (2022), "Towards a standardised performance evaluation protocol for
cooperative MARL".
"""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agents.saving import write_whole

from . import labels, results
from .command import BadInput, Parser, program
from .results import METRICS, Result
from .run import FOREIGN, Run
from .run_folder import TIMING
from .tags import CLOCK

FILE = "marl_eval.json"
SUITE = "marec"
SECONDS = f"{CLOCK}seconds"

Document = dict[str, dict[str, dict[str, dict[str, Any]]]]


def main(argv: Sequence[str]) -> int:
    """Writes one file of all finished runs."""
    parser = Parser("marl_eval", __doc__ or "")
    parser.add_argument("places", type=Path, nargs="+", metavar="FOLDER", help="with runs")
    parser.add_argument("--out", type=Path, default=Path(FILE), help=f"(default: {FILE})")
    own = parser.parse(argv)
    found = results.find(own.places)
    if not found.finished:
        raise BadInput(f"there must be a finished run below {own.places[0]}, got none")
    write_whole(own.out, json.dumps(merge(found.finished)) + "\n")
    print(f"{len(found.finished)} runs in {own.out}; {len(found.unfinished)} are not finished")
    return 0


def write(folder: Path, table: str | None = None) -> None:
    """Writes marl_eval.json into the folder of a run.

    Args:
        folder: of a run that is finished, but for scores.json if `table` is given.
        table: what is to be in scores.json.
    """
    result = results.read(folder, table)
    environment, task, algorithm = place(result.run)
    document = {environment: {task: {algorithm: {f"seed_{result.run.seed}": points(result)}}}}
    write_whole(folder / FILE, json.dumps(document) + "\n")


def merge(folders: Iterable[Path]) -> Document:
    """One document of finished runs.

    A seed that a run in another world has taken becomes the next free one; a folder that repeats a
    run is left out.

    Raises:
        BadInput: if a folder is not that of a finished run, or its plug-in is gone.
    """
    merged: Document = {}
    seen = set()
    for result in map(results.read, folders):
        run = result.run
        if (same := labels.identity(run)) in seen:
            continue
        seen.add(same)
        environment, task, algorithm = place(run)
        taken = merged.setdefault(environment, {}).setdefault(task, {}).setdefault(algorithm, {})
        seed = next(s for s in itertools.count(run.seed) if f"seed_{s}" not in taken)
        taken[f"seed_{seed}"] = points(result)
    return merged


def place(run: Run) -> tuple[str, str, str]:
    """Environment, task and algorithm of a run.

    Raises:
        BadInput: if its plug-in is gone.
    """
    plain = Run(env=run.env, **FOREIGN) if run.scenario is None else Run(scenario=run.scenario)
    try:
        usual = replace(
            plain,
            agent=run.agent,
            objective=run.objective,
            catalogue=run.catalogue,
            catalogue_digest=run.catalogue_digest,
        ).complete()
    except ValueError as error:
        raise BadInput(f"{run.name} must be known with its defaults: {error}") from error
    task = labels.unusual(labels.task(run), labels.task(usual))
    algorithm = labels.unusual(labels.algorithm(run), labels.algorithm(usual))
    if run.scenario is not None:
        return SUITE, task, algorithm
    package, dot, name = task.partition(".")
    is_module = dot and not name.startswith("py:")
    return (package, name, algorithm) if is_module else (task, task, algorithm)


def points(result: Result) -> dict[str, dict[str, Any]]:
    """The evaluations of a run, then what it reached."""
    final = {
        f"{way}/{metric}": player.values[metric]
        for way, player in result.final.items()
        for metric in METRICS
    }
    names = [
        name
        for name, value in final.items()
        if value is not None and np.isfinite(result.curves[name]).all()
    ]
    seconds = elapsed(result)
    found: dict[str, dict[str, Any]] = {}
    for number, step in enumerate(result.steps.tolist()):
        numbers = {name: [float(result.curves[name][number])] for name in names}
        clock = {"elapsed_time": seconds[number]} if seconds is not None else {}
        found[f"step_{number}"] = {"step_count": step, **clock, **numbers}
    return found | {"absolute_metrics": {name: [final[name]] for name in names}}


def elapsed(result: Result) -> list[float] | None:
    """Seconds of training until each evaluation; None where no clock was read."""
    path = result.folder / TIMING
    if not path.exists():
        return None
    try:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        read = {0: 0.0} | {line["step"]: line[SECONDS] for line in lines if SECONDS in line}
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} must hold records in JSON: {error!r}") from error
    known = sorted(read)
    return np.interp(result.steps, known, [read[step] for step in known]).tolist()


if __name__ == "__main__":
    program(main, "marl_eval")
