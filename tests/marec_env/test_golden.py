"""No change of any number goes unnoticed."""

import pytest

from tests.golden.rollouts import FOLDER, GAMES, rollout


@pytest.mark.parametrize("file", GAMES)
def test_a_golden_rollout_has_not_changed(file):
    name, constants = GAMES[file]
    golden = (FOLDER / f"{file}.txt").read_text(encoding="utf-8")
    message = "numbers changed: if that is meant, run python -m tests.golden.rollouts and say why"
    assert rollout(name, constants).splitlines() == golden.splitlines(), message


def test_there_is_no_golden_file_without_its_game():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(GAMES)
