"""Trains the run of a folder to its end, from wherever it was left.

    RUN/run.json       the Run, every constant written down
        metrics.jsonl  what was measured (writer.py), for TensorBoard in events.out...
        checkpoints/   where to go on from (checkpoint.py)
        best/          the policy of the best evaluation; also a run's folder that can be evaluated
        agent.*        the policy at the end, as agents.save writes it
        scores-held-out.json  the same among users held out, if there are any
        scores.json    the final evaluation; written last, so it says that the run is complete

A process may be killed at any moment: the files are cut to what they were at the last checkpoint,
and everything after it is done again, to the same bits.
"""

import errno
import json
import math
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

import agents
from agents.saving import write_whole

from . import (
    checkpoint,
    divergence,
    explain,
    film,
    marl_eval,
    pictures,
    plugins,
    reasons,
    table,
    waterfall,
)
from .build import Built, build
from .clock import Clock
from .command import BadInput, brought_along
from .course import Course, summary
from .divergence import Diverged
from .interrupts import Interrupts
from .records import Record
from .resuming import same_run
from .run import Run
from .run_folder import HELD_OUT_SCORES, RUN, SCORES
from .scores import FINAL_TIMES, Examiner
from .tags import FINAL
from .versions import versions
from .writer import Writer

BEST = "best"
FRAMES = 26  # of the episode that is shown at the end
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass
class Prepared:
    """A run that has been built and, where it was left, taken up again; nothing is written yet."""

    built: Built
    examiner: Examiner
    course: Course
    clock: Clock
    first: Record | None = None  # of a new run: the evaluation before it


def prepare(run: Run, state: dict[str, Any] | None = None) -> Prepared:
    """Builds `run`, and goes on from a checkpoint's `state` if there is one.

    Raises:
        BadInput: if it cannot be played or kept, or the checkpoint is of something else.
    """
    try:
        run = run if state is None else same_run(run, state)
        built = build(run)
        examiner = Examiner(built, built.run.evaluation_episodes)
        course = Course(examiner)
        if state is not None:
            try:
                course.load_state_dict(state["course"])
            except (KeyError, TypeError) as error:
                raise ValueError(f"the checkpoint must fit the run: {error!r}") from error
            return Prepared(built, examiner, course, Clock(state["clock"]))
        prepared = Prepared(built, examiner, course, Clock(), first=course.advance())
        with tempfile.TemporaryDirectory() as elsewhere:  # one that cannot be kept leaves nothing
            _save(built, Path(elsewhere))
            if course.learner is not None:
                checkpoint.save(Path(elsewhere), 0, _state(prepared, {}))
    except ValueError as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise BadInput(f"a checkpoint cannot be written: {error}") from error
        raise
    return prepared


def carry_on(folder: Path, prepared: Prepared, *, quiet: bool = False) -> bool:
    """Trains to the end, writing into `folder`, which holds a run.json and is nobody else's.

    Args:
        folder: of the run.
        prepared: the run, new or as it was at the newest checkpoint there.
        quiet: no progress bar and no table.

    Returns:
        Whether the run is complete; False after a Ctrl-C, which keeps what has been learnt.

    Raises:
        BadInput: if the disk takes no more; the last checkpoint is kept.
        Diverged: if the learner's numbers are no longer finite; the last checkpoint is kept.
    """
    built, interrupts = prepared.built, Interrupts()
    with kept(folder), brought_along(built.run), interrupts, Writer(folder, built.run) as writer:
        try:
            _train(folder, prepared, writer, interrupts, quiet)
            _save(built, folder)
            _examine(folder, prepared, writer, interrupts, quiet)
        except KeyboardInterrupt:
            _keep(folder, prepared, writer)
            _save(built, folder)
            return False
    return True


def _train(
    folder: Path, prepared: Prepared, writer: Writer, interrupts: Interrupts, quiet: bool
) -> None:
    """The course to its end, with checkpoints on the way and there."""
    run, course = prepared.built.run, prepared.course
    with tqdm(total=run.whole_steps, unit="step", unit_scale=True, initial=course.step,
              dynamic_ncols=True, disable=quiet) as bar:  # fmt: skip
        last = course.step
        for record, clock in interrupts.between(_advances(prepared)):
            if record is not None:
                writer.write(record, clock)
                if not clock:  # an evaluation
                    writer.pictures(pictures.of(prepared.examiner), record.step)
                    bar.set_postfix_str(summary(record), refresh=False)
                bar.update(record.step - bar.n)
            if course.is_best:
                if course.learner is not None:
                    divergence.check_tensors(course.learner, course.step)
                _save_best(prepared.built, folder / BEST, course)
            if course.step // run.checkpoint_every > last // run.checkpoint_every:
                _keep(folder, prepared, writer)
                last = course.step
    _keep(folder, prepared, writer)


def _advances(prepared: Prepared) -> Iterator[tuple[Record | None, dict[str, float]]]:
    """Every step and evaluation: what there is to be written of it, and what the clock says."""
    course, clock = prepared.course, prepared.clock
    if prepared.first is not None:
        yield prepared.first, {}
    while not course.is_over:
        before = time.perf_counter()
        is_training, record = course.is_training, course.advance()
        if is_training:
            clock.add(time.perf_counter() - before)
        yield record, clock.read(record.step) if is_training and record else {}


def _examine(
    folder: Path, prepared: Prepared, writer: Writer, interrupts: Interrupts, quiet: bool
) -> None:
    """The final evaluation of the policy and of the reference players; then the run is complete."""
    built = prepared.built
    examiner = Examiner(built, FINAL_TIMES * built.run.evaluation_episodes)
    rows = table.show(examiner, interrupts.between(examiner.table()), quiet=quiet)
    if examiner.held_out is not None:
        apart = table.show(examiner.held_out, interrupts.between(examiner.held_out.table()),
                           quiet=quiet)  # fmt: skip
        write_whole(folder / HELD_OUT_SCORES, table.to_json(apart))
    episode = film.film(built, at_most=FRAMES) if built.scenario is not None else None
    frames = list(interrupts.between(episode.frames)) if episode else []
    # a Ctrl-C until here leaves the curves as the last checkpoint knows them
    writer.text("most picked items", examiner.most_picked())
    writer.finish(examiner.record_of_last(prepared.course.step))
    if episode:
        writer.film(frames, episode.fps, prepared.course.step)
    if (pick := explain.example(built)) is not None:
        writer.pictures({f"{FINAL}example": waterfall.draw(pick)}, prepared.course.step)
        writer.text("greatest regret", f"```\n{pick.text()}\n```")
    writer.pictures(reasons.pictures(built), prepared.course.step)
    text = table.to_json(rows)
    marl_eval.write(folder, text)
    write_whole(folder / SCORES, text)


def _keep(folder: Path, prepared: Prepared, writer: Writer) -> None:
    """A checkpoint of this moment; policies that learn nothing need none."""
    course = prepared.course
    if course.learner is not None:
        divergence.check_tensors(course.learner, course.step)
        checkpoint.save(folder, course.step, _state(prepared, writer.sizes()))


def _state(prepared: Prepared, sizes: dict[str, int]) -> dict[str, Any]:
    run = prepared.built.run
    return {
        "run": asdict(run),
        "sources": plugins.digests(run.scenario, run.env, run.agent),
        "versions": versions(),
        "sizes": sizes,
        "clock": prepared.clock.state_dict(),
        "course": prepared.course.state_dict(),
    }


def _save(built: Built, folder: Path) -> None:
    """The policy, if it can learn: `agents.load(folder)` brings it back."""
    if hasattr(built.policy, "learn"):
        reference = built.run.agent if ":" in built.run.agent else None
        agents.save(built.policy, folder, reference=reference)


def _save_best(built: Built, folder: Path, course: Course) -> None:
    folder.mkdir(exist_ok=True)  # policies that learn nothing save nothing
    _save(built, folder)
    write_whole(folder / RUN, built.run.to_json())
    step, welfare = course.best or (0, math.nan)
    write_whole(folder / "best.json", json.dumps({"step": step, "welfare": welfare}) + "\n")


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Says of what ends a training what is left of it."""
    try:
        yield
    except (Diverged, OSError) as error:
        steps = checkpoint.steps(folder)
        left = f"the checkpoint of step {steps[-1]}" if steps else "no checkpoint"
        if isinstance(error, Diverged):
            raise Diverged(f"{error}; {folder} keeps {left}") from error
        if error.errno in NO_ROOM:
            raise BadInput(f"{folder} cannot be written: {error}; it keeps {left}") from error
        raise
