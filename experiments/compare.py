"""Compares finished runs: tables with intervals, and pictures.

python -m experiments.compare runs/
python -m experiments.compare runs/learning runs/mine --way argmax --out runs/comparison

Runs of one algorithm on one task that differ in their seed or world are repetitions of each other.
For each task, and for all of them together, the table shows the interquartile mean and the mean
over runs with 95 % intervals by stratified bootstrap, and the reference players beside them; the
pictures show bars, curves, performance profiles and the probability of improvement.
"""

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from . import charts, results, statistics
from .command import BadInput, Parser, program
from .comparison import BETTER, Group, compare
from .results import METRICS
from .scores import WAYS


def main(argv: Sequence[str]) -> int:
    """Prints the tables and writes the pictures."""
    parser = Parser("compare", __doc__ or "")
    parser.add_argument("places", type=Path, nargs="*", default=[Path("runs")], metavar="FOLDER",
                        help="with runs, at any depth (default: runs)")  # fmt: skip
    parser.add_argument("--metric", choices=METRICS, default="score",
                        help="what is compared (default: score)")  # fmt: skip
    parser.add_argument("--way", choices=(*WAYS, BETTER), default="sampled",
                        help="how the policies play; better: the way that reached more on average, "
                        "which flatters (default: sampled)")  # fmt: skip
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("runs/comparison"),
        metavar="FOLDER",
        help="gets the pictures (default: runs/comparison)",
    )
    own = parser.parse(argv)
    found = results.find(own.places)
    console = Console(highlight=False)
    if found.unfinished:
        names = ", ".join(folder.name for folder in found.unfinished[:3])
        more = ", ..." if len(found.unfinished) > 3 else ""
        console.print(f"left out, for they are not finished: {len(found.unfinished)} runs "
                      f"({names}{more})", soft_wrap=True)  # fmt: skip
    if not found.finished:
        places = ", ".join(map(str, own.places))
        raise BadInput(f"there must be a finished run below {places}, got none")
    comparison = compare(map(results.read, found.finished), own.metric, own.way)
    try:
        own.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--out must be a folder, got {str(own.out)!r}: {error}") from error
    for group in comparison.groups:
        console.print(tabled(group))
    for note in comparison.notes:
        console.print(f"note: {note}", soft_wrap=True)
    pictures = [path for group in comparison.groups for path in charts.draw(group, own.out)]
    console.print(f"{len(found.finished)} runs; {len(pictures)} pictures in {own.out}")
    return 0


def tabled(group: Group) -> Table:
    """Algorithms and reference players, worst first."""
    rows: list[tuple[float, list[str]]] = []
    for name, scores in group.scores.items():
        middle = statistics.estimate(statistics.iqm, scores)
        mean = statistics.estimate(statistics.mean, scores)
        is_one = len(scores) == 1  # of which there is no spread
        cells = [name]
        for found in (middle, mean):
            interval = "" if is_one else f"{found.low:.3f}, {found.high:.3f}"
            cells += [f"{found.value:.3f}", interval]
        cells.append(str(scores.size))
        rows.append((float(mean.value), cells))
    for name, player in group.players.items():
        rows.append((player.value, [name, "", "", f"{player.value:.3f}", player.kind, ""]))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.title, table.title_justify = f"{group.name}: {group.unit}", "left"
    table.add_column("who", overflow="fold")
    for title in ("IQM", "95 % interval", "mean", "95 % interval", "runs"):
        table.add_column(title, justify="right", no_wrap=True)
    for _, cells in sorted(rows, key=lambda row: row[0]):
        table.add_row(*cells, style="bold green" if cells[0] in group.scores else None)
    return table


if __name__ == "__main__":
    program(main, "compare")
