"""Validation trains what is missing, and its tables say what the runs say."""

import re
from pathlib import Path

import numpy as np
import pytest

from experiments import published, results, validate, validation_page, validation_settings
from experiments.command import BadInput
from experiments.games.matrix import Climbing, Penalty
from experiments.published import TASKS, Figure
from experiments.stored_runs import store
from experiments.student import Mean
from experiments.validation_page import Reached
from experiments.validation_settings import FAMILIES, family, learners, runs

TINY = ["matrix", "--agents", "iql", "--seeds", "2", "--share", "0.01"]
MARKS = "before\n\n<!-- matrix: tables -->\nold\n<!-- matrix: end of tables -->\n\nafter\n"


def validated(place: Path, *flags: str) -> str:
    """The page after a tiny validation below `place`."""
    page = place / "page.md"
    argv = [*TINY, "--out", str(place / "runs"), "--page", str(page), *flags]
    assert validate.main(argv) == 0
    return page.read_text()


def without_times(page: str) -> str:
    """Minutes are the last column."""
    return re.sub(r"\| [^|]*\|$", "|", page, flags=re.MULTILINE)


def row(page: str, agent: str, game: str = "Climbing") -> list[str]:
    """The cells of a learner's row."""
    table = page.split(f"**{game}**")[1].split("**")[0]
    (line,) = (x for x in table.splitlines() if x.startswith(f"| `{agent}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def stored(place: Path, finals: list[float], agent: str = "iql") -> None:
    """Finished runs of Climbing: `finals` are of best actions, half of that of drawn ones."""
    made = runs("matrix", agent, len(finals)).items()
    for (name, run), final in zip((x for x in made if "climbing" in x[0]), finals, strict=True):
        store(place / name, run, final / 2, argmax=final, steps=(0, 10, 20))


def test_units_are_the_published_ones():
    assert TASKS["matrix"].unit(7.0) == 7.0
    # three agents with -20, -30 and -40: W = -30, and 2 (-90) - 75
    assert TASKS["spread"].unit(-30.0) == 2 * (-90) - 75 == -255


def test_figures_are_of_learners_that_have_settings():
    for name, task in TASKS.items():
        for game in task.games.values():
            assert set(game.figures) <= set(learners(name))


def test_every_learner_has_one_family():
    agents = [agent for found in FAMILIES for agent in found.agents]
    assert len(agents) == len(set(agents))
    with pytest.raises(ValueError, match="no settings for 'nobody'"):
        family("nobody")


def test_no_reward_of_a_matrix_game_is_beyond_the_range_of_exp3():
    largest = max(
        env.payoffs.max() for env in (Climbing(), *(Penalty(k) for k in (0, -25, -50, -75, -100)))
    )
    for run in runs("matrix", "exp3", 1).values():
        assert run.agent_constants["reward_scale"] == largest


@pytest.mark.parametrize("task", TASKS)
def test_all_runs_are_valid_and_evaluate_as_often_as_published(task: str):
    for agent in learners(task):
        for run in runs(task, agent, 1).values():
            assert run.complete() == run
            assert round(run.whole_steps / run.evaluate_every) == TASKS[task].evaluations


def test_schedules_follow_the_steps():
    (run, *_) = runs("matrix", "iql", 1, share=0.5).values()
    assert run.steps == family("iql").efforts["matrix"].steps // 2
    assert run.agent_constants["learning_rate_steps"] == run.steps


def test_the_mean_has_the_interval_of_student():
    found = Mean.of(np.array([1.0, 2.0, 3.0]))
    assert found.value == 2
    assert found.margin == pytest.approx(4.3027 * 1 / 3**0.5, rel=1e-4)  # t of .975, 2 degrees
    assert np.isnan(Mean.of(np.array([5.0])).margin)


def test_the_maximum_is_that_of_the_mean_over_the_seeds(tmp_path: Path):
    stored(tmp_path, [100.0, -300.0])  # by straight lines from 0: the mean is best at the start
    ended = [results.read(folder) for folder in sorted(tmp_path.iterdir())]
    found = validation_page.reached(TASKS["matrix"], "iql", ended)
    assert found.maximum.value == 0
    assert found.final.value == -100
    assert found.seeds == 2


def test_who_draws_is_judged_by_drawn_actions(tmp_path: Path):
    stored(tmp_path, [100.0, 100.0], "ippo")
    ended = [results.read(folder) for folder in sorted(tmp_path.iterdir())]
    found = validation_page.reached(TASKS["matrix"], "ippo", ended)
    assert (found.maximum.value, found.final.value, found.best_actions.value) == (50, 50, 100)


@pytest.mark.parametrize(
    ("value", "is_reached"), [(-128.0, True), (-134.8, True), (-134.84, True), (-134.9, False)]
)
def test_reached_is_within_the_interval_or_above_it(value: float, is_reached: bool):
    mean, poor = Mean(value, 5.0), Mean(-200.0, 5.0)
    figure = Figure(-132.6, 2.2)
    assert Reached(mean, poor, mean, 5, 1, 1.0).compares(figure) == (is_reached, False)
    assert Reached(mean, mean, poor, 5, 1, 1.0).compares(figure) == (is_reached, is_reached)


def test_the_page_keeps_what_is_written_by_hand(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(MARKS)
    stored(tmp_path / "runs", [250.0, 200.0])
    validation_page.write(page, "matrix", tmp_path / "runs", seeds=3)
    text = page.read_text()
    assert text.startswith("before\n\n<!-- matrix: tables -->\n\n**Climbing**")
    assert text.endswith("<!-- matrix: end of tables -->\n\nafter\n")
    assert "old" not in text
    # the interval of two seeds is wide: t = 12.7, and 50 / 2 of it
    assert row(text, "iql")[1:8] == ["195.0 ± 68.0", "225.0 ± 317.7", "225.0 ± 317.7",
                                     "225.0 ± 317.7", "yes", "yes", "2 of 3"]  # fmt: skip
    assert row(text, "ippo")[1:8] == ["175.0 ± 0.0", "-", "-", "-", "-", "-", "0 of 3"]


def test_a_page_without_marks_is_refused(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("nothing")
    with pytest.raises(BadInput, match="must hold the marks <!-- matrix: tables -->"):
        validate.main([*TINY, "--page-only", "--out", str(tmp_path / "x"), "--page", str(page)])
    assert page.read_text() == "nothing"


@pytest.mark.parametrize(
    ("flags", "words"),
    [(["--agents", "iql,random"], "--agents must be of .*, got 'random'"),
     (["--seeds", "0"], "--seeds must be >= 1, got 0"),
     (["--share", "0"], r"--share must be in \(0, 1\], got 0")],
)  # fmt: skip
def test_bad_input_is_one_sentence(flags: list[str], words: str, tmp_path: Path):
    with pytest.raises(BadInput, match=words):
        validate.main([*TINY, *flags, "--out", str(tmp_path), "--page", str(tmp_path / "p.md")])


@pytest.mark.slow
def test_a_validation_that_was_stopped_goes_on_to_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    games = {"climbing": TASKS["matrix"].games["climbing"]}
    small = published.Task(games=games, seeds=2, episodes=2, evaluations=2)
    monkeypatch.setitem(validation_settings.TASKS, "matrix", small)
    whole = validated(tmp_path / "whole")
    half = validated(tmp_path / "stopped", "--seeds", "1")
    table = tmp_path / "stopped/runs/matrix/climbing-iql-seed0/scores.json"
    before = table.stat().st_mtime_ns
    again = validated(tmp_path / "stopped")
    assert row(half, "iql")[7:9] == ["1 of 1", "496"]
    assert row(whole, "iql")[7:9] == ["2 of 2", "496"]
    assert without_times(again) == without_times(whole)
    assert table.stat().st_mtime_ns == before  # what was complete is not trained again
