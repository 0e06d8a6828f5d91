"""What passes between environments and policies is the same in both rooms."""

import numpy as np
import pytest

from agents import contract
from experiments.acting import look
from experiments.build import build
from experiments.run import Run
from marec_env import make_single, make_vec, policy
from tests.marec_env.rollouts import SIZES


class Privileged:
    privileged = True

    def act(self, view, *, explore):
        raise NotImplementedError


def test_a_view_is_the_same_tuple_for_environments_and_for_policies():
    assert policy.View._fields == contract.View._fields
    assert policy.View._field_defaults == contract.View._field_defaults


def test_programs_show_policies_the_view_of_their_contract():
    now = make_vec("ecommerce-v0", 2, with_state=True, **SIZES).reset(0)
    seen = look(now, Privileged())
    assert type(seen) is contract.View
    assert all(value is getattr(now, name) for name, value in seen._asdict().items())


@pytest.mark.parametrize("agent", ["ippo", "iql", "linucb"])
def test_a_learner_can_play_the_others_of_a_single_agent(agent):
    built = build(Run(agent=agent, scenario_constants={"horizon": 3}))
    assert built.scenario is not None
    env = make_single(built.scenario, others=built.policy, explore=True)
    env.reset(seed=0)
    first = [env.step(0)[:2] for _ in range(3)]
    env.reset(seed=0)
    np.testing.assert_equal(first, [env.step(0)[:2] for _ in range(3)])
