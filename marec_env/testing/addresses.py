"""Draws are addressed: by seed, episode and time, and by nothing else, not even other copies."""

import functools
from collections.abc import Iterator

import numpy as np

from ..arrays import Array
from ..nested import flatten
from ..parallel_env import ScenarioParallelEnv
from ..scenario import Scenario
from ..vector_env import Timestep, VectorEnv
from .episodes import Step, any_action, expect, first_difference, play, skip, streams_of

SEED = 70  # of the first copy
MANY = 16  # copies: that all draw the same slates would be no coincidence


def check_draws(scenario: Scenario) -> None:
    """Another seed, another episode and another step bring other slates, unless all is shown."""
    if scenario.slate_size == scenario.pool_size:
        return
    first = scenario.reset(streams_of(MANY))
    items = first.slate.items
    later = scenario.reset(streams_of(MANY, episode=1)).slate.items
    actions = skip(scenario.action_mask(first), 0)
    streams = streams_of(MANY).at(np.ones(MANY))
    following = scenario.step(first, actions, streams)[0].slate.items
    expect((items != items[0]).any(), "slates must differ between seeds, those of 16 are the same")
    expect((items != later).any(), "slates must differ between episodes, they are the same")
    expect((items != following).any(), "slates must differ between steps, they are the same")


def check_slates(scenario: Scenario) -> None:
    """No pick changes what is offered later: two policies meet the same slates."""
    for one, other in zip(play(scenario), play(scenario, skip), strict=False):
        expect(
            np.array_equal(one.following.slate.items, other.following.slate.items),
            f"slates must not depend on picks: those after step {one.t} do; address the draws, or "
            "say has_exogenous_slates = False",
        )


def check_copies(scenario: Scenario) -> None:
    """Copy b is the single environment with its seed, bit for bit, across episodes."""
    num_copies = 3
    together = list(play(scenario, num_copies=num_copies))
    batch = list(_timesteps(scenario, num_copies, SEED))
    for b in range(num_copies):
        choose = functools.partial(any_action, first_seed=b)
        for alone, step in zip(play(scenario, choose, 1, b), together, strict=False):
            _expect_same(b, alone.t, _payments(alone, 0), _payments(step, b))
        for t, alone in enumerate(_timesteps(scenario, 1, SEED + b)):
            row = {name: array[b : b + 1] for name, array in _arrays(batch[t]).items()}
            _expect_same(b, t, _arrays(alone), row)


def check_faces(scenario: Scenario) -> None:
    """The PettingZoo face shows an episode as the vector face does."""
    names = scenario.agent_names
    expect(
        len(set(names)) == len(names) == scenario.num_agents,
        f"agent_names must be N = {scenario.num_agents} different names, got {list(names)}",
    )
    env = ScenarioParallelEnv(VectorEnv(scenario))
    observations, infos = env.reset(seed=SEED)
    for t, timestep in enumerate(_timesteps(scenario, 1, SEED)):
        for agent, observation in observations.items():
            n = names.index(agent)
            expect(
                np.array_equal(observation, timestep.final_observation[0, n])
                and np.array_equal(infos[agent]["action_mask"], timestep.final_action_mask[0, n]),
                f"both faces must show the same, they differ for {agent} after step {t}",
            )
        if not env.agents:
            return
        actions = any_action(timestep.action_mask, t, SEED)[0]
        chosen = {agent: int(actions[names.index(agent)]) for agent in env.agents}
        observations, *_, infos = env.step(chosen)


def _expect_same(b: int, t: int, alone: dict[str, Array], beside: dict[str, Array]) -> None:
    changed = first_difference(alone, beside)
    expect(
        changed is None,
        f"copy {b} must be the single environment with its seed, whatever is beside it, but "
        f"{changed} differs at step {t}",
    )


def _payments(step: Step, b: int) -> dict[str, Array]:
    """In float64, where a time step has float32."""
    return {"payoff": step.outcome.payoff[b]}


def _timesteps(scenario: Scenario, num_copies: int, seed: int) -> Iterator[Timestep]:
    """Two episodes and the beginning of a third."""
    vec = VectorEnv(scenario, num_copies, with_state=True)
    now = vec.reset(seed)
    yield now
    for t in range(2 * scenario.horizon + 1):
        now = vec.step(any_action(now.action_mask, t, seed))
        yield now


def _arrays(timestep: Timestep) -> dict[str, Array]:
    """What is seen and what is hidden, by name."""
    seen = timestep._asdict()
    for name in ("truth", "info"):
        del seen[name]
    return seen | dict(flatten(timestep.truth.state, "state"))
