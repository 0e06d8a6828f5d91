"""Scores as a table for people and as JSON for programs."""

import json
import math
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from agents import Population

from .populations import names_of
from .scores import PLAYED, REFERENCE, Examiner, Row
from .tags import HELD_OUT


def show(examiner: Examiner, found: Iterable[Row], *, quiet: bool = False) -> list[Row]:
    """Prints who is worth what, worst first, and returns the rows; they play while it waits."""
    console = Console(quiet=quiet)
    with console.status("the reference players play the same episodes ..."):
        rows = sorted(found, key=lambda row: row.welfare)
    is_scored = any(not math.isnan(row.score.value) for row in rows)
    foreign = examiner.built.scenario is None
    whose = " of users held out" if examiner.tag == HELD_OUT else ""
    table = Table(title=f"{examiner.episodes} episodes{whose}", title_justify="left")
    table.add_column("player")
    table.add_column("return per agent" if foreign else "payoff per step", justify="right")
    if is_scored:
        table.add_column("score", justify="right")
        table.add_column("95 % interval", justify="right")
        table.add_column("kind")
    for row in rows:
        cells = [row.name, f"{row.welfare:.4f}"]
        if is_scored:
            score = row.score
            cells += [f"{score.value:.3f}", f"{score.low:.3f} to {score.high:.3f}", row.kind]
        table.add_row(*cells, style="bold green" if row.kind == PLAYED else None)
    console.print(table)
    if is_scored:
        console.print(f"score: 0 is random play, 1 is {REFERENCE}, on the same episodes")
        console.print("kind: whether a player does what it promises exactly, or as best known")
    return rows


def show_parts(examiner: Examiner, players: Mapping[str, str]) -> None:
    """Prints what each part of a population earned when it played last, per seat.

    Args:
        examiner: of the population.
        players: pattern of seats -> the name of who plays them.
    """
    parts: Population = examiner.built.policy  # type: ignore[assignment]
    foreign = examiner.built.scenario is None
    unit = "return" if foreign else "payoff per step"
    table = Table(title=f"{unit} of a seat, by who plays it", title_justify="left")
    for title in ("seats", "player", "number"):
        table.add_column(title, justify="right" if title == "number" else "left")
    for way in examiner.last:
        table.add_column(way, justify="right")
    names = names_of(list(players.values()))
    for part in parts.parts:
        earned = [examiner.by_seat(played)[:, part.seats] for played in examiner.last.values()]
        cells = [f"{x.mean():.4f}" for x in earned]
        table.add_row(part.pattern, names[players[part.pattern]], str(len(part.seats)), *cells)
    Console().print(table)


def to_json(rows: list[Row]) -> str:
    """The rows; what is not defined is null."""
    plain = [
        {
            "player": row.name,
            "welfare": row.welfare,
            "score": _defined(row.score.value),
            "low": _defined(row.score.low),
            "high": _defined(row.score.high),
            "kind": row.kind,
        }
        for row in rows
    ]
    return json.dumps(plain, indent=2) + "\n"


def _defined(x: float) -> float | None:
    return None if math.isnan(x) else x
