"""Finished runs are grouped by task and algorithm, compared fairly, and drawn."""

import json
import re

import numpy as np
import pytest

from experiments import charts, compare, labels, marl_eval, results
from experiments.command import BadInput
from experiments.comparison import ALL, Progress
from experiments.comparison import compare as sort
from experiments.run import FOREIGN, Run
from experiments.stored_runs import store


def run(**changes):
    return Run(**changes).complete()


def three(tmp_path, **changes):
    """Three seeds of two algorithms on one task: scores .5 .6 .7 and .1 .2 .3."""
    for seed in range(3):
        store(tmp_path / f"a{seed}", run(seed=seed, **changes), 0.5 + seed / 10)
        store(tmp_path / f"b{seed}", run(seed=seed, agent="iql", **changes), 0.1 + seed / 10)
    return tmp_path


def groups(place, **how):
    return sort(map(results.read, results.find([place]).finished), **how)


def test_runs_that_differ_in_their_seed_are_repetitions(tmp_path):
    (group,), notes = groups(three(tmp_path))
    assert group.name == "ecommerce-v0"
    assert {name: x.shape for name, x in group.scores.items()} == {
        "ippo:cooperative": (3, 1),
        "iql:cooperative": (3, 1),
    }
    np.testing.assert_allclose(group.scores["ippo:cooperative"][:, 0], [0.5, 0.6, 0.7])
    assert notes == []


def test_a_constant_that_differs_is_named_and_makes_another_algorithm(tmp_path):
    store(tmp_path / "a", run(), 0.5)
    store(tmp_path / "b", run(agent_constants={"hidden_size": 7}), 0.6)
    (group,), _ = groups(tmp_path)
    assert sorted(group.scores) == [
        "ippo:cooperative hidden_size=48",
        "ippo:cooperative hidden_size=7",
    ]


def test_an_objective_makes_another_algorithm_and_a_constant_of_the_game_another_task(tmp_path):
    store(tmp_path / "a", run(), 0.5)
    store(tmp_path / "b", run(objective="independent"), 0.6)
    store(tmp_path / "c", run(scenario_constants={"num_agents": 8}), 0.7)
    found, _ = groups(tmp_path)
    assert [g.name for g in found[:2]] == [
        "ecommerce-v0 num_agents=16",
        "ecommerce-v0 num_agents=8",
    ]
    assert sorted(found[0].scores) == ["ippo:cooperative", "ippo:independent"]


def test_all_tasks_are_taken_together_where_the_runs_are_equally_many(tmp_path):
    three(tmp_path / "one")
    three(tmp_path / "two", scenario_constants={"num_agents": 8})
    found, notes = groups(tmp_path)
    assert found[-1].name == ALL
    assert found[-1].scores["ippo:cooperative"].shape == (3, 2)
    assert found[-1].progress["ippo:cooperative"].values.shape == (3, 2, 3)
    assert notes == []


def test_an_algorithm_that_lacks_a_task_is_left_out_of_all_and_that_is_said(tmp_path):
    three(tmp_path / "one")
    store(tmp_path / "two", run(scenario_constants={"num_agents": 8}), 0.5)
    found, notes = groups(tmp_path)
    assert list(found[-1].scores) == ["ippo:cooperative"]
    assert notes == [
        "all tasks: 1 runs of ippo:cooperative a task, by seed; there are 1 to 3",
        "all tasks: iql:cooperative is left out, for it has no run on some of them",
    ]
    np.testing.assert_allclose(found[-1].scores["ippo:cooperative"], [[0.5, 0.5]])


def test_a_run_that_is_there_twice_counts_once(tmp_path):
    store(tmp_path / "a", run(), 0.5)
    store(tmp_path / "b", run(), 0.5)
    (group,), notes = groups(tmp_path)
    assert group.scores["ippo:cooperative"].shape == (1, 1)
    assert "the same runs again, counted once" in notes[0]


def test_the_way_is_chosen_by_the_reader_or_said(tmp_path):
    store(tmp_path / "a", run(), 0.5, argmax=0.9)
    assert groups(tmp_path)[0][0].scores["ippo:cooperative"][0, 0] == 0.5
    assert groups(tmp_path, way="argmax")[0][0].scores["ippo:cooperative"][0, 0] == 0.9
    (group,), notes = groups(tmp_path, way="better")
    assert group.scores["ippo:cooperative"][0, 0] == 0.9
    assert "argmax is the better way for ippo:cooperative in these same results" in notes[0]


def test_a_foreign_environment_is_compared_by_its_return(tmp_path):
    spread = {**FOREIGN, "env": "mpe2.simple_spread_v3"}
    store(tmp_path / "a", run(**spread), None)
    (group,), notes = groups(tmp_path)
    assert group.unit == "return per agent"
    assert "nothing has a score there" in notes[0]


def test_curves_are_compared_where_all_runs_were_evaluated(tmp_path):
    store(tmp_path / "a", run(), 0.5, steps=(0, 10, 20))
    store(tmp_path / "b", run(seed=1), 0.6, steps=(0, 20, 30))
    (group,), _ = groups(tmp_path)
    curve = group.progress["ippo:cooperative"]
    assert isinstance(curve, Progress)
    assert curve.steps.tolist() == [0, 20]
    assert curve.values.shape == (2, 1, 2)


def test_the_program_prints_a_table_and_draws(tmp_path, capsys):
    assert compare.main([str(three(tmp_path / "runs")), "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert re.search(r"ippo:cooperative +0\.600 +0\.5\d\d, 0\.7\d\d +0\.600", out)
    assert re.search(r"clairvoyant +1\.000 +exact", out)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [
        "ecommerce-v0-bars.png",
        "ecommerce-v0-curves.png",
        "ecommerce-v0-improvement.png",
    ]
    assert all((tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG") for name in names)


def test_profiles_are_drawn_of_many_runs(tmp_path):
    for seed in range(4):
        store(tmp_path / str(seed), run(seed=seed), seed / 10)
    (group,), _ = groups(tmp_path)
    assert [p.name for p in charts.draw(group, tmp_path)] == [
        "ecommerce-v0-bars.png",
        "ecommerce-v0-curves.png",
        "ecommerce-v0-profiles.png",
    ]


def test_an_unfinished_run_is_left_out_and_said(tmp_path, capsys):
    three(tmp_path)
    (tmp_path / "a0" / "scores.json").unlink()
    assert compare.main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "left out, for they are not finished: 1 runs (a0)" in out
    assert "5 runs" in out


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("metrics.jsonl", '{"evaluate/": oops\n', "metrics.jsonl:1 must be a record in JSON"),
        ("scores.json", "{", "scores.json.* must hold a table of scores"),
        ("run.json", "{", "is not a saved run"),
    ],
)
def test_a_damaged_file_is_named(name, content, sentence, tmp_path):
    store(tmp_path / "a", run(), 0.5)
    (tmp_path / "a" / name).write_text(content)
    with pytest.raises(BadInput, match=sentence):
        compare.main([str(tmp_path), "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_where_nothing_is_there_one_sentence_says_so(tmp_path):
    with pytest.raises(BadInput, match="must be a folder with runs, got no such folder"):
        compare.main([str(tmp_path / "none")])
    with pytest.raises(BadInput, match="there must be a finished run below"):
        compare.main([str(tmp_path)])


def test_runs_of_other_lengths_are_not_mixed(tmp_path):
    store(tmp_path / "a", run(), 0.5)
    store(tmp_path / "b", run(seed=1, steps=12_800), 0.6)
    (group,), _ = groups(tmp_path)
    assert len(group.scores) == 2
    assert all("steps=" in name for name in group.scores)


def test_marl_evals_form_has_every_evaluation_and_the_final_one(tmp_path):
    store(tmp_path / "a", run(seed=5), 0.5, steps=(0, 10))
    marl_eval.write(tmp_path / "a")
    found = json.loads((tmp_path / "a" / "marl_eval.json").read_text())
    of_seed = found["marec"]["ecommerce-v0"]["ippo:cooperative"]["seed_5"]
    assert of_seed["step_1"]["step_count"] == 10
    assert of_seed["step_1"]["elapsed_time"] == 1.0
    assert of_seed["absolute_metrics"]["sampled/score"] == [0.5]
    assert of_seed.keys() == {"step_0", "step_1", "absolute_metrics"}


def test_marl_evals_file_of_many_runs_has_them_all(tmp_path, capsys):
    three(tmp_path / "runs")
    out = tmp_path / "all.json"
    assert marl_eval.main([str(tmp_path / "runs"), "--out", str(out)]) == 0
    found = json.loads(out.read_text())["marec"]["ecommerce-v0"]
    assert {name: sorted(seeds) for name, seeds in found.items()} == {
        "ippo:cooperative": ["seed_0", "seed_1", "seed_2"],
        "iql:cooperative": ["seed_0", "seed_1", "seed_2"],
    }


def test_labels_name_what_differs_and_no_more():
    keys = [labels.algorithm(run(agent_constants={"discount": d})) for d in (0.9, 0.99)]
    assert sorted(labels.labels(keys).values()) == [
        "ippo:cooperative discount=0.9",
        "ippo:cooperative discount=0.99",
    ]
