"""The typed command line of a Run, derived from `Run` and from the classes that it names.

Every constant of the chosen scenario, catalogue and agent is a flag with its type, its default and
its meaning: `--scenario.num-agents 32`. So the line is read twice: first for the names, then, once
their classes are known, for everything. Whatever is wrong with it is said in one sentence, which
ends the program with exit code 2 before it has written anything.
"""

import argparse
import dataclasses
import difflib
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from . import names
from .acting import IllegalAction
from .constants import Constant, constants, metavar, read, write
from .divergence import Diverged
from .run import FOREIGN, Run

NAMES = ("scenario", "catalogue", "env", "agent")  # what decides which flags there are
PACE = ("steps", "num_envs")  # what decides how long the schedules of agents are


class BadInput(Exception):
    """What the user asked for cannot be done; the message is one sentence."""


class Unplayable(Exception):
    """What the user brought along failed while it was played; the message is one sentence."""


@contextmanager
def brought_along(run: Run) -> Iterator[None]:
    """Blames a ValueError on the run's plug-ins; where there are none it is ours, and kept.

    Raises:
        Unplayable: instead of the ValueError.
    """
    try:
        yield
    except IllegalAction:
        raise
    except ValueError as error:
        named = [name for name in (run.scenario, run.agent) if name and ":" in name]
        plug_ins = ([run.env] if run.env else []) + named
        if not plug_ins:
            raise
        reason = " ".join(str(error).split())
        raise Unplayable(f"{' with '.join(plug_ins)} failed in play: {reason}") from error


def program(main: Callable[[Sequence[str]], int], name: str) -> NoReturn:
    """Runs `main` and exits: 0, 2 on bad input, 1 on bad play or divergence, 130 on Ctrl-C."""
    try:
        sys.exit(main(sys.argv[1:]))
    except (BadInput, Diverged, IllegalAction, Unplayable) as error:
        print(f"python -m experiments.{name}: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, BadInput) else 1)
    except KeyboardInterrupt:
        sys.exit(130)


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str):
        width = min(110, shutil.get_terminal_size().columns - 2)
        super().__init__(prog, max_help_position=34, width=width)


class Parser(argparse.ArgumentParser):
    """Raises BadInput where argparse would print its usage and exit."""

    def __init__(self, name: str, description: str, **settings: Any):
        super().__init__(
            prog=f"python -m experiments.{name}",
            usage="%(prog)s [FLAG VALUE ...]",
            description=description,
            formatter_class=_Help,
            allow_abbrev=False,
            **settings,
        )

    def error(self, message: str) -> NoReturn:
        """The message without argparse's ornaments."""
        raise BadInput(message.removeprefix("argument "))

    def parse(self, argv: Sequence[str]) -> argparse.Namespace:
        """`parse_args` that offers the nearest flag for one that is unknown."""
        found, unknown = self.parse_known_args(argv)
        if unknown:
            flag = unknown[0].partition("=")[0]
            near = difflib.get_close_matches(flag, self._option_string_actions, n=1)
            hint = f"did you mean {near[0]}?" if near else "see --help"
            raise BadInput(f"{flag} is no argument of {self.prog}; {hint}")
        return found


def parse(argv: Sequence[str], parser: Parser) -> tuple[Run, argparse.Namespace]:
    """The run that a command line describes, and the program's own arguments.

    Args:
        argv: without the name of the program.
        parser: knows the program's own arguments; gets those of a Run.

    Raises:
        BadInput: if it is not a valid run.
        SystemExit: after --help and --list.
    """
    try:
        start = _start(argv).complete()
        groups = _add_arguments(parser, start)
        values = vars(parser.parse(argv))
        changes = {name: values.pop(name) for name in _plain()}
        changes["env_constants"] = values.pop("env_constants")
        for group, known in groups.items():
            changes[f"{group}_constants"] = {n: values.pop(f"{group}.{n}") for n in known}
        if changes.get("catalogue_constants") != start.catalogue_constants:
            changes["catalogue_digest"] = None
        return dataclasses.replace(start, **changes), argparse.Namespace(**values)
    except ValueError as error:
        raise BadInput(str(error)) from error


class _List(argparse.Action):
    """Prints what can be named, and exits."""

    def __call__(self, *_: Any) -> None:
        print(names.listing())
        sys.exit(0)


def _start(argv: Sequence[str]) -> Run:
    """The run before its other flags: the defaults or a saved run, and the names on the line."""
    first = Parser("train", "", add_help=False)
    for name in (*NAMES, "run", *PACE):
        first.add_argument(f"--{name.replace('_', '-')}")
    first.add_argument("--list", action=_List, nargs=0)
    typed = {name: value for name, value in vars(first.parse_known_args(argv)[0]).items() if value}
    start = Run.load(typed.pop("run")) if "run" in typed else Run()
    if "env" in typed and ("scenario" in typed or "catalogue" in typed):
        raise BadInput("--env excludes --scenario and --catalogue: play one or the other")
    changes: dict[str, Any] = dict(typed)
    changes |= {name: _whole(name, typed[name]) for name in PACE if name in typed}
    if "env" in typed:
        changes |= FOREIGN
    elif start.env is not None and ("scenario" in typed or "catalogue" in typed):
        changes = {"scenario": Run().scenario, "catalogue": Run().catalogue, "env": None} | changes
    for name in NAMES:  # constants of something else do not fit
        if changes.get(name, getattr(start, name)) != getattr(start, name):
            changes[f"{name}_constants"] = {}
            if name == "catalogue":
                changes["catalogue_digest"] = None
    return dataclasses.replace(start, **changes)


def _whole(name: str, text: str) -> int:
    try:
        return read(text, int)
    except ValueError as error:
        raise BadInput(f"--{name.replace('_', '-')}: {error}") from None


def _plain() -> dict[str, Constant]:
    """Fields of a Run that are one value each."""
    known = constants(Run, {"catalogue_digest"})
    return {name: known[name] for name in known if not name.endswith("_constants")}


def _add_arguments(parser: Parser, start: Run) -> dict[str, dict[str, Constant]]:
    """Flags for all that can be set, with the values of `start` as defaults; returns the groups."""
    parser.add_argument("--list", action=_List, nargs=0, help="print what can be named")
    parser.add_argument("--run", metavar="FILE", help="begin with a saved run.json; flags win")
    for name, constant in _plain().items():
        _add(parser, name, constant, getattr(start, name))
    parser.add_argument(
        "--env-constants",
        type=_assignments,
        default=start.env_constants,
        metavar="N=3,...",
        help="arguments of the foreign environment",
    )
    groups = start.groups()
    for group, known in groups.items():
        section = parser.add_argument_group(f"constants of --{group} {getattr(start, group)}")
        for name, constant in known.items():
            default = getattr(start, f"{group}_constants")[name]
            _add(section, f"{group}.{name}", constant, default)
    return groups


def _add(section: Any, name: str, constant: Constant, default: Any) -> None:
    def value(text: str) -> Any:
        try:
            return read(text, constant.annotation)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    note = f"{constant.note} (default: {write(default)})".strip()
    section.add_argument(
        f"--{name.replace('_', '-')}",
        dest=name,
        type=value,
        default=default,
        metavar=metavar(constant.annotation).removesuffix("|none"),
        help=note.replace("%", "%%"),
    )


def _assignments(text: str) -> dict[str, Any]:
    """`N=3,max_cycles=25` as a dictionary; values are Python literals, else texts."""
    found = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if not equals or not name.strip().isidentifier():
            raise argparse.ArgumentTypeError(f"expected NAME=VALUE,NAME=VALUE, got {text!r}")
        found[name.strip()] = read(value.strip(), Any)
    return found
