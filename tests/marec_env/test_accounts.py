"""What a scenario says of its payoffs and of its episodes, sound and broken."""

from typing import ClassVar

import numpy as np
import pytest

import marec_env
from marec_env.scenarios.basic import Basic
from marec_env.testing.accounts import check_factors, check_metrics
from tests.marec_env.rollouts import SIZES


class Tells(Basic):
    """The plain game, which says how many steps there were and what each agent was paid first."""

    metric_notes: ClassVar[dict[str, str]] = {
        "steps": "steps of the episode",
        "opening": "payoff of the first step",
    }

    def episode_metrics(self, state, history, is_over):
        return {
            "steps": np.where(is_over, state.step, np.nan),
            "opening": np.where(is_over[:, None], history.payoff[:, 0], np.nan),
        }


class KeepsItsNotes(Tells):
    metric_notes: ClassVar[dict[str, str]] = {"steps": "steps of the episode"}


class SaysTooEarly(Tells):
    def episode_metrics(self, state, history, is_over):
        return super().episode_metrics(state, history, np.ones_like(is_over))


class CountsInIntegers(Tells):
    def episode_metrics(self, state, history, is_over):
        return super().episode_metrics(state, history, is_over) | {"steps": state.step}


class ForgetsAFactor(Basic):
    def factors(self, state, actions, streams):
        factors = super().factors(state, actions, streams)
        return factors._replace(multiplied={"rating": factors.multiplied["rating"]})


class SumsOverAgents(Basic):
    def factors(self, state, actions, streams):
        factors = super().factors(state, actions, streams)
        return factors._replace(added={"total": factors.payoff.sum(axis=1)})


def test_a_game_that_says_more_of_its_episodes_conforms():
    check_metrics(Tells(**SIZES))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (KeepsItsNotes, r"metrics must be those of \['steps'\], got \['steps', 'opening'\]"),
        (SaysTooEarly, "metric 'steps' must be NaN where no episode has ended"),
        (CountsInIntegers, r"metric 'steps' must be float64 \[B\] or \[B, N\] .* got int64"),
    ],
)
def test_metrics_out_of_form_are_refused(broken, message):
    with pytest.raises(AssertionError, match=message):
        check_metrics(broken(**SIZES))


def test_factors_that_do_not_make_the_payoff_are_refused():
    with pytest.raises(AssertionError, match="factors must make the payoff, they miss it by"):
        check_factors(ForgetsAFactor(**SIZES))


def test_factors_without_agents_are_refused():
    with pytest.raises(AssertionError, match=r"factor 'total' must be \[B, N\] = \(3, 5\), got"):
        check_factors(SumsOverAgents(**SIZES))


def test_what_a_scenario_says_comes_with_the_step_that_ends_an_episode():
    env = marec_env.make_vec(Tells, num_envs=2, **SIZES)
    first = now = env.step(env.reset(0).action_mask.argmax(-1))
    while not now.start.any():
        now = env.step(now.action_mask.argmax(-1))
    np.testing.assert_array_equal(now.info["episode/steps"], [env.scenario.horizon] * 2)
    np.testing.assert_allclose(now.info["episode/opening"], first.payoff, rtol=1e-6)


def test_each_agent_of_the_pettingzoo_face_gets_its_own_number():
    env = marec_env.make(Tells, **SIZES)
    env.reset(seed=0)
    _, opening, _, _, infos = env.step(dict.fromkeys(env.agents, 0))
    while env.agents:
        *_, infos = env.step(dict.fromkeys(env.agents, 0))
    for agent, info in infos.items():
        assert info["episode"]["episode/opening"] == pytest.approx(opening[agent], rel=1e-6)
        assert info["episode"]["episode/steps"] == env.scenario.horizon
    returns = [info["episode"]["episode/return"] for info in infos.values()]
    welfare = infos["user_0"]["episode"]["episode/welfare"]
    assert np.mean(returns) / env.scenario.horizon == pytest.approx(welfare)
