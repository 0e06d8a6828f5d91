"""Trains the runs of a suite that are not complete yet, some at a time, until all of them are.

python -m experiments.sweep smoke --workers 2
python -m experiments.sweep my_suite.py:SUITE --out runs/mine

Every run has a folder below --out and is a process of `experiments.train`. One that dies is resumed
from its last checkpoint, by this sweep or by the next: after Ctrl-C, a crash or a power cut the
same command goes on, and the numbers are those of a sweep that nothing happened to.
"""

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from . import run_folder, suites
from .command import BadInput, Parser, program
from .driver import Job, State, drive
from .executors import Executor, LocalExecutor
from .lock import only_one
from .run import Run
from .sweep_view import View


def main(argv: Sequence[str]) -> int:
    """Returns 0 if all runs are complete, 1 if some failed, 130 after Ctrl-C."""
    own = _parser().parse(argv)
    out = own.out or Path("runs") / own.suite.rpartition(":")[2]
    for name in ("workers", "threads"):
        if getattr(own, name) is not None and getattr(own, name) < 1:
            raise BadInput(f"--{name} must be >= 1, got {getattr(own, name)}")
    try:
        runs = suites.find(own.suite).runs()
        if own.threads is not None:
            runs = {name: replace(run, threads=own.threads) for name, run in runs.items()}
        jobs = plan(runs, out)
    except ValueError as error:
        raise BadInput(str(error)) from error
    if own.dry_run:
        _print_plan(jobs)
        return 0
    try:
        sweep(jobs, out, LocalExecutor(own.workers), own.workers)
    except KeyboardInterrupt:
        again = shlex.join(["python", "-m", "experiments.sweep", *argv])
        print(f"stopped; this goes on from here: {again}", flush=True)
        return 130
    failed = [job for job in jobs if job.state is State.FAILED]
    for job in failed:
        print(f"failed: {job.name}: {job.reason}")
    print(f"{len(jobs) - len(failed)} of {len(jobs)} runs are complete, in {out}")
    return 1 if failed else 0


def plan(runs: Mapping[str, Run], out: Path) -> list[Job]:
    """A job for each run, in a folder of its name below `out`; changes nothing.

    Raises:
        ValueError: if such a folder is there for something else.
    """
    for name, run in runs.items():
        run_folder.check(out / name, run)
    return [Job(name, out / name, run) for name, run in runs.items()]


def sweep(jobs: Sequence[Job], out: Path, executor: Executor, workers: int) -> None:
    """Carries out all jobs and shows how that goes; each of them ends complete or failed.

    Args:
        jobs: are changed.
        out: where their folders are; one sweep at a time can be at work there.
        executor: is shut down in the end.
        workers: trainings at a time.

    Raises:
        BadInput: if there cannot be such a folder, or another sweep is at work in it.
        KeyboardInterrupt: on Ctrl-C, after all that was under way has ended.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--out must be a folder, got {str(out)!r}: {error}") from error
    with only_one(out):
        try:
            with View(jobs) as view:
                for news in drive(jobs, executor, workers):
                    view.show(news)
        except KeyboardInterrupt:
            print("ending the trainings under way; Ctrl-C kills them", flush=True)
            raise
        finally:
            executor.shutdown()


def _parser() -> Parser:
    parser = Parser("sweep", __doc__ or "")
    parser.add_argument("suite", metavar="SUITE", help="a name of --list, or my_file.py:SUITE")
    parser.add_argument("--list", action=_List, nargs=0, help="print the suites")
    parser.add_argument("--out", type=Path, metavar="FOLDER",
                        help="keeps the runs (default: runs/SUITE)")  # fmt: skip
    parser.add_argument("--workers", type=int, default=2, help="trainings at a time (default: 2)")
    parser.add_argument(
        "--threads", type=int, help="of each training (default: as the suite has it)"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print how far the runs are, and end"
    )
    return parser


class _List(argparse.Action):
    """Prints the suites, and exits."""

    def __call__(self, *_: Any) -> None:
        print(suites.listing())
        sys.exit(0)


def _print_plan(jobs: Sequence[Job]) -> None:
    table = Table(box=None)
    table.add_column("run", no_wrap=True)
    table.add_column("status")
    table.add_column("steps", justify="right")
    for job in jobs:
        status = run_folder.status(job.folder).value
        table.add_row(job.name, status, f"{job.step:,} / {job.whole:,}")
    Console().print(table)


if __name__ == "__main__":
    program(main, "sweep")
