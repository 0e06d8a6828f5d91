"""The page of a benchmark, from runs with known scores."""

import pytest

from experiments import benchmark
from experiments.command import BadInput
from experiments.run import FOREIGN, Run
from experiments.stored_runs import store


def run(**changes):
    return Run(**changes).complete()


def test_every_game_has_a_column_and_the_best_comes_first(tmp_path, capsys):
    for seed in range(2):
        for game, gain in (("basic-v0", 0.2), ("ecommerce-v0", 0.0)):
            for agent, score in (("ippo", 0.5), ("iql", 0.3)):
                place = tmp_path / f"{game}-{agent}-{seed}"
                store(place, run(scenario=game, agent=agent, seed=seed), score + gain)
    assert benchmark.main([str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "**synthetic**"
    assert lines[2] == "| player | basic-v0 | ecommerce-v0 | mean |"
    ours = [line for line in lines if line.startswith("| **")]
    assert ours[0].startswith("| **ippo:cooperative** | 0.700 (0.700 to 0.700) | 0.500 (")
    assert ours[0].endswith("| 0.600 |")
    assert ours[1].endswith("| 0.400 |")
    assert "8 runs, 0 not finished" in lines[-1]


def test_what_is_missing_is_shown_as_missing(tmp_path, capsys):
    store(tmp_path / "a", run(scenario="basic-v0", seed=0), 0.5)
    store(tmp_path / "b", run(scenario="basic-v0", seed=1), 0.7)
    store(tmp_path / "c", run(scenario="ecommerce-v0", agent="iql"), 0.9)
    assert benchmark.main([str(tmp_path)]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| **")]
    assert "| **iql:cooperative** | - | 0.900 (0.900 to 0.900) [1] | - |" in rows
    assert any(row.startswith("| **ippo:cooperative** | 0.600 (") for row in rows)


def test_nothing_to_show_is_said_in_a_sentence(tmp_path):
    with pytest.raises(BadInput, match="must be a finished run below"):
        benchmark.main([str(tmp_path)])
    store(tmp_path / "a", run(env="mpe2.simple_spread_v3", **FOREIGN), None)
    with pytest.raises(BadInput, match="got runs of foreign environments"):
        benchmark.main([str(tmp_path)])
