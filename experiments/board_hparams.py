"""The constants of a run as columns of TensorBoard's hparams page, and as a text.

TensorBoard takes the columns from a single one of the runs that it shows, and nothing else can be
looked at. So every run names the constants of all agents and scenarios that have a name here, and
all metrics, besides its own: where several kinds of runs lie side by side, each finds its own.
The first five constants and metrics are shown from the start, the others can be chosen.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any, NamedTuple

from agents import AGENTS
from marec_env.registry import scenario_names

from .constants import Constant, constants, write
from .run import Run
from .tags import EVALUATED, FINAL, HOW

ALWAYS = {"scenario", "objective", "agent", "seed", "steps"}  # tell most runs apart


class Column(NamedTuple):
    """One constant."""

    kind: type  # bool, float or str
    is_shown: bool  # from the start; the others can be chosen


def columns(run: Run) -> dict[str, Column]:
    """What can be shown of runs like this one."""
    others = [Run(agent=name) for name in AGENTS] + [Run(scenario=s) for s in scenario_names()]
    known = {name: c for other in [*others, run] for name, c in _known(other).items()}
    own = values(run)

    def is_shown(name: str) -> bool:
        return name in ALWAYS or (
            "." in name and own.get(name, ...) not in (..., known[name].default)
        )

    return {name: Column(_kind(constant), is_shown(name)) for name, constant in known.items()}


def metric_columns(tags: Iterable[str]) -> dict[str, str]:
    """Tags in the order of the columns, the score first, each with its heading: `score (argmax)`.

    Args:
        tags: of a run's final metrics; those that others may have are added.
    """
    expected = [f"{FINAL}{way}/{name}" for name in EVALUATED for way in HOW]
    columns = dict.fromkeys([*expected, *tags])
    parts = {tag: tag.removeprefix(FINAL).partition("/") for tag in columns}
    return {tag: f"{name} ({way})" for tag, (way, _, name) in parts.items()}


def values(run: Run) -> dict[str, Any]:
    """Constant -> value, groups as `agent.learning_rate`."""
    found = {}
    for name in _known(run):
        group, _, constant = name.rpartition(".")
        found[name] = getattr(run, f"{group}_constants")[constant] if group else getattr(run, name)
    return found


def told(run: Run) -> dict[str, bool | float | str]:
    """The same as TensorBoard takes them: what is no plain number or text is written as text."""
    known = _known(run)
    return {
        name: write(value) if _kind(known[name]) is str else value
        for name, value in values(run).items()
    }


def described(run: Run) -> str:
    """The command that repeats the run, and every constant with what it means, as Markdown."""
    lines = [f"    {run.command()}", "", "| constant | value | meaning |", "|---|---|---|"]
    known = _known(run)
    for name, value in values(run).items():
        note = known[name].note.replace("|", "\\|")
        lines.append(f"| {name} | {write(value)} | {note} |")
    return "\n".join(lines)


def _known(run: Run) -> dict[str, Constant]:
    fields = {field.name for field in dataclasses.fields(run)}
    groups = {name for name in fields if name.endswith("_constants")}
    found = dict(constants(Run, groups))
    for name, value in run.env_constants.items():
        found[f"env.{name}"] = Constant(type(value), None, "")
    for group, members in run.groups().items():
        found |= {f"{group}.{name}": constant for name, constant in members.items()}
    return found


def _kind(constant: Constant) -> type:
    kinds = {bool: bool, int: float, float: float}
    return kinds.get(constant.annotation, str)
