"""Judges encoders by what users turned to next: `python -m experiments.ranking`.

Protocol A of marec_env/embeddings/ranking.py, an encoder and a seed at a time. What is known is
kept in --results and not computed again, so the table of slow encoders can be stopped and grow.
"""

import json
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agents.saving import write_whole
from marec_env.datasets import DataError, Interactions, data_folder, load
from marec_env.embeddings import ENCODERS, ranking
from marec_env.embeddings.trained import digest

from . import marked_page
from .command import BadInput, Parser, program
from .embedding_training import Watched
from .student import Mean

POPULARITY = "popularity"
SHOWN = (
    POPULARITY,
    "item_knn",
    "als",
    "linear_sigmoid",
    "sasrec",
    "bert4rec",
    "text",
    "hybrid",
    "blend",
)
SEEDS = (0, 1, 2, 3, 4)
BEGIN, END = "<!-- ranked -->", "<!-- /ranked -->"


class Row(NamedTuple):
    """What an encoder reached with all of its seeds."""

    name: str
    hits: list[float]  # HR@10 of each seed
    ndcg: list[float]
    error: float  # standard error of HR@10 over the users
    size: int


def main(argv: Sequence[str]) -> int:
    """Prints the table; returns the exit code."""
    options = _options(argv)
    try:
        interactions = load(options.dataset, options.data)
        rows = [_row(name, options, interactions) for name in options.encoders]
    except DataError as error:
        raise BadInput(str(error)) from error
    lines = table(rows)
    print("\n".join(lines))
    if options.page:
        try:
            marked_page.fill(options.page, BEGIN, END, "\n".join(lines))
        except ValueError as error:
            raise BadInput(f"--page: {error}") from error
    return 0


def table(rows: Iterable[Row]) -> list[str]:
    """Lines of Markdown."""
    lines = [
        "| encoder | D | seeds | HR@10 | NDCG@10 | standard error over users |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        seeds = len(row.hits) if row.name != POPULARITY and _has_seed(row.name) else "none"
        cells = (f"`{row.name}`", row.size or "", seeds, interval(row.hits), interval(row.ndcg))
        lines.append(f"| {' | '.join(map(str, cells))} | {row.error:.4f} |")
    return lines


def interval(values: Sequence[float]) -> str:
    """The mean, and its 95 % interval where there are several values."""
    mean, margin = Mean.of(np.array(values))
    if np.isnan(margin):
        return f"{mean:.4f}"
    return f"{mean:.4f} [{mean - margin:.4f}, {mean + margin:.4f}]"


def _row(name: str, options: Namespace, interactions: Interactions) -> Row:
    seeds = options.seeds if _has_seed(name) else options.seeds[:1]
    found = [_judged(name, seed, options, interactions) for seed in seeds]
    hits = [judged["hits"] for judged in found]
    error = (hits[0] * (1 - hits[0]) / found[0]["users"]) ** 0.5
    return Row(name, hits, [judged["ndcg"] for judged in found], error, found[0]["size"])


def _judged(name: str, seed: int, options: Namespace, interactions: Interactions) -> dict[str, Any]:
    if name == POPULARITY:
        seen, test = ranking.deal(interactions)
        return _numbers(ranking.rank(ranking.by_popularity(seen), seen, test), 0)
    encoder = ENCODERS[name](**_settings(name, seed, options.patience))
    about = {"settings": asdict(encoder), "data": digest(interactions)}
    place = options.results / f"{name}-{seed}.json"
    if place.is_file():
        kept = json.loads(place.read_text())
        if kept["about"] == json.loads(json.dumps(about)):
            return kept["judged"]
    watched = Watched(encoder, options.results / "training")
    ranked, vectors = ranking.judge(watched, interactions)
    print(f"{name}, seed {seed}: {ranked}", file=sys.stderr, flush=True)
    judged = _numbers(ranked, vectors.size)
    options.results.mkdir(parents=True, exist_ok=True)
    write_whole(place, json.dumps({"about": about, "judged": judged}, indent=1) + "\n")
    return judged


def _numbers(ranked: ranking.Ranked, size: int) -> dict[str, Any]:
    return {"hits": ranked.hits, "ndcg": ranked.ndcg, "users": len(ranked.ranks), "size": size}


def _settings(name: str, seed: int, patience: int | None) -> dict[str, int]:
    given = {"seed": seed, "patience": patience}
    known = {field.name for field in fields(ENCODERS[name])}
    return {key: value for key, value in given.items() if key in known and value is not None}


def _has_seed(name: str) -> bool:
    return name != POPULARITY and "seed" in _settings(name, 0, None)


def _options(argv: Sequence[str]) -> Namespace:
    parser = Parser("ranking", (__doc__ or "").strip())
    parser.add_argument("--dataset", default="ml-100k", help="a name or a path (%(default)s)")
    parser.add_argument(
        "--data", type=Path, default=data_folder(), help="where fetched data lie (%(default)s)"
    )
    one = _one_of((POPULARITY, *ENCODERS))
    parser.add_argument(
        "--encoders", type=_list_of(one), default=SHOWN, metavar="NAME,...",
        help=f"default: {','.join(SHOWN)}",
    )  # fmt: skip
    parser.add_argument(
        "--seeds", type=_list_of(int), default=SEEDS, metavar="SEED,...", help="default: 0,1,2,3,4"
    )
    parser.add_argument(
        "--patience", type=int, help="of encoders that search how long to train; 0: max_epochs"
    )
    parser.add_argument(
        "--results", type=Path, default=Path("runs/ranking"), help="what is known (%(default)s)"
    )
    parser.add_argument("--page", type=Path, help="a page whose table is replaced")
    return parser.parse(argv)


def _list_of(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    def value(text: str) -> tuple[Any, ...]:
        try:
            return tuple(read(part) for part in text.split(","))
        except ValueError:
            raise ArgumentTypeError(f"expected numbers separated by commas, got {text!r}") from None

    return value


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    def value(text: str) -> str:
        if text not in names:
            raise ArgumentTypeError(f"must be some of {', '.join(names)}, got {text!r}")
        return text

    return value


if __name__ == "__main__":
    program(main, "ranking")
