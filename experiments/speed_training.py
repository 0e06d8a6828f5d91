"""How fast IPPO trains in ecommerce-v0, and where its time goes."""

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
    built = build(run)
    env: Any = Timed(built.make_env(num_envs=NUM_ENVS), "step")
    policy: Any = Timed(built.policy, "act", "learn")
    steps = NUM_ENVS * ROLLOUT * (1 + num_updates)
    start = 0.0
    for record in loop.train(env, policy, steps, seed=0):
        if record.step == NUM_ENVS * ROLLOUT:
            env.seconds.clear()
            policy.seconds.clear()
            start = time.perf_counter()
    seconds = time.perf_counter() - start
    return Training(
        agent_steps=NUM_ENVS * ROLLOUT * num_updates * built.sizes.num_agents / seconds,
        environment=env.seconds["step"] / seconds,
        acting=policy.seconds["act"] / seconds,
        updating=policy.seconds["learn"] / seconds,
    )
