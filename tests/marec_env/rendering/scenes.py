"""Scenes, and environments that show them, for the tests of pictures."""

from dataclasses import replace
from typing import Any

import numpy as np

import marec_env
from marec_env import ScenarioParallelEnv
from marec_env.rendering.scene import Scene, plane_of, scene_of
from tests.marec_env.rollouts import SIZES, SMALL, first_item

NAMED = replace(
    SMALL,
    titles=tuple(f"Film {i}" for i in range(30)),
    topics=np.arange(30) % 2,
    topic_names=("Drama", "Comedy"),
    user_ids=tuple(f"reader {u}" for u in range(40)),
)
PLAIN = replace(SMALL, titles=())


def after(steps: int, scenario: Any = "ecommerce-v0", **constants: Any) -> Scene:
    """What there is to see after some steps in which everybody takes the first item."""
    vec = marec_env.make_vec(scenario, **SIZES | constants)
    now, then, returns = vec.reset(0), None, np.zeros(vec.scenario.num_agents)
    state = now.truth.state
    plane = plane_of(vec.scenario, state)
    for t in range(steps):
        state = now.truth.state
        now = then = vec.step(first_item(now.action_mask, 0, t))
        returns = returns + now.payoff[0]
    return scene_of(vec.scenario, plane, state, then, returns)


def make(mode: str | None, scenario: str = "basic-v0", **constants: Any) -> ScenarioParallelEnv:
    """A small environment with a render mode."""
    return marec_env.make(scenario, render_mode=mode, **SIZES | constants)


def played(env: ScenarioParallelEnv, steps: int) -> dict[str, dict]:
    """What the last of some steps told."""
    env.reset(seed=0)
    infos = {}
    for _ in range(steps):
        *_, infos = env.step(dict.fromkeys(env.agents, 0))
    return infos
