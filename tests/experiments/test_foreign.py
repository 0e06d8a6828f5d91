"""`--env` finds environments of other people, and learners play them by the command line."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from experiments import foreign, train
from experiments.command import BadInput
from experiments.games.game import GameVec
from experiments.pettingzoo_vec import PettingZooVec
from tests.pages import blocks

PAGE = (Path(__file__).parents[2] / "docs" / "foreign.md").read_text()
(ADAPTER,) = (block.code for block in blocks(PAGE) if block.code.startswith("# foraging.py"))
RPS = "pettingzoo.classic.rps.rps:env"
TINY = "--num-envs 4 --steps 160 --evaluate-every 80 --evaluation-episodes 2 --quiet --out runs"


def trained(line: str, capsys: pytest.CaptureFixture[str]) -> list[dict]:
    """The final table of `train LINE`."""
    assert train.main([*shlex.split(line), *shlex.split(TINY)]) == 0
    (folder,) = re.findall(r"writes into (.*)", capsys.readouterr().out)
    return json.loads((Path(folder) / "scores.json").read_text())


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)


def test_a_module_may_have_parallel_env():
    assert isinstance(foreign.copies("mpe2.simple_spread_v3", {})(2, False), PettingZooVec)


def test_a_module_may_have_env_only(tmp_path: Path):
    (tmp_path / "turns.py").write_text("from pettingzoo.classic.rps.rps import env")
    vec = foreign.copies("turns", {"max_cycles": 3})(2, False)
    assert vec.reset(0).observation.shape[:2] == (2, 2)


def test_a_module_with_neither_is_refused():
    with pytest.raises(ValueError, match="'json' has neither"):
        foreign.copies("json", {})


def test_a_module_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"'pettingzoo\.classic\.rps_v99' cannot be imported"):
        foreign.copies("pettingzoo.classic.rps_v99", {})


def test_constants_that_the_environment_refuses_are_named():
    with pytest.raises(ValueError, match=r"mpe2.simple_spread_v3 refuses \{'M': 3\}"):
        foreign.copies("mpe2.simple_spread_v3", {"M": 3})


def test_an_aec_environment_is_converted_and_pays_at_once():
    vec = foreign.copies(RPS, {"max_cycles": 3})(2, False)
    vec.reset(seed=0)
    then = vec.step(np.array([[0, 2], [1, 1]]))  # rock against scissors, paper against paper
    assert then.payoff.tolist() == [[1, -1], [0, 0]]
    vec.step(np.array([[0, 1], [2, 1]]))
    then = vec.step(np.array([[0, 1], [2, 1]]))
    assert then.payoff.tolist() == [[-1, 1], [1, -1]]
    assert then.truncated.all()


def test_a_game_of_turns_is_refused():
    with pytest.raises(ValueError, match=r"tictactoe is an AECEnv that does not call itself"):
        foreign.copies("pettingzoo.classic.tictactoe.tictactoe", {})


def test_a_game_brings_its_own_batch():
    vec = foreign.copies("experiments.games.matrix:Penalty", {"k": -25})(2, True)
    assert isinstance(vec, GameVec)
    vec.reset(seed=0)
    assert vec.step(np.array([[0, 0], [0, 2]])).payoff.tolist() == [[-25, -25], [10, 10]]


def test_a_wrong_constant_of_a_game_ends_the_program_with_a_sentence():
    with pytest.raises(BadInput, match=r"matrix:Penalty refuses \{'k': 1\}: k must be <= 0, got 1"):
        train.main(["--env", "experiments.games.matrix:Penalty", "--env-constants", "k=1"])


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["iql", "ippo"])
def test_learners_play_an_aec_environment(agent: str, capsys: pytest.CaptureFixture[str]):
    line = f"--env {RPS} --env-constants max_cycles=10 --agent {agent}"
    rows = trained(line, capsys)
    assert rows[0]["player"] == "random"
    assert all(row["welfare"] == pytest.approx(0, abs=1e-6) for row in rows)  # it is zero-sum


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["qmix", "ippo"])
def test_learners_play_a_game_of_ours(agent: str, capsys: pytest.CaptureFixture[str]):
    rows = trained(f"--env experiments.games.matrix:Climbing --agent {agent}", capsys)
    assert any(row["player"].startswith(agent) for row in rows)
    assert all(-750 <= row["welfare"] <= 275 for row in rows)


def test_the_adapter_is_short():
    assert ADAPTER.count("\n") <= 40


@pytest.mark.slow
@pytest.mark.parametrize("agent", ["vdn", "qmix", "ippo"])
def test_learners_play_what_is_no_pettingzoo_by_the_command_of_the_page(
    agent: str, capsys: pytest.CaptureFixture[str]
):
    (line,) = re.findall(r"^python -m experiments.train (.*foraging.*)$", PAGE, re.MULTILINE)
    Path("foraging.py").write_text(ADAPTER)
    rows = trained(line.replace("--agent vdn", f"--agent {agent}"), capsys)
    assert any(row["player"].startswith(agent) for row in rows)
    assert all(0 <= row["welfare"] <= 1 for row in rows)  # normalised by what there is to eat


def test_the_adapter_repeats_itself_after_a_restore():
    Path("foraging.py").write_text(ADAPTER)
    many = foreign.copies("foraging.py:Foraging", {"name": "Foraging-8x8-2p-1f-v3"})
    vec = many(3, True)
    vec.reset(seed=1)
    rng = np.random.default_rng(0)
    actions = rng.integers(0, 6, (60, 3, 2))
    for played in actions[:30]:
        vec.step(played)
    again = many(3, True)
    again.restore(vec.snapshot())
    for played in actions[30:]:
        one, other = vec.step(played), again.step(played)
        np.testing.assert_array_equal(one.observation, other.observation)
        np.testing.assert_array_equal(one.payoff, other.payoff)
        np.testing.assert_array_equal(one.state, other.state)
