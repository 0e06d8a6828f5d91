"""How fast learners train in our scenarios, and where their time goes."""

import time
from typing import Any, NamedTuple

from . import loop
from .build import build
from .run import Run
from .stopwatch import Timed

NUM_ENVS = 64  # B
ROLLOUT = 20  # steps of each environment between two updates
MINIBATCH = 4096  # agent-steps


class Training(NamedTuple):
    """What a second of training is made of."""

    agent_steps: float  # per second, everything included
    environment: float  # share of the time, in [0, 1]
    acting: float
    updating: float


def ippo(body: str, hidden_size: int, threads: int, num_updates: int) -> Training:
    """Two hidden layers, weights shared by all agents, four epochs an update.

    Args:
        body: flat or candidates.
        hidden_size: of both layers.
        threads: of torch.
        num_updates: to measure, after a first one to warm up.
    """
    run = Run(
        scenario="ecommerce-v0",
        agent="ippo",
        num_envs=NUM_ENVS,
        threads=threads,
        agent_constants={
            "body": body,
            "hidden_size": hidden_size,
            "num_layers": 2,
            "num_epochs": 4,
            "rollout_steps": ROLLOUT,
            "minibatch_size": MINIBATCH,
        },
    )
    return shares(run, NUM_ENVS * ROLLOUT, NUM_ENVS * ROLLOUT * num_updates)


def shares(run: Run, warm_up: int, steps: int) -> Training:
    """What a training of `run` is made of.

    Args:
        run: of a learner on one of our scenarios.
        warm_up: environment steps that are not measured, to begin with.
        steps: environment steps that are.
    """
    built = build(run)
    env: Any = Timed(built.make_env(num_envs=run.num_envs), "step")
    policy: Any = Timed(built.policy, "act", "learn")
    training = loop.Training(env, policy, seed=0)
    while training.step < warm_up:
        training.advance()
    env.seconds.clear()
    policy.seconds.clear()
    first, start = training.step, time.perf_counter()
    while training.step < warm_up + steps:
        training.advance()
    seconds = time.perf_counter() - start
    return Training(
        agent_steps=(training.step - first) * built.sizes.num_agents / seconds,
        environment=env.seconds["step"] / seconds,
        acting=policy.seconds["act"] / seconds,
        updating=policy.seconds["learn"] / seconds,
    )
