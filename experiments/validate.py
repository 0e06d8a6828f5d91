"""Checks learners against published figures, in the games that these are of.

python -m experiments.validate matrix
python -m experiments.validate spread --agents iql,vdn,qmix --seeds 5

Trains the learners that have settings for the task (validation_settings.py), one after the other
and as a sweep does it: what is complete below --out is not trained again, and what has begun there
is resumed. After each learner, the tables of the task in --page are written anew, of all runs that
are complete.
"""

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from . import validation_page
from .command import BadInput, Parser, program
from .executors import LocalExecutor
from .published import TASKS
from .sweep import plan, sweep
from .validation_settings import learners, runs


def main(argv: Sequence[str]) -> int:
    """Returns 0 if all runs are complete, 1 if some failed, 130 after Ctrl-C."""
    own = _parse(argv)
    failed = []
    try:
        for agent in own.agents:
            jobs = plan(runs(own.task, agent, own.seeds, own.share), own.out)
            if not own.page_only:
                sweep(jobs, own.out, LocalExecutor(own.workers), own.workers)
                failed += [job for job in jobs if job.reason]
            validation_page.write(own.page, own.task, own.out, own.seeds)
    except ValueError as error:
        raise BadInput(str(error)) from error
    except KeyboardInterrupt:
        again = shlex.join(["python", "-m", "experiments.validate", *argv])
        print(f"stopped; this goes on from here: {again}", flush=True)
        return 130
    for job in failed:
        print(f"failed: {job.name}: {job.reason}")
    print(f"tables in {own.page}")
    return 1 if failed else 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line, with every default filled in; raises BadInput."""
    parser = Parser("validate", __doc__ or "")
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--agents", metavar="AGENT,.", help="(default: all with settings)")
    parser.add_argument("--seeds", type=int, help="how many (default: as the task has it)")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the steps, to see that it works (default: 1)"
    )
    parser.add_argument("--workers", type=int, default=1, help="trainings at once (default: 1)")
    parser.add_argument("--out", type=Path, default=Path("runs/validation"), metavar="FOLDER",
                        help="keeps the runs (default: runs/validation)")  # fmt: skip
    parser.add_argument("--page", type=Path, default=Path("docs/validation.md"), metavar="FILE.md",
                        help="gets the tables (default: docs/validation.md)")  # fmt: skip
    parser.add_argument("--page-only", action="store_true", help="train nothing")
    own = parser.parse(argv)
    known = learners(own.task)
    own.agents = own.agents.split(",") if own.agents else known
    for agent in own.agents:
        if agent not in known:
            raise BadInput(f"--agents must be of {', '.join(known)}, got {agent!r}")
    own.seeds = TASKS[own.task].seeds if own.seeds is None else own.seeds
    for name in ("seeds", "workers"):
        if getattr(own, name) < 1:
            raise BadInput(f"--{name} must be >= 1, got {getattr(own, name)}")
    if not 0 < own.share <= 1:
        raise BadInput(f"--share must be in (0, 1], got {own.share}")
    own.out /= own.task
    return own


if __name__ == "__main__":
    program(main, "validate")
