"""Drives the runs of a sweep to their ends: starts what waits, and resumes what died.

How a training ended is read from its folder and its exit code:

    scores.json is there      complete
    2, and the folder busy    the training of a killed driver is still at work: waited for
    2                         bad input, which no repetition helps: failed, and the others go on
    anything else             died, to be resumed, unless it died too often without progress

Nothing is remembered outside the folders, so a driver that was killed is simply started again.
"""

import itertools
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from . import run_folder
from .executors import Ending, Executor
from .lock import BUSY
from .run import Run
from .run_folder import Status

PATIENCE = 3  # deaths in a row without progress
KILLS = 10  # the same, where the last one was a signal, as anybody may send one
TICK = 0.5  # seconds between two looks


class State(Enum):
    """Where a job stands."""

    COMPLETE = "complete"
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(eq=False)
class Job:
    """A run on its way to its end."""

    name: str
    folder: Path
    run: Run
    state: State = State.WAITING
    reason: str = ""  # why it failed
    deaths: int = 0  # in a row, none of them farther than the one before
    farthest: int = 0  # the step of the farthest death, at first that of an earlier sweep

    def __post_init__(self) -> None:
        if run_folder.status(self.folder) is Status.COMPLETE:
            self.state = State.COMPLETE
        self.farthest = self.step

    @property
    def step(self) -> int:
        """Environment steps that are done."""
        return self.whole if self.state is State.COMPLETE else run_folder.step(self.folder)

    @property
    def whole(self) -> int:
        """Environment steps that there are to do."""
        return self.run.whole_steps


class News(NamedTuple):
    """What happened to a job."""

    job: Job
    words: str


def drive(jobs: Sequence[Job], executor: Executor, workers: int) -> Iterator[list[News]]:
    """Carries out the jobs that wait, those first that have begun.

    Args:
        jobs: are changed.
        executor: is not shut down.
        workers: trainings at a time.

    Yields:
        What is new since the last time; often, so mostly nothing.
    """
    queue = sorted((j for j in jobs if j.state is State.WAITING), key=lambda j: not j.step)
    running: dict[Future[Ending], Job] = {}
    while queue or running:
        free = (job for job in queue if not run_folder.is_busy(job.folder))
        for job in list(itertools.islice(free, workers - len(running))):
            queue.remove(job)
            run_folder.create(job.folder, job.run)
            job.state = State.RUNNING
            running[executor.submit(job.folder)] = job
            yield [News(job, f"resumes at step {job.step}" if job.step else "starts")]
        if not running:
            time.sleep(TICK)  # others are at work in all that is left
        for future in wait(running, TICK, FIRST_COMPLETED).done:
            job = running.pop(future)
            error = future.exception()
            words = _judge(job, Ending(1, repr(error)) if error else future.result())
            queue += [job] if job.state is State.WAITING else []
            yield [News(job, words)]
        yield []


def _judge(job: Job, ending: Ending) -> str:
    """Sets what becomes of a job whose training has ended, and says it."""
    job.state = State.WAITING
    if run_folder.status(job.folder) is Status.COMPLETE:
        job.state = State.COMPLETE
        return "is complete"
    if ending.code == 2 and BUSY in ending.words:
        return "waits for another process to end"
    if ending.code == 2:
        job.state, job.reason = State.FAILED, ending.words
        return f"failed: {job.reason}"
    is_farther = job.step > job.farthest
    job.farthest = max(job.step, job.farthest)
    job.deaths = 1 if is_farther else job.deaths + 1
    cause = f"ended with code {ending.code}: {ending.words}"
    if ending.code < 0:
        names = {number.value: number.name for number in signal.Signals}
        cause = f"was killed by {names.get(-ending.code, -ending.code)}"
    if job.deaths < (KILLS if ending.code < 0 else PATIENCE):
        return f"{cause}; it will be resumed"
    job.state = State.FAILED
    job.reason = f"{cause}, {job.deaths} times in a row without progress"
    return f"failed: {job.reason}"
