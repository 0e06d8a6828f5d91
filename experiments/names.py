"""What can be named on the command line: scenarios, agents and reference players, or a place."""

import inspect
from collections.abc import Callable
from typing import Any

from agents import AGENTS
from marec_env import registry
from marec_env.reference import PLAYERS

from .plugins import UnknownName, load, suggestion


def find_scenario(name: str) -> Callable[..., Any]:
    """The class of a game; raises UnknownName."""
    if ":" in name:
        return _with(("reset", "step"), load(name, "--scenario"), name)
    if name not in registry.scenario_names():
        raise UnknownName(
            f"--scenario {name!r} is unknown; {suggestion(name, registry.scenario_names())}"
        )
    return registry.find(name)


def find_agent(name: str) -> Callable[..., Any]:
    """The class of a policy or a learner; raises UnknownName."""
    if ":" in name:
        return _with(("act",), load(name, "--agent"), name)
    if name not in AGENTS and name not in PLAYERS:
        hint = suggestion(name, {*AGENTS, *PLAYERS})
        raise UnknownName(f"--agent {name!r} is unknown; {hint}")
    return AGENTS[name] if name in AGENTS else PLAYERS[name]


def shares_of_steps(agent: Callable[..., Any]) -> dict[str, float]:
    """Constants of an agent that follow the length of a training -> their share of its steps."""
    found: dict[str, float] = {}
    for owner in reversed(inspect.getmro(agent) if inspect.isclass(agent) else ()):
        found |= vars(owner).get("shares_of_steps", {})
    return found


def listing() -> str:
    """Scenarios, agents and reference players, one line each."""
    tables = {
        "scenarios (--scenario)": {name: registry.find(name) for name in registry.scenario_names()},
        "agents (--agent)": AGENTS,
        "reference players, who know the game (--agent)": {
            name: made for name, made in PLAYERS.items() if name not in AGENTS
        },
    }
    lines = []
    for title, table in tables.items():
        lines += [title, *(f"  {name:<16}{_first_line(made)}" for name, made in table.items()), ""]
    return "\n".join(lines) + "or a class of your own: my_file.py:MyPolicy, my_pkg.my_module:MyGame"


def _first_line(made: Callable[..., Any]) -> str:
    return (inspect.getdoc(made) or "").partition("\n")[0]


def _with(methods: tuple[str, ...], made: Any, name: str) -> Callable[..., Any]:
    """`made`, if it is a class with `methods`; a function is believed to build such an object."""
    if not callable(made):
        raise UnknownName(f"{name} must be a class, got a {type(made).__name__}")
    for method in methods:
        if inspect.isclass(made) and not hasattr(made, method):
            raise UnknownName(f"{name} must have a method {method}, got a class without it")
    return made
