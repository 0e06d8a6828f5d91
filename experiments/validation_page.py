"""The tables of validate.py: what learners reach, beside what was published of them.

    maximum    mean over the seeds at the evaluation that is best in the mean, as published
    final      mean over the seeds of the final evaluation, ten times as many episodes
    +-         half of the 95 % interval of a mean, by Student's t

A table stands between two marks of its page. What stands around them is written by hand and kept.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import marked_page, results
from .published import TASKS, Figure, Game, Task
from .results import Result
from .run_folder import TIMING, Status, status
from .student import Mean
from .validation_settings import family, learners

TITLES = ("learner", "published", "maximum", "final", "final, best actions", "reached or above",
          "finally too", "seeds", "steps", "minutes")  # fmt: skip


class Reached(NamedTuple):
    """What a learner reached in a game, in the unit of the figures."""

    maximum: Mean
    final: Mean
    best_actions: Mean  # also final, but nothing is drawn
    seeds: int
    steps: int
    minutes: float  # of training, mean

    def compares(self, figure: Figure) -> tuple[bool, bool]:
        """Whether maximum and final value lie within the published interval or above it.

        They are as precise as they are shown.
        """
        low = round(figure.low, 1)
        return round(self.maximum.value, 1) >= low, round(self.final.value, 1) >= low


def write(page: Path, task: str, out: Path, seeds: int) -> None:
    """Puts the tables of `task` into the page, from the runs in `out` that are complete.

    Args:
        page: holds the marks, or is made.
        task: a key of TASKS.
        out: where its runs are.
        seeds: how many there are to be of each.
    """
    begin, end = (f"<!-- {task}: {word} -->" for word in ("tables", "end of tables"))
    if not page.exists():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"{begin}\n{end}\n", encoding="utf-8")
    marked_page.fill(page, begin, end, tables(task, out, seeds))


def tables(task: str, out: Path, seeds: int) -> str:
    """A table in Markdown for each game."""
    parts = []
    for name, game in TASKS[task].games.items():
        lines = [f"| {' | '.join(TITLES)} |", "|---" + "|---:" * (len(TITLES) - 1) + "|"]
        for agent in learners(task):
            folders = [out / f"{name}-{agent}-seed{seed}" for seed in range(seeds)]
            ended = [results.read(f) for f in folders if status(f) is Status.COMPLETE]
            found = reached(TASKS[task], agent, ended) if ended else None
            if found or agent in game.figures:
                lines.append(_row(agent, game, found, seeds))
        parts.append(f"**{game.title}**\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def reached(task: Task, agent: str, ended: list[Result]) -> Reached:
    """What the complete runs of a learner in a game say."""
    way = family(agent).way
    curves = task.unit(np.array([result.curves[f"{way}/welfare"] for result in ended]))  # [R, E]
    final = {
        w: task.unit(np.array([result.final[w].values["welfare"] for result in ended], float))
        for w in (way, "argmax")
    }
    return Reached(
        maximum=Mean.of(curves[:, curves.mean(axis=0).argmax()]),
        final=Mean.of(final[way]),
        best_actions=Mean.of(final["argmax"]),
        seeds=len(ended),
        steps=ended[0].run.whole_steps,
        minutes=float(np.mean([_seconds(result.folder) for result in ended])) / 60,
    )


def _seconds(folder: Path) -> float:
    """Of training, by its clock."""
    lines = (folder / TIMING).read_text().splitlines()
    known = [json.loads(line).get("time/seconds") for line in lines]
    return next((seconds for seconds in reversed(known) if seconds is not None), 0.0)


def _row(agent: str, game: Game, found: Reached | None, seeds: int) -> str:
    figure = game.figures.get(agent)
    published = "-" if figure is None else _shown(*figure)
    if found is None:
        cells = ["-"] * 5 + [f"0 of {seeds}", "-", "-"]
    else:
        verdicts = ["-"] * 2
        if figure is not None:
            verdicts = ["yes" if is_reached else "no" for is_reached in found.compares(figure)]
        cells = [_shown(*found.maximum), _shown(*found.final), _shown(*found.best_actions),
                 *verdicts, f"{found.seeds} of {seeds}", f"{found.steps:,}",
                 f"{found.minutes:.1f}"]  # fmt: skip
    return f"| `{agent}` | {' | '.join([published, *cells])} |"


def _shown(value: float, margin: float) -> str:
    return f"{value:.1f}" if np.isnan(margin) else f"{value:.1f} ± {margin:.1f}"
