"""Judges encoders by what users turned to next: `python -m experiments.ranking`.

Protocol A of marec_env/embeddings/ranking.py, an encoder and a seed at a time. The settings in
CANDIDATES are chosen by validation, with the first seed, before the test items are looked at;
networks choose by validation how long to train, unless --patience 0 says it. `text.minilm` is the
encoder `text` with another model. What is known is kept in --results and not computed again, so the
table of slow encoders can be stopped and grow.
"""

import json
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import product
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
CANDIDATES: Mapping[str, Mapping[str, Sequence[float]]] = {  # encoder -> setting -> values
    "item_knn": {"size": (128, 256, 512), "half_life": (0.5, 1.0, 2.0, 5.0)},
    "als": {"half_life": (1.0, 2.0, 5.0, 20.0), "regularization": (10.0, 30.0, 100.0)},
    "sasrec": {"dropout": (0.3, 0.5)},
    "text": {"half_life": (1.0, 2.0, 4.0, 8.0, 20.0), "recency": (0.8, 4.0, 16.0)},
}
BEGIN, END = "<!-- ranked -->", "<!-- /ranked -->"


class Row(NamedTuple):
    """What an encoder reached with all of its seeds."""

    name: str
    hits: list[float]  # HR@10 of each seed
    ndcg: list[float]
    error: float  # standard error of HR@10 over the users
    size: int
    chosen: Mapping[str, float]  # settings, by validation


def main(argv: Sequence[str]) -> int:
    """Prints the table; returns the exit code."""
    options = _options(argv)
    if options.page:
        try:
            marked_page.around(options.page, BEGIN, END)
        except ValueError as error:
            raise BadInput(f"--page: {error}") from error
    try:
        options.results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"--results {options.results} must be a folder to write in: {error.strerror}"
        ) from error
    try:
        interactions = load(options.dataset, options.data)
        rows = [_row(name, options, interactions) for name in options.encoders]
    except DataError as error:
        raise BadInput(str(error)) from error
    lines = table(rows)
    print("\n".join(lines))
    if options.page:
        marked_page.fill(options.page, BEGIN, END, "\n".join(lines))
    return 0


def table(rows: Iterable[Row]) -> list[str]:
    """Lines of Markdown."""
    lines = [
        "| encoder | chosen | D | seeds | HR@10 | NDCG@10 | standard error over users |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        seeds = len(row.hits) if _has_seed(row.name) else "none"
        chosen = ", ".join(f"{name} {value:g}" for name, value in row.chosen.items())
        means = interval(row.hits), interval(row.ndcg)
        cells = (f"`{row.name}`", chosen, row.size or "", seeds, *means)
        lines.append(f"| {' | '.join(map(str, cells))} | {row.error:.4f} |")
    return lines


def interval(values: Sequence[float]) -> str:
    """The mean, and its 95 % interval where there are several values."""
    mean, margin = Mean.of(np.array(values))
    if np.isnan(margin):
        return f"{mean:.4f}"
    return f"{mean:.4f} [{mean - margin:.4f}, {mean + margin:.4f}]"


def _row(name: str, options: Namespace, interactions: Interactions) -> Row:
    if name == POPULARITY:
        seen, test = ranking.deal(interactions)
        found, chosen = [_numbers(ranking.rank(ranking.by_popularity(seen), seen, test), 0)], {}
    else:
        seeds = options.seeds if _has_seed(name) else options.seeds[:1]
        chosen = _chosen(name, options, interactions)
        judged = [_judged(name, seed, chosen, options, interactions) for seed in seeds]
        found = [numbers for numbers in judged if numbers]
        if not found:
            raise BadInput(f"--known: --results {options.results} must have a result of {name}")
    hits = [judged["hits"] for judged in found]
    error = (hits[0] * (1 - hits[0]) / found[0]["users"]) ** 0.5
    return Row(name, hits, [judged["ndcg"] for judged in found], error, found[0]["size"], chosen)


def _chosen(name: str, options: Namespace, interactions: Interactions) -> dict[str, float]:
    """The settings of CANDIDATES for one encoder, those already chosen if they are known."""
    candidates = CANDIDATES.get(name.partition(".")[0], {})
    values = [dict(zip(candidates, found, strict=True)) for found in product(*candidates.values())]
    if len(values) < 2:
        return {}
    made = [_encoder(name, SEEDS[0], one, options) for one in values]
    about = {"settings": [asdict(one) for one in made], "data": digest(interactions)}
    place = options.results / f"{name}-chosen.json"
    kept = _kept(place, about)
    if kept is None:
        watched = [Watched(one, options.results / "training") for one in made]
        kept = values[ranking.choose(watched, interactions)]
        print(f"{name}: {kept} by validation", file=sys.stderr, flush=True)
        _keep(place, about, kept)
    return kept


def _judged(
    name: str,
    seed: int,
    chosen: Mapping[str, float],
    options: Namespace,
    interactions: Interactions,
) -> dict[str, Any] | None:
    encoder = _encoder(name, seed, chosen, options)
    about = {"settings": asdict(encoder), "data": digest(interactions)}
    place = options.results / f"{name}-{seed}.json"
    kept = _kept(place, about)
    if kept is None and not options.known:
        watched = Watched(encoder, options.results / "training")
        ranked, vectors = ranking.judge(watched, interactions)
        print(f"{name}, seed {seed}: {ranked}", file=sys.stderr, flush=True)
        kept = _numbers(ranked, vectors.size)
        _keep(place, about, kept)
    return kept


def _kept(place: Path, about: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is in a file, if it is about the same."""
    if place.is_file():
        kept = json.loads(place.read_text())
        if kept["about"] == json.loads(json.dumps(about)):
            return kept["judged"]
    return None


def _keep(place: Path, about: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    write_whole(place, json.dumps({"about": about, "judged": found}, indent=1) + "\n")


def _numbers(ranked: ranking.Ranked, size: int) -> dict[str, Any]:
    return {"hits": ranked.hits, "ndcg": ranked.ndcg, "users": len(ranked.ranks), "size": size}


def _encoder(name: str, seed: int, chosen: Mapping[str, float], options: Namespace) -> Any:
    kind, _, model = name.partition(".")
    given = {"seed": seed, "patience": options.patience, "model": model or None}
    known = _fields(kind)
    settings = {key: value for key, value in given.items() if key in known and value is not None}
    return ENCODERS[kind](**settings, **chosen)


def _has_seed(name: str) -> bool:
    kind = name.partition(".")[0]
    return "seed" in _fields(kind)


def _fields(kind: str) -> set[str]:
    return {field.name for field in fields(ENCODERS[kind])} if kind in ENCODERS else set()


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
    parser.add_argument(
        "--known", action="store_true", help="train nothing: a row has the seeds that are known"
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
        kind, _, model = text.partition(".")
        if kind not in names or (model and "model" not in _fields(kind)):
            raise ArgumentTypeError(f"must be some of {', '.join(names)}, got {text!r}")
        return text

    return value


if __name__ == "__main__":
    program(main, "ranking")
