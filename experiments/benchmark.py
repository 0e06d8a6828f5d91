"""A benchmark on a page: what every algorithm and player reaches, a column for each game.

python -m experiments.benchmark runs/quick

Prints a Markdown table for each catalogue: mean scores over the runs with 95 % intervals by
stratified bootstrap, reference players as they did in the same worlds, best first by the mean over
the games. A number in brackets is that of the runs, where there are fewer than elsewhere.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from . import results, statistics
from .command import BadInput, Parser, program
from .comparison import ALL, UNITS, Group, compare
from .scores import WAYS

EMPTY = "-"


def main(argv: Sequence[str]) -> int:
    """Prints the tables."""
    parser = Parser("benchmark", __doc__ or "")
    parser.add_argument("places", type=Path, nargs="+", metavar="FOLDER", help="with runs")
    parser.add_argument("--way", choices=WAYS, default="sampled",
                        help="how the policies play (default: sampled)")  # fmt: skip
    own = parser.parse(argv)
    found = results.find(own.places)
    if not found.finished:
        places = ", ".join(map(str, own.places))
        raise BadInput(f"there must be a finished run below {places}, got none")
    comparison = compare(map(results.read, found.finished), "score", own.way)
    games: dict[str, list[Group]] = defaultdict(list)
    for group in comparison.groups:
        if group.name != ALL and group.unit == UNITS["score"]:
            games[group.name.partition(" ")[2] or "synthetic"].append(group)
    if not games:
        raise BadInput("a benchmark needs runs that have a score, got runs of foreign environments")
    for catalogue, groups in games.items():
        print(f"**{catalogue}**\n\n{markdown(groups)}\n")
    print(f"{len(found.finished)} runs, {len(found.unfinished)} not finished and left out")
    return 0


def markdown(groups: Sequence[Group]) -> str:
    """A row for each algorithm and reference player, a column for each game and their mean."""
    most = max(len(scores) for group in groups for scores in group.scores.values())
    rows: list[tuple[float, str]] = []
    for name in sorted({name for group in groups for name in group.scores}):
        columns = [group.scores.get(name) for group in groups]
        cells = [EMPTY if column is None else _cell(column, most) for column in columns]
        present = [column for column in columns if column is not None]
        rows.append(_row(f"**{name}**", cells, [float(column.mean()) for column in present]))
    for name in sorted({name for group in groups for name in group.players}):
        values = [group.players[name].value for group in groups if name in group.players]
        cells = [
            f"{group.players[name].value:.3f}" if name in group.players else EMPTY
            for group in groups
        ]
        rows.append(_row(name, cells, values))
    titles = ["player", *(group.name.partition(" ")[0] for group in groups), "mean"]
    lines = [f"| {' | '.join(titles)} |", "|---" + "|---:" * (len(groups) + 1) + "|"]
    return "\n".join(lines + [line for _, line in sorted(rows, key=lambda row: -row[0])])


def _row(name: str, cells: list[str], values: list[float]) -> tuple[float, str]:
    """What it is sorted by, and the line; who has not played everything has no mean."""
    mean = float(np.mean(values)) if EMPTY not in cells else -np.inf
    last = EMPTY if np.isinf(mean) else f"{mean:.3f}"
    return mean, f"| {' | '.join([name, *cells, last])} |"


def _cell(scores: np.ndarray, most: int) -> str:
    found = statistics.estimate(statistics.mean, scores)
    text = f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
    return text if len(scores) == most else f"{text} [{len(scores)}]"


if __name__ == "__main__":
    program(main, "benchmark")
