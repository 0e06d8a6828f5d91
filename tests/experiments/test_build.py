"""What a run may combine, and what not."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

import agents
from agents import Population
from agents.contract import Sizes
from agents.cooperative.qmix import QMIX
from agents.linucb import LinUCB
from experiments import loop
from experiments.acting import act, look
from experiments.build import build
from experiments.run import Run


def test_a_learner_of_a_team_refuses_another_objective():
    run = Run(agent="vdn", objective="independent", num_envs=1)
    with pytest.raises(ValueError, match="--objective must be cooperative, got independent"):
        build(run)


def test_a_player_that_must_know_the_game_refuses_a_foreign_one():
    run = Run(
        agent="myopic",
        scenario=None,
        env="mpe2.simple_spread_v3",
        objective="independent",
        num_envs=1,
    )
    with pytest.raises(ValueError, match="must know the game"):
        build(run)


class Mixed(Population):
    """A team of two, whose critic is central, among others."""

    def __init__(self, sizes: Sizes, seed: int = 0):
        team = partial(QMIX, hidden_size=8, warmup=8, batch_size=8)
        super().__init__({"user_[01]": team, "*": LinUCB}, sizes, seed)


MIXED = Run(
    agent=f"{__name__}:Mixed",
    objective="cooperative",
    num_envs=2,
    scenario_constants={"num_agents": 3, "horizon": 4, "pool_size": 8, "slate_size": 4},
)


def test_a_central_part_of_a_population_has_its_state():
    built = build(MIXED)
    policy: Any = built.policy
    env = built.make_env(num_envs=2)
    state = env.reset(0).state
    assert state is not None
    assert built.sizes.state_size == state.shape[1]
    *_, last = loop.train(env, policy, steps=64, seed=0)
    assert "learner/user_[01]/loss" in last.values


def test_a_trained_population_is_saved_and_played_on(tmp_path):
    built = build(MIXED)
    learner: Any = built.policy
    list(loop.train(built.make_env(num_envs=2), learner, steps=64, seed=0))
    agents.save(learner, tmp_path, reference=MIXED.agent)
    now = built.make_env(num_envs=2).reset(1)
    trained, again, fresh = (
        act(policy, look(now, policy), explore=False).tolist()
        for policy in (learner, build(MIXED, tmp_path).policy, build(MIXED).policy)
    )
    assert trained == again != fresh


def test_a_team_within_a_population_refuses_another_objective():
    with pytest.raises(ValueError, match="--objective must be cooperative, got competitive"):
        build(replace(MIXED, objective="competitive"))
