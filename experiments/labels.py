"""What runs are compared under: the task that each one plays, and the algorithm that plays it.

    task         scenario or foreign environment, catalogue, and the constants of both
    algorithm    agent, objective, constants of the agent
    effort       environment steps, and copies that are played at once
    world        the constants of a task that number its draws: called seed, or ending in _seed

Runs of one algorithm on one task with equal effort differ in their seed and their world only; where
these are equal as well, they are the same run. How a run was watched (evaluations, records, device,
threads) decides none of this. A constant that counts as many steps as the run has, as
`learning_rate_steps` may, is equal to that of a longer run whose schedule spans it all as well. One
that an older run knows nothing of has the present default there.

A label names the constants in which things of the same name differ, and no others.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .constants import write
from .run import Run

SYNTHETIC = "synthetic"
UNSET = "unset"  # a constant that another run has and this one has not

Settings = tuple[tuple[str, str], ...]  # name and value, in order


class Key(NamedTuple):
    """A task, an algorithm or a draw; equal ones are the same thing."""

    name: str
    settings: Settings


def task(run: Run) -> Key:
    """What is played."""
    if run.scenario is None:
        return Key(_short(run.env or ""), (("env", run.env or ""), *_fixed(run.env_constants)))
    constants = _defaults("scenario", run.scenario) | run.scenario_constants
    settings = [("scenario", run.scenario), *_fixed(constants)]
    name = _short(run.scenario)
    if run.catalogue == SYNTHETIC:
        constants = _defaults("catalogue", run.catalogue) | run.catalogue_constants
        settings += [(f"catalogue.{n}", value) for n, value in _fixed(constants)]
    else:
        name += f" {_short(run.catalogue or '')}"
        settings.append(("catalogue", (run.catalogue_digest or UNSET)[:8]))
    return Key(name, tuple(settings))


def algorithm(run: Run) -> Key:
    """Who plays it. A foreign environment pays its own rewards, so there is no objective there."""
    name = _short(run.agent) + (f":{run.objective}" if run.scenario else "")
    settings = [("agent", run.agent)]
    for constant, value in (_defaults("agent", run.agent) | run.agent_constants).items():
        spans_the_run = constant.endswith("_steps") and value == run.steps
        settings.append((constant, "all" if spans_the_run else _text(value)))
    return Key(name, tuple(settings))


def effort(run: Run) -> Settings:
    """How much is played."""
    return ("steps", str(run.steps)), ("num_envs", str(run.num_envs))


def world(run: Run) -> Settings:
    """Which one of the worlds of a task it is."""
    return (
        *_seeds("", run.env_constants | run.scenario_constants),
        *_seeds("catalogue.", run.catalogue_constants),
    )


def identity(run: Run) -> tuple[Any, ...]:
    """Equal for runs that were trained alike, however they were evaluated."""
    return task(run), algorithm(run), effort(run), world(run), run.seed


def is_seed(constant: str) -> bool:
    """Whether a constant is the number of a draw."""
    return constant == "seed" or constant.endswith("_seed")


def labels(keys: Iterable[Key]) -> dict[Key, str]:
    """A text for each key, no two alike: its name, and how it differs from its namesakes."""
    namesakes: dict[str, dict[Key, dict[str, str]]] = defaultdict(dict)
    for key in keys:
        namesakes[key.name][key] = dict(key.settings)
    texts = {}
    for name, found in namesakes.items():
        known = dict.fromkeys(setting for settings in found.values() for setting in settings)
        differing = [n for n in known if len({s.get(n, UNSET) for s in found.values()}) > 1]
        for key, settings in found.items():
            texts[key] = label(name, {n: settings.get(n, UNSET) for n in differing})
    return texts


def label(name: str, settings: Mapping[str, str]) -> str:
    """One text, without commas: marl-eval has other uses for them."""
    return " ".join([name, *(f"{key}={value}" for key, value in settings.items())])


def unusual(key: Key, usual: Key) -> str:
    """The label of a key that is alone: with the settings that differ from the usual ones."""
    return label(
        key.name, dict(setting for setting in key.settings if setting not in usual.settings)
    )


@functools.cache
def _defaults(group: str, name: str) -> dict[str, Any]:
    """The present defaults of what is ours; code that was plugged in is not run to be compared."""
    if ":" in name:
        return {}
    try:
        known = Run(**{group: name}).groups()[group]  # pyright: ignore[reportArgumentType]  # texts
    except ValueError:  # it has another name by now
        return {}
    return {constant: entry.default for constant, entry in known.items()}


def _fixed(constants: Mapping[str, Any]) -> Settings:
    return tuple((n, _text(value)) for n, value in constants.items() if not is_seed(n))


def _seeds(prefix: str, constants: Mapping[str, Any]) -> Settings:
    return tuple((f"{prefix}{n}", _text(value)) for n, value in constants.items() if is_seed(n))


def _text(value: Any) -> str:
    return write(value).replace(",", ";")


def _short(name: str) -> str:
    """A place without its folders."""
    return re.sub(r".*[/\\]", "", name)
