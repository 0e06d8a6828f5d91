"""Trains an agent, evaluates it on the way, and compares it with the reference players at the end.

python -m experiments.train --scenario ecommerce-v0 --objective cooperative --agent ippo --seed 0
python -m experiments.train --resume runs/RUN

The second form goes on with a run that was stopped or killed, as if nothing had happened.
"""

import itertools
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from agents.saving import write_whole

from . import writer
from .command import BadInput, Parser, parse, program
from .lock import only_one
from .resuming import last_state
from .run import Run
from .run_folder import RUN, SCORES
from .training import Prepared, carry_on, kept, prepare
from .versions import versions

RESUME = "--resume"


def main(argv: Sequence[str]) -> int:
    """Trains, into a new folder or on in one, and returns the exit code."""
    if any(word.partition("=")[0] == RESUME for word in argv):
        return resume(argv)
    parser = Parser("train", __doc__ or "")
    parser.add_argument("--out", type=Path, default=Path("runs"), metavar="FOLDER",
                        help="gets a new folder for this run (default: runs)")  # fmt: skip
    parser.add_argument(RESUME, metavar="RUN", help="go on with the run in this folder, as it is")
    add_quiet(parser)
    run, own = parse(argv, parser)
    prepared = prepare(run)
    run = prepared.built.run
    place = "" if own.out == parser.get_default("out") else f" --out {shlex.quote(str(own.out))}"
    print(f"{run.command()}{place}", flush=True)
    folder = new_folder(own.out, run.name)
    with kept(folder):
        write_whole(folder / RUN, run.to_json())
    print(f"writes into {folder}", flush=True)
    with only_one(folder):
        return finish(folder, prepared, own.quiet)


def resume(argv: Sequence[str]) -> int:
    """Goes on with the run in a folder; what does not fit is refused and nothing is changed."""
    parser = Parser("train", "Goes on with a run that was stopped or killed.")
    parser.add_argument(RESUME, type=Path, required=True, metavar="RUN", help="its folder")
    add_quiet(parser)
    own, others = parser.parse_known_args(argv)
    if others:
        raise BadInput(f"{RESUME} goes on with a run as it is, so only --quiet may follow, "
                       f"got {others[0]}")  # fmt: skip
    folder = own.resume
    try:
        run = Run.load(folder)
        with only_one(folder):
            if (folder / SCORES).exists():
                print(f"{folder} is complete")
                return 0
            state = last_state(folder)
            prepared = prepare(run, state)
            if state:
                _note_versions(state["versions"])
            with kept(folder):
                writer.rewind(folder, state["sizes"] if state else {})
                write_whole(folder / RUN, prepared.built.run.to_json())  # with its digests
            print(f"{folder} goes on from step {prepared.course.step}", flush=True)
            return finish(folder, prepared, own.quiet)
    except ValueError as error:
        raise BadInput(str(error)) from error


def finish(folder: Path, prepared: Prepared, quiet: bool) -> int:
    """Trains to the end, says what can be done next, and returns the exit code."""
    if not carry_on(folder, prepared, quiet=quiet):
        print(f"\nstopped early; to go on: python -m experiments.train {RESUME} {folder}")
        return 130
    if not quiet:
        print(f"curves: tensorboard --logdir {folder.parent}")
        print(f"more episodes: python -m experiments.evaluate {folder} --episodes 1000")
    return 0


def add_quiet(parser: Parser) -> None:
    """The flag that both forms know."""
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no table")


def _note_versions(before: dict[str, str]) -> None:
    """Other versions of what computes may round differently."""
    for name, version in versions().items():
        if before.get(name) != version:
            print(f"note: {name} is {version}, it was {before.get(name)}: "
                  "from here on the last bits may differ", file=sys.stderr)  # fmt: skip


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
