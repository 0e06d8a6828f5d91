"""A Run is a value: equal to what its JSON and its command line make of it."""

import json
import shlex
from dataclasses import replace

import pytest

from experiments.command import Parser, parse
from experiments.run import Run

RUNS = {
    "defaults": Run(),
    "constants": Run(
        objective="angle:-45",
        agent_constants={"learning_rate": 3e-4, "sharing": (0,) * 8 + (1,) * 8},
        scenario_constants={"num_agents": 16, "rationing": "affinity", "offset": -1e-3},
        catalogue_constants={"seed": 3},
        steps=640,
    ),
    "folder": Run(catalogue="catalogues/my data", scenario="basic-v0", seed=2**43),
    "foreign": Run(
        scenario=None,
        catalogue=None,
        objective="independent",
        env="mpe2.simple_spread_v3",
        env_constants={"N": 3, "max_cycles": 25, "local_ratio": 0.5},
    ),
}
RUNS["a long schedule in a short run"] = Run(
    agent="iql", steps=60_000, agent_constants={"learning_rate_steps": 200_000}
)
every_run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


@every_run
def test_a_run_survives_json(run):
    complete = run.complete()
    assert Run.from_json(complete.to_json()) == complete


@every_run
def test_a_run_survives_its_own_command_line(run):
    complete = run.complete()
    words = shlex.split(complete.command())
    assert words[:3] == ["python", "-m", "experiments.train"]
    assert parse(words[3:], Parser("train", ""))[0] == complete


def test_the_command_of_the_defaults_is_short():
    assert Run().complete().command() == "python -m experiments.train"


def test_seeds_of_runs_and_of_their_evaluations_do_not_meet():
    first, second = Run(seed=0), Run(seed=1)
    bases = [first.training_seed, first.evaluation_seed, second.training_seed]
    assert bases == [0, 2**19, 2**20]
    assert second.evaluation_seed == 2**20 + 2**19


def test_complete_writes_every_constant_down():
    run = Run(agent_constants={"learning_rate": 0.5}).complete()
    assert run.agent_constants["learning_rate"] == 0.5
    assert run.scenario_constants["num_agents"] == 16
    assert "catalogue" not in run.scenario_constants
    assert "seed" not in run.agent_constants


def test_schedules_are_as_long_as_the_run_unless_they_are_given():
    found = Run(agent="iql", steps=60_000).complete().agent_constants
    assert (found["learning_rate_steps"], found["epsilon_steps"]) == (60_000, 15_000)
    given = Run(agent="iql", steps=60_000, agent_constants={"epsilon_steps": 50_000}).complete()
    assert given.agent_constants["epsilon_steps"] == 50_000
    assert given.command().endswith("--steps 60000 --agent.epsilon-steps 50000")
    assert Run(steps=400).complete().agent_constants["entropy_bonus_steps"] == 400


def test_a_schedule_of_a_plug_in_follows_its_class(tmp_path):
    source = """
class Warm:
    shares_of_steps = {"warm_up": 0.5}

    def __init__(self, sizes, seed=0, warm_up: int = 7, other: int = 7):
        pass

    def act(self, view, *, explore):
        return None
"""
    place = tmp_path / "warm.py"
    place.write_text(source)
    run = Run(agent=f"{place}:Warm", steps=1000).complete()
    assert run.agent_constants == {"warm_up": 500, "other": 7}


def test_lists_from_json_become_tuples():
    assert Run(agent_constants={"sharing": [0, [1]]}).agent_constants["sharing"] == (0, (1,))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": -1}, "seed must be >= 0 and <= 8796093022208, got -1"),
        ({"num_envs": 0}, "num_envs must be >= 1 and <= 524288, got 0"),
        ({"steps": 10}, "steps must be 0 or at least num_envs = 64, got 10"),
        ({"steps": "10"}, "steps must be an integer, got '10'"),
        ({"steps": True}, "steps must be an integer, got True"),
        ({"scenario": None}, "got scenario None and env None"),
        ({"env": "mpe2"}, "got scenario 'ecommerce-v0' and env 'mpe2'"),
        ({"objective": "selfish"}, "objective must be one of .* got 'selfish'"),
        ({"scenario": None, "env": "x"}, "objective must be independent with env"),
        ({"agent_constants": {"learning_rte": 1.0}}, "did you mean 'learning_rate'"),
        ({"agent": "ipo"}, "--agent 'ipo' is unknown; did you mean 'ippo'"),
        ({"scenario": "ecomerce-v0"}, "did you mean 'ecommerce-v0'"),
    ],
)
def test_an_impossible_run_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(Run(), **changes).complete()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not a saved run: Expecting value"),
        ("[1]", "a run must be a JSON object, got list"),
        (json.dumps({"sead": 1}), "a run has no 'sead'; did you mean 'seed'"),
        (json.dumps({"seed": "1"}), "seed must be an integer, got '1'"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, text, sentence):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=sentence):
        Run.load(tmp_path)


def test_a_name_for_a_folder_is_readable():
    assert Run(seed=7).name == "ecommerce-v0-cooperative-ippo-seed7"
    foreign = RUNS["foreign"]
    assert foreign.name == "mpe2.simple_spread_v3-independent-ippo-seed0"
    run = Run(agent="../my code/file.py:Mine", catalogue="catalogues/ml-100k", objective="angle:45")
    assert run.name == "ecommerce-v0-ml-100k-angle45-file.pyMine-seed0"
