"""A suite is data: a product of runs with names of their own."""

from dataclasses import replace

import pytest

from agents import AGENTS
from experiments import suites
from experiments.suites import Suite


def test_a_suite_is_a_product():
    suite = Suite(
        about="",
        scenarios=("basic-v0", "ecommerce-v0"),
        players=(("ippo", "cooperative"), ("iql", "independent")),
        seeds=range(3),
        variants={"narrow": {"agent.hidden_size": 8}, "wide": {"agent.hidden_size": 64}},
    )
    runs = suite.runs()
    assert len(runs) == 24
    run = runs["basic-v0-independent-iql-seed2-wide"]
    assert (run.scenario, run.objective, run.agent, run.seed) == (
        "basic-v0",
        "independent",
        "iql",
        2,
    )
    assert run.agent_constants["hidden_size"] == 64


def test_agents_of_a_suite_may_have_constants_of_their_own():
    suite = Suite(
        about="",
        players=(("ippo", "cooperative"), ("iql", "cooperative")),
        agent_constants={"iql": {"epsilon_steps": 7}},
    )
    ippo, iql = suite.runs().values()
    assert iql.agent_constants["epsilon_steps"] == 7
    assert "epsilon_steps" not in ippo.agent_constants


def test_seeds_may_be_worlds():
    (run,) = Suite(about="", seeds=[7], seeds_are_worlds=True).runs().values()
    assert run.scenario_constants["world_seed"] == run.catalogue_constants["seed"] == 7


def test_runs_of_a_suite_need_names_of_their_own():
    with pytest.raises(ValueError, match=r"names of their own, got .*-seed0 twice"):
        Suite(about="", seeds=[0, 0]).runs()


def test_a_variant_of_what_there_is_not_is_refused():
    with pytest.raises(ValueError, match=r"a variant changes 'agnet.hidden_size'; did you mean"):
        Suite(about="", variants={"x": {"agnet.hidden_size": 8}}).runs()


def test_suites_are_what_they_say():
    assert len(suites.SUITES["smoke"].runs()) == 24
    assert len(suites.SUITES["learning"].runs()) == 40
    quick = suites.SUITES["quick"].runs().values()
    assert len(quick) == 18 * 5 * 2 * 5  # players, scenarios, catalogues, worlds
    learners = {name for name, made in AGENTS.items() if hasattr(made, "learn")}
    assert {run.agent for run in quick} == learners


def test_the_quick_benchmark_tunes_nobody():
    for run in suites.SUITES["quick"].runs().values():
        assert run == replace(run, agent_constants={}).complete()
