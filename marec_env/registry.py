"""Scenario names. The only module that knows every scenario; nothing below may import it."""

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import gymnasium

from .parallel_env import ScenarioParallelEnv
from .policy import Policy, wants_state
from .scenario import Scenario
from .single_agent_env import SingleAgentEnv
from .vector_env import VectorEnv

_BUILT_IN = {
    "ads-v0": "ads:Ads",
    "basic-v0": "basic:Basic",
    "ecommerce-v0": "ecommerce:Ecommerce",
    "news-v0": "news:News",
    "social-v0": "social:Social",
}
_REGISTERED: dict[str, Callable[..., Scenario]] = {}


def register(name: str, factory: Callable[..., Scenario]) -> None:
    """Makes `factory(**constants)` available under `name`.

    Raises:
        ValueError: if the name is taken; a registry never overwrites.
    """
    if name in scenario_names():
        raise ValueError(f"scenario {name!r} is already registered")
    _REGISTERED[name] = factory


def scenario_names() -> list[str]:
    """Every name, sorted."""
    return sorted([*_BUILT_IN, *_REGISTERED])


def find(name: str) -> Callable[..., Scenario]:
    """The class or factory called `name`.

    Raises:
        ValueError: if there is none; the message offers the nearest name.
    """
    if name in _REGISTERED:
        return _REGISTERED[name]
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return getattr(importlib.import_module(f"{__package__}.scenarios.{module}"), attribute)
    raise ValueError(f"unknown scenario {name!r}; {_suggestion(name, scenario_names())}")


def make_vec(
    scenario: str | Scenario | Callable[..., Scenario],
    num_envs: int = 1,
    objective: str = "independent",
    with_state: bool = False,
    with_costly_metrics: bool = False,
    **constants: Any,
) -> VectorEnv:
    """B = `num_envs` copies of a scenario, for learning.

    Args:
        scenario: a name, a scenario, or a class or function that builds one.
        num_envs: B.
        objective: independent, cooperative, competitive or angle:DEGREES.
        with_state: whether time steps carry the global state for central critics.
        with_costly_metrics: whether the ends of episodes say envy, diversity and novelty as well.
        **constants: of the scenario, where it is still to be built.

    Raises:
        ValueError: if there is no such scenario or objective, or a constant is out of range.
        TypeError: if the scenario has no such constant.
    """
    game = _built(scenario, constants)
    return VectorEnv(game, num_envs, objective, with_state, with_costly_metrics)


def make(
    scenario: str | Scenario | Callable[..., Scenario],
    objective: str = "independent",
    render_mode: str | None = None,
    mask_in_observation: bool = False,
    with_costly_metrics: bool = False,
    **constants: Any,
) -> ScenarioParallelEnv:
    """One environment with PettingZoo's parallel API; the rest as in `make_vec`."""
    game = _built(scenario, constants)
    vec = VectorEnv(game, 1, objective, with_costly_metrics=with_costly_metrics)
    return ScenarioParallelEnv(vec, render_mode, mask_in_observation)


def make_single(
    scenario: str | Scenario | Callable[..., Scenario],
    agent: str = "user_0",
    others: str | Policy = "greedy",
    objective: str = "independent",
    explore: bool = False,
    render_mode: str | None = None,
    with_costly_metrics: bool = False,
    **constants: Any,
) -> SingleAgentEnv:
    """One agent's environment with Gymnasium's API; the others' policy is fixed.

    Args:
        scenario: as in `make_vec`.
        agent: whose environment it is, user_0 ... user_{N-1}.
        others: who plays the others: a reference player's name, or an object with
            `act(view, *, explore)`, as the policies of agents/ are.
        objective: as in `make_vec`.
        explore: whether the others' policy explores, e.g. draws its actions.
        render_mode: None, rgb_array, human or ansi.
        with_costly_metrics: as in `make_vec`.
        **constants: of the scenario, where it is still to be built.

    Raises:
        ValueError: as in `make_vec`, or if there is no such agent or player.
        TypeError: if the scenario has no such constant.
    """
    game = _built(scenario, constants)
    vec = VectorEnv(game, 1, objective, wants_state(others), with_costly_metrics)
    return SingleAgentEnv(ScenarioParallelEnv(vec, render_mode), agent, others, explore)


def _built(scenario: str | Scenario | Callable[..., Scenario], constants: dict) -> Scenario:
    if isinstance(scenario, Scenario):
        if constants:
            raise TypeError(f"a scenario has its constants already, got {', '.join(constants)}")
        return scenario
    factory = find(scenario) if isinstance(scenario, str) else scenario
    _check_names(factory, constants)
    return factory(**constants)


def _check_names(factory: Callable[..., Scenario], constants: dict) -> None:
    """Raises TypeError if the factory takes no such constant."""
    known = inspect.signature(factory).parameters
    if any(each.kind is each.VAR_KEYWORD for each in known.values()):
        return
    for name in constants:
        if name not in known:
            title = getattr(factory, "name", None) or getattr(factory, "__name__", repr(factory))
            raise TypeError(f"{title} has no constant {name!r}; {_suggestion(name, known)}")


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


for _name in _BUILT_IN:  # so that gymnasium.make("marec_env/basic-v0") finds them
    gymnasium.register(
        f"marec_env/{_name}", entry_point=f"{__name__}:make_single", kwargs={"scenario": _name}
    )
