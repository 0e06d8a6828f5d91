"""What a run may combine, and what not."""

import pytest

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
