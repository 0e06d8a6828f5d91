"""Learners end where they are known to end in repeated matrix games."""

from typing import Any

import pytest

from experiments import loop
from experiments.build import build
from experiments.run import FOREIGN, Run

CLIMBING = {"entropy_bonus": 0.2, "entropy_bonus_end": 0.002, "entropy_bonus_steps": 30_000}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("agent", "game", "k", "steps", "constants", "expected"),
    [
        ("ia2c", "Penalty", 0.0, 30_000, {}, 250),
        ("maa2c", "Penalty", -100.0, 30_000, {}, 50),
        ("ippo", "Penalty", 0.0, 30_000, {"rollout_steps": 5}, 250),
        ("mappo", "Penalty", -100.0, 16_000, {"rollout_steps": 5}, 50),
        ("ia2c", "Climbing", None, 60_000, CLIMBING, 175),
    ],
)
def test_a_learner_of_policies_ends_in_an_equilibrium(
    agent: str, game: str, k: float | None, steps: int, constants: dict, expected: float
):
    run = Run(
        **FOREIGN,
        env=f"experiments.games.matrix:{game}",
        env_constants={} if k is None else {"k": k},
        agent=agent,
        num_envs=16,
        steps=steps,
        agent_constants={
            "sharing": "none",
            "hidden_size": 16,
            "discount": 0.9,
            "learning_rate": 3e-3,
            **constants,
        },
    )
    built = build(run)
    learner: Any = built.policy
    for _ in loop.train(built.make_env(num_envs=16), learner, steps, run.training_seed):
        pass
    env = built.make_env(num_envs=4)
    assert loop.evaluate(env, built.policy, 4, 1, explore=False).returns.tolist() == [expected] * 4
