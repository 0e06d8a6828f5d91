"""A policy among users that it has never met: logged beside the others, never chosen by."""

import json
from dataclasses import replace

import numpy as np
import pytest

from experiments import evaluate, train
from experiments.build import build, on_held_out
from experiments.command import BadInput
from experiments.course import Course
from experiments.run import Run
from experiments.scores import Examiner
from experiments.tags import EVALUATION, HELD_OUT, explanation

APART = {"users": "resampled", "held_out": 0.5}
RUN = Run(
    agent="greedy",
    num_envs=2,
    steps=0,
    evaluation_episodes=4,
    scenario_constants=APART | {"num_agents": 3, "pool_size": 8, "slate_size": 4, "horizon": 4},
    catalogue_constants={"num_users": 8, "num_items": 32},
)
WORDS = [
    *("--agent", "linucb", "--steps", "32", "--num-envs", "4", "--evaluation-episodes", "2"),
    *("--scenario.num-agents", "3", "--scenario.horizon", "4", "--scenario.pool-size", "8"),
    *("--scenario.slate-size", "4", "--catalogue.num-users", "8", "--catalogue.num-items", "32"),
    *("--scenario.users", "resampled", "--scenario.held-out", "0.5", "--quiet"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A finished training."""
    out = tmp_path_factory.mktemp("runs")
    assert train.main([*WORDS, "--out", str(out)]) == 0
    return next(out.iterdir())


def users_of(built):
    now = built.make_env(num_envs=30).reset(seed=0)
    return set(now.truth.state.episode.users.ravel().tolist())


def test_the_policy_plays_among_others_when_users_are_held_out():
    built = build(RUN)
    apart = on_held_out(built)
    assert apart is not None
    assert apart.policy is built.policy
    assert not users_of(built) & users_of(apart)
    assert users_of(built) | users_of(apart) == set(range(8))


@pytest.mark.parametrize("users", [{"users": "fixed", "held_out": 0.0}, {"held_out": 0.0}])
def test_where_nobody_is_held_out_there_is_nothing_else_to_play(users):
    run = replace(RUN, scenario_constants=RUN.scenario_constants | users)
    assert on_held_out(build(run)) is None
    assert Examiner(build(run), episodes=1).held_out is None


def test_an_evaluation_is_made_of_both():
    examiner = Examiner(build(RUN), episodes=4)
    record = Course(examiner).advance()
    assert record is not None
    seen, apart = (
        {tag.removeprefix(prefix): x for tag, x in record.values.items() if tag.startswith(prefix)}
        for prefix in (EVALUATION, HELD_OUT)
    )
    assert seen.keys() == apart.keys()
    assert seen["argmax/welfare"] != apart["argmax/welfare"]
    assert len(seen) + len(apart) == len(record.values)
    assert all(explanation(tag) for tag in [*record.values, *record.counts])


def test_holding_users_out_changes_nothing_of_the_evaluation_of_the_others():
    examiner = Examiner(build(RUN), episodes=4)
    both = Course(examiner).advance()
    assert both is not None
    for tag, value in examiner.record(0).values.items():
        np.testing.assert_equal(both.values[tag], value)


def test_the_best_policy_is_chosen_without_the_users_held_out():
    course = Course(Examiner(build(RUN), episodes=4))
    record = course.advance()
    assert record is not None
    assert course.best == (0, record.values["evaluate/argmax/welfare"])


def test_a_training_keeps_the_scores_of_both(folder):
    seen, apart = (
        {row["player"]: row["welfare"] for row in json.loads((folder / name).read_text())}
        for name in ("scores.json", "scores-held-out.json")
    )
    assert seen.keys() == apart.keys()
    assert seen["clairvoyant"] != apart["clairvoyant"]


def test_evaluate_plays_a_run_among_the_users_held_out(folder):
    assert evaluate.main([str(folder), "--held-out", "--episodes", "20"]) == 0
    found = json.loads((folder / "evaluation-held-out-20.json").read_text())
    assert found == json.loads((folder / "scores-held-out.json").read_text())


@pytest.mark.parametrize(
    "words",
    [
        ["--scenario.held-out", "0"],
        ["--scenario.held-out", "0", "--scenario.users", "fixed"],
        ["--env", "mpe2.simple_spread_v3", "--agent", "random"],
    ],
)
def test_evaluate_refuses_where_nobody_was_held_out(words, folder):
    start = ["--agent", "greedy"] if "--env" not in words else []
    with pytest.raises(BadInput, match="--held-out needs users that were kept apart"):
        evaluate.main([*start, *words, "--held-out", "--episodes", "1"])


def test_a_run_of_a_foreign_environment_kept_nobody_of_ours_apart(tmp_path):
    words = ["--env", "mpe2.simple_spread_v3", "--agent", "random", "--steps", "0", "--quiet"]
    assert train.main([*words, "--evaluation-episodes", "1", "--out", str(tmp_path)]) == 0
    (run,) = tmp_path.iterdir()
    ours = ["--scenario", "basic-v0", "--scenario.users=resampled", "--scenario.held-out=0.5"]
    with pytest.raises(BadInput, match="needs the users that the run kept apart"):
        evaluate.main([str(run), *ours, "--held-out", "--episodes", "1"])


def test_a_run_with_fixed_users_holds_nobody_out(tmp_path):
    with pytest.raises(BadInput, match=r"held_out must be 0 where users is fixed, got 0\.2"):
        train.main(["--scenario.held-out", "0.2", "--out", str(tmp_path)])


@pytest.mark.parametrize("flag", ["--scenario.held-out=0.6", "--scenario.world-seed=7"])
def test_users_that_training_did_not_keep_apart_are_not_called_held_out(folder, flag):
    with pytest.raises(BadInput, match="needs the users that the run kept apart"):
        evaluate.main([str(folder), "--held-out", "--episodes", "1", flag])
