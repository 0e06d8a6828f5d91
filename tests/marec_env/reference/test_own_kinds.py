"""A kind of stage of one's own, and methods for it."""

from dataclasses import dataclass

import numpy as np
import pytest

import marec_env
from marec_env.reference import Solution, best_plan, nash_conv, plan_of, replies_to, step_optimum
from marec_env.scenarios.basic import Basic
from marec_env.stages import Stage


@dataclass(frozen=True, kw_only=True, eq=False)
class Lottery(Stage):
    """Pays the value of what is picked, whatever the others do."""

    def payoffs(self, choice):
        self.picks(choice)
        return self.chosen(self.value, choice)


def lottery() -> Lottery:
    value = np.array([[0.5, 0.25], [0.75, 1.0]])
    slot = np.array([[0, 1], [0, 1]])
    return Lottery(value=value, similarity=value, slot=slot, legal=np.ones((2, 2), bool))


def test_without_methods_the_general_ones_serve():
    stage = lottery()
    assert step_optimum(stage).choice.tolist() == [0, 1]
    assert nash_conv(stage, np.full((2, 3), 1 / 3)) == pytest.approx(1.5 - 2.5 / 3)


def test_methods_may_be_registered_for_it():
    class Known(Lottery):
        """Whose best picks are known."""

    class Told(Basic):
        """The game of such steps."""

        def stage(self, state, b):
            stage = lottery()
            return Known(**{name: getattr(stage, name) for name in Stage.__dataclass_fields__})

    @replies_to.register
    def _(stage: Known, policy):
        return np.pad(stage.value, ((0, 0), (0, 1))) + 0.0 * policy

    @plan_of.register
    def _(stage: Known, scenario, state, streams, b):
        return Solution(np.array([[0, 1]]), 1.5, 1.5, "exact")

    told = Told(num_agents=2, pool_size=4, slate_size=2, horizon=1)
    truth = marec_env.make_vec(told).reset(0).truth
    assert best_plan(*truth, 0).welfare == 1.5
    stage = told.stage(truth.state, 0)
    assert nash_conv(stage, np.eye(3)[[1, 1]]) == pytest.approx(0.25)
