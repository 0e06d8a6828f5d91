"""Bad input: one sentence, exit code 2, no traceback, nothing written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import evaluate, train
from experiments.command import Parser, parse, program

ROOT = Path(__file__).parents[2]
TINY = (
    "--scenario.num-agents 2 --catalogue.num-users 8 --catalogue.num-items 32 "
    "--num-envs 2 --evaluation-episodes 2"
)
GREEDY = """
import numpy as np

class First:
    '''Takes what comes first.'''

    def __init__(self, sizes, seed=0, offset: int = 0):  # of the pick
        if offset < 0:
            raise ValueError(f"offset must be >= 0, got {offset}")
        self.offset = offset

    def act(self, view, *, explore):
        return view.action_mask.argmax(-1) + self.offset

class Wrong(First):
    def act(self, view, *, explore):
        return np.zeros(3)

class Mute:
    pass

thing = 3
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "my_file.py").write_text(GREEDY)
    (tmp_path / "broken.py").write_text("import nothing_like_this")
    (tmp_path / "bad.json").write_text(json.dumps({"seed": -1}))
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(main, words, monkeypatch, capsys):
    """Exit code and what went to stderr, in this process."""
    monkeypatch.setattr(sys, "argv", ["program", *words.split()])
    with pytest.raises(SystemExit) as exit_:
        program(main, main.__module__.rpartition(".")[2])
    return exit_.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--scenario ecomerce-v0", "--scenario 'ecomerce-v0' is unknown; did you mean"),
        ("--agent ipo", "--agent 'ipo' is unknown; did you mean 'ippo'?"),
        ("--agent zzz", "--agent 'zzz' is unknown; known: "),
        ("--objective selfish", "objective must be one of independent, cooperative, competitive"),
        ("--sead 3", "--sead is no argument of python -m experiments.train; did you mean --seed?"),
        ("--agent.learning-rte 3", "did you mean --agent.learning-rate?"),
        ("--seed", "--seed: expected one argument"),
        ("--seed x", "--seed: expected an integer, got 'x'"),
        ("--steps -64", "steps must be >= 0, got -64"),
        ("--num-envs 0", "num_envs must be >= 1 and <= 524288, got 0"),
        (
            "--scenario.num-agents -3",
            "num_agents must be in 1 ... 512, the number of drawable users, got -3",
        ),
        (
            "--scenario.num-agents 600",
            "num_agents must be in 1 ... 512, the number of drawable users, got 600",
        ),
        ("--scenario.slate-size 30", "got 30, 24, 512"),
        ("--scenario.pool-size 999", "got 8, 999, 512"),
        ("--scenario.beta -1", "beta must be >= 0, got -1"),
        ("--scenario.rationing luck", "expected one of random, affinity, got 'luck'"),
        ("--scenario.shows-items maybe", "expected true or false, got 'maybe'"),
        ("--catalogue.num-users 0", "num_users must be at least 1, got 0"),
        ("--catalogue nowhere", "--catalogue must be synthetic or the folder of a catalogue"),
        ("--catalogue file", "--catalogue must be synthetic or the folder of a catalogue"),
        ("--catalogue .", "--catalogue . cannot be read"),
        ("--env mpe2.simple_spread_v3 --scenario basic-v0", "--env excludes --scenario"),
        ("--env no_such_package.env", "--env: 'no_such_package.env' cannot be imported"),
        ("--env json", "'json' has neither"),
        (
            "--env mpe2.simple_spread_v3 --env-constants N",
            "expected NAME=VALUE,NAME=VALUE, got 'N'",
        ),
        ("--env mpe2.simple_spread_v3 --env-constants K=3", "refuses {'K': 3}"),
        ("--env mpe2.simple_spread_v3 --objective cooperative", "objective must be independent"),
        ("--agent my_fil.py:First", "'my_fil.py' cannot be imported: there is no such file"),
        ("--agent my_file.py:Frist", "my_file.py has no 'Frist'; did you mean 'First'?"),
        ("--agent broken.py:First", "ModuleNotFoundError: No module named 'nothing_like_this'"),
        ("--agent no.such:First", "'no.such' cannot be imported"),
        ("--agent my_file.py:Mute", "my_file.py:Mute must have a method act"),
        ("--agent my_file.py:thing", "my_file.py:thing must be a class, got a int"),
        ("--agent my_file.py:First --agent.offset -1", "offset must be >= 0, got -1"),
        ("--agent my_file.py:Wrong " + TINY, "Wrong.act must return integers of shape [B, N]"),
        (
            "--agent my_file.py:First --agent.offset 99 " + TINY,
            "for agent 0 of copy 0, where",
        ),
        ("--scenario my_file.py:First", "my_file.py:First must have a method reset"),
        ("--run nowhere.json", "'nowhere.json' is not a saved run: there is no such file"),
        ("--run bad.json", "seed must be >= 0"),
        ("--run deep.json", "'deep.json' is not a saved run: maximum recursion depth"),
        ("--run my_file.py", "'my_file.py' is not a saved run"),
        ("--out file --agent random --steps 0 " + TINY, "--out"),
        ("--env mpe2.simple_spread_v3 --agent nash", "--agent nash must know the game: it cannot"),
        ("--device warp", "--device 'warp' cannot be used"),
        ("stray", "stray is no argument"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(here, words, sentence, monkeypatch, capsys):
    before = sorted(here.rglob("*"))
    code, error = run(train.main, words, monkeypatch, capsys)
    assert sentence in error
    assert (code, error.count("\n")) == (2, 1)
    assert error.startswith("python -m experiments.train: ")
    assert [p for p in sorted(here.rglob("*")) if "__pycache__" not in str(p)] == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("nowhere", "'nowhere' is not a saved run: there is no such file"),
        (".", "is not a saved run: there is no such file"),
        ("--agent random --episodes 0", "--episodes must be >= 1, got 0"),
        ("--agent ippo", "ippo learns"),
    ],
)
def test_evaluate_says_what_is_wrong_too(here, words, sentence, monkeypatch, capsys):
    code, error = run(evaluate.main, words, monkeypatch, capsys)
    assert sentence in error
    assert (code, error.count("\n")) == (2, 1)


def test_a_program_shows_no_traceback_to_the_shell(here):
    words = [sys.executable, "-m", "experiments.train", "--scenario.beta", "-1", "--out", str(here)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "python -m experiments.train: beta must be >= 0, got -1.0\n"


def test_help_shows_the_constants_of_a_plug_in_with_their_notes(here, capsys):
    with pytest.raises(SystemExit):
        parse(["--agent", "my_file.py:First", "--help"], Parser("train", ""))
    text = capsys.readouterr().out
    assert "constants of --agent my_file.py:First" in text
    assert "--agent.offset INT" in text
    assert "of the pick (default: 0)" in text
    assert "--scenario.stock-share FLOAT" in text
    assert "--catalogue.noise FLOAT" in text


def test_list_names_scenarios_agents_and_players_with_a_line_each(capsys):
    with pytest.raises(SystemExit):
        parse(["--list"], Parser("train", ""))
    lines = capsys.readouterr().out.splitlines()
    for name in ("basic-v0", "ecommerce-v0", "random", "ippo", "iql", "linucb", "clairvoyant"):
        (line,) = [line for line in lines if line.split()[:1] == [name]][:1]
        assert len(line.split()) > 3


def test_a_saved_run_is_the_start_and_flags_win(here):
    first, _ = parse(
        ["--seed", "3", "--agent.clip", "0.5", "--scenario.beta", "1"], Parser("train", "")
    )
    (here / "run.json").write_text(first.to_json())
    again, _ = parse(["--run", "run.json", "--seed", "4"], Parser("train", ""))
    assert (again.seed, again.agent_constants["clip"]) == (4, 0.5)
    other, _ = parse(["--run", "run.json", "--agent", "random"], Parser("train", ""))
    assert (other.agent_constants, other.scenario_constants["beta"]) == ({}, 1)


def test_another_catalogue_drops_the_recorded_digest(here):
    run = parse([], Parser("train", ""))[0]
    saved = run.to_json().replace('"catalogue_digest": null', '"catalogue_digest": "abc"')
    (here / "run.json").write_text(saved)
    kept, _ = parse(["--run", "run.json"], Parser("train", ""))
    changed, _ = parse(["--run", "run.json", "--catalogue.seed", "1"], Parser("train", ""))
    assert (kept.catalogue_digest, changed.catalogue_digest) == ("abc", None)
