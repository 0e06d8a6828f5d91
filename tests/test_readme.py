"""What the README promises: how short the examples are, and that the plug-ins play."""

import re
import shlex
from pathlib import Path

import pytest

from experiments import evaluate, train
from tests.pages import blocks

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
CODE = [block.code for block in blocks(README)]


def block(start: str) -> str:
    """The one block of Python that begins with `start`."""
    (found,) = (code for code in CODE if code.startswith(start))
    return found


def command(plug_in: str) -> list[str]:
    """The arguments of the one command that names the file `plug_in`."""
    (line,) = re.findall(rf"^python -m experiments\.\w+ (.*{re.escape(plug_in)}:.*)$", README, re.M)
    return shlex.split(line)


@pytest.mark.parametrize(
    ("start", "lines"), [("import marec_env", 12), ("# my_policy.py", 15), ("# my_game.py", 60)]
)
def test_the_example_has_at_most_so_many_lines(start: str, lines: int) -> None:
    assert block(start).count("\n") <= lines


@pytest.mark.slow
def test_the_policy_plays_by_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my_policy.py").write_text(block("# my_policy.py"))
    assert evaluate.main([*command("my_policy.py"), "--episodes", "2"]) == 0
    assert "my_policy.py:Loner" in capsys.readouterr().out


@pytest.mark.slow
def test_the_scenario_is_trained_in_by_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my_game.py").write_text(block("# my_game.py"))
    small = ["--steps", "80", "--num-envs", "2", "--evaluation-episodes", "2"]
    assert train.main([*command("my_game.py"), *small]) == 0
    assert list(tmp_path.glob("runs/*/run.json"))
