"""Trains an agent, evaluates it on the way, and compares it with the reference players at the end.

python -m experiments.train --scenario ecommerce-v0 --objective cooperative --agent ippo --seed 0
"""

import itertools
import math
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

import agents

from . import loop, table
from .build import Built, build
from .command import BadInput, Parser, brought_along, parse, program
from .interrupts import Interrupts
from .records import Record, averaged
from .run import Run
from .scores import WAYS, Examiner
from .writer import Writer


def main(argv: Sequence[str]) -> int:
    """Trains into a new folder and returns the exit code; Ctrl-C keeps what has been learnt."""
    parser = Parser("train", __doc__ or "")
    parser.add_argument("--out", type=Path, default=Path("runs"), metavar="FOLDER",
                        help="gets a new folder for this run (default: runs)")  # fmt: skip
    run, own = parse(argv, parser)
    try:
        built = build(run)
    except ValueError as error:
        raise BadInput(str(error)) from error
    print(built.run.command(), flush=True)
    interrupts = Interrupts()
    try:  # before there is a folder: a policy that cannot play or be saved leaves nothing behind
        examiner = Examiner(built, built.run.evaluation_episodes)
        records = training(examiner, interrupts)
        first = next(records)
        with tempfile.TemporaryDirectory() as elsewhere:
            save(built, Path(elsewhere))
    except ValueError as error:
        raise BadInput(str(error)) from error
    folder = new_folder(own.out, built.run.name)
    print(f"writes into {folder}", flush=True)

    is_whole = True
    with brought_along(built.run), interrupts, Writer(folder, built.run) as writer:
        try:
            for record in with_progress(itertools.chain([first], records), built.run):
                writer.write(record)
        except KeyboardInterrupt:
            is_whole = False
            print("\nstopped early; the folder holds what has been learnt so far", flush=True)
        save(built, folder)
        if is_whole:
            rows = table.show(examiner, interrupts.between(examiner.table()))
            table.save(rows, folder / "scores.json")
            writer.text("most picked items", examiner.most_picked())
            writer.finish(examiner.record(built.run.steps))
    print(f"curves: tensorboard --logdir {own.out}")
    print(f"more episodes: python -m experiments.evaluate {folder} --episodes 100")
    return 0 if is_whole else 130


def training(examiner: Examiner, interrupts: Interrupts) -> Iterator[Record]:
    """Records of the training, and of an evaluation before it, in between and after it.

    Raises:
        KeyboardInterrupt: after a Ctrl-C, between two steps.
    """
    built, run = examiner.built, examiner.built.run
    yield examiner.record(0)
    learner: Any = built.policy
    if not hasattr(learner, "learn"):
        return
    records = loop.train(
        built.make_env(num_envs=run.num_envs), learner, run.steps, run.training_seed
    )
    step = evaluated = 0
    for record in averaged(interrupts.between(records), run.log_every):
        yield record
        step = record.step
        if step // run.evaluate_every > evaluated // run.evaluate_every:
            yield examiner.record(step)
            evaluated = step
    if evaluated < step:
        yield examiner.record(step)


def save(built: Built, folder: Path) -> None:
    """The policy, if it has learnt anything: `agents.load(folder)` brings it back."""
    if hasattr(built.policy, "learn"):
        agents.save(
            built.policy, folder, reference=built.run.agent if ":" in built.run.agent else None
        )


def with_progress(records: Iterable[Record], run: Run) -> Iterator[Record]:
    """The same records, on a progress bar, and those of the training with the time they took."""
    seconds, before, last = 0.0, time.perf_counter(), 0
    whole = run.steps // run.num_envs * run.num_envs
    with tqdm(total=whole, unit="step", unit_scale=True, dynamic_ncols=True) as bar:
        for record in records:
            now = time.perf_counter()
            if "train/reward" in record.values:
                seconds += now - before
                speed = (record.step - last) / (now - before)
                clock = {"time/steps_per_second": speed, "time/seconds": seconds}
                record = record._replace(values=record.values | clock)
                last = record.step
            else:
                bar.set_postfix_str(_summary(record), refresh=False)
            bar.update(record.step - bar.n)
            yield record
            before = time.perf_counter()


def _summary(record: Record) -> str:
    """The latest evaluation: the score where there is one, else the welfare."""
    by_name = {
        name: [record.values[f"evaluate/{way}/{name}"] for way in WAYS]
        for name in ("score", "welfare")
    }
    name = "welfare" if math.isnan(by_name["score"][0]) else "score"
    numbers = (f"{value:.3f} {way}" for value, way in zip(by_name[name], WAYS, strict=True))
    return f"{name} {', '.join(numbers)}"


def new_folder(out: Path, name: str) -> Path:
    """A folder that did not exist: out/name, or out/name-2, -3 ...

    Raises:
        BadInput: if there cannot be one.
    """
    for number in itertools.count(1):
        folder = out / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            if not out.is_dir():
                raise BadInput(f"--out must be a folder, got {str(out)!r}") from None
        except OSError as error:
            raise BadInput(f"--out {str(out)!r} cannot hold a new folder: {error}") from error
    raise AssertionError("there are endlessly many numbers")


if __name__ == "__main__":
    program(main, "train")
