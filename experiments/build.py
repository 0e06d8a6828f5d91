"""Builds what a Run names: catalogue, scenario, environments, policy. Here the two rooms meet."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import torch

import agents
from agents.contract import Policy, Sizes
from marec_env import Catalogue, Scenario, make_vec

from . import foreign, heap, names
from .acting import Env, wants_state
from .run import Run


class MakeEnv(Protocol):
    """Builds copies of one environment, all of them new."""

    def __call__(self, *, num_envs: int, for_evaluation: bool = False) -> Env:
        """B = `num_envs` copies; in evaluation, ours say more of whole episodes."""
        ...


@dataclass(frozen=True, kw_only=True)
class Built:
    """The parts of a run."""

    run: Run  # every constant written down, with the digest of its catalogue
    scenario: Scenario | None  # None on foreign environments
    make_env: MakeEnv
    sizes: Sizes
    policy: Policy
    name: str  # of the policy, in tables


def build(run: Run, trained: Path | None = None) -> Built:
    """All that `run` names, ready to play; sets torch's number of threads and keeps memory.

    Args:
        run: what is built.
        trained: the folder of a run, whose weights a policy that learns is given.

    Raises:
        ValueError: if a name is unknown, a class refuses its constants, the catalogue is not the
            one that the run was recorded with, or the weights do not fit.
    """
    run = run.complete()
    _check_device(run.device)
    torch.set_num_threads(run.threads)
    heap.keep()
    agent = names.find_agent(run.agent)
    scenario: Scenario | None = None
    if run.env is not None:
        copies = partial(_foreign_copies, foreign.copies(run.env, run.env_constants))
    else:
        catalogue = _catalogue(run)
        run = replace(run, catalogue_digest=catalogue.digest)
        game = names.find_scenario(str(run.scenario))
        ours: Scenario = _made(game, catalogue=catalogue, **run.scenario_constants)
        scenario, copies = ours, partial(_copies_of, ours, run)
    sizes = _sizes(copies(wants_state(agent))(num_envs=1), scenario)
    given = {"sizes": sizes, "scenario": scenario, "seed": run.seed, "device": run.device}
    takes = inspect.signature(agent).parameters
    if "scenario" in takes and not is_solved(scenario):
        raise ValueError(
            f"--agent {run.agent} must know the game: it cannot play {run.env or run.scenario}"
        )
    given = {name: value for name, value in given.items() if name in takes}
    policy = _made(agent, **given, **run.agent_constants)
    is_team = getattr(policy, "is_cooperative", False)
    if is_team and run.env is None and run.objective != "cooperative":
        raise ValueError(
            f"--agent {run.agent} learns from the mean payoff of the team: --objective must be "
            f"cooperative, got {run.objective}"
        )
    if trained is not None and hasattr(policy, "learn"):
        agents.restore(policy, trained)
    make_env = copies(wants_state(policy))  # which a class that mixes others may not know
    return Built(
        run=run,
        scenario=scenario,
        make_env=make_env,
        sizes=sizes,
        policy=policy,
        name=run.agent,
    )


def on_held_out(built: Built) -> Built | None:
    """The same policy among the users held out of the run; None if there are none."""
    game = built.scenario
    if game is None or game.users != "resampled" or game.held_out == 0:
        return None
    game = replace(game, users="held_out")
    make_env = _copies_of(game, built.run, wants_state(built.policy))
    return replace(built, scenario=game, make_env=make_env)


def is_solved(scenario: Scenario | None) -> bool:
    """Whether reference players can play it: not foreign, no plug-in without `one_shot`."""
    return scenario is not None and type(scenario).one_shot is not Scenario.one_shot


def _catalogue(run: Run) -> Catalogue:
    if run.catalogue == "synthetic":
        catalogue = _made(Catalogue.synthetic, **run.catalogue_constants)
    elif not Path(str(run.catalogue)).is_dir():
        raise ValueError(
            f"--catalogue must be synthetic or the folder of a catalogue, got {run.catalogue!r}, "
            "where there is none; python -m experiments.embed makes one"
        )
    else:
        try:
            catalogue = Catalogue.load(str(run.catalogue))
        except (OSError, KeyError, TypeError) as error:
            raise ValueError(f"--catalogue {run.catalogue} cannot be read: {error}") from error
    if run.catalogue_digest not in (None, catalogue.digest):
        raise ValueError(
            f"--catalogue {run.catalogue} must be the one of the saved run, with digest "
            f"{str(run.catalogue_digest)[:12]}, got {catalogue.digest[:12]}"
        )
    return catalogue


def _copies_of(game: Scenario, run: Run, with_state: bool) -> MakeEnv:
    def make_env(*, num_envs: int, for_evaluation: bool = False) -> Env:
        return make_vec(game, num_envs, run.objective, with_state, for_evaluation)

    return make_env


def _foreign_copies(many: foreign.Copies, with_state: bool) -> MakeEnv:
    def make_env(*, num_envs: int, for_evaluation: bool = False) -> Env:
        del for_evaluation
        return many(num_envs, with_state)

    return make_env


def _made(cls: Callable[..., Any], **constants: Any) -> Any:
    """`cls(**constants)`; a class says itself what is wrong with them."""
    try:
        return cls(**constants)
    except TypeError as error:
        raise ValueError(f"{cls.__name__} cannot be built: {error}") from error


def _sizes(env: Any, scenario: Scenario | None) -> Sizes:
    first = env.reset(seed=0)
    foreign_size = 0 if first.state is None else first.state.shape[1]
    return Sizes(
        num_agents=first.observation.shape[1],
        observation_size=first.observation.shape[2],
        num_actions=first.action_mask.shape[2],
        state_size=foreign_size if scenario is None else scenario.state_size,
        agent_names=env.agent_names if scenario is None else scenario.agent_names,
        layout=None if scenario is None else scenario.layout,
        has_fixed_users=scenario is None or scenario.users == "fixed",
    )


def _check_device(name: str) -> None:
    try:
        torch.zeros(0, device=name)
    except (RuntimeError, AssertionError) as error:  # what torch raises where there is none
        reason = str(error).splitlines()[0]
        raise ValueError(f"--device {name!r} cannot be used: {reason}") from error
