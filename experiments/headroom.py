"""What there is to gain in a scenario: the scores of the reference players over several worlds.

python -m experiments.headroom --scenario ecommerce-v0 --worlds 20 --episodes 20

World w is drawn with `--scenario.world-seed w` and, where the catalogue is invented, with
`--catalogue.seed w`. Intervals are of the mean score, by bootstrap over the worlds. Every further
flag is one of train.
"""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from . import statistics
from .build import build
from .command import BadInput, Parser, brought_along, parse, program
from .run import Run
from .scores import PLAYED, Examiner, Row


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table, worst first: means over the worlds, scores with their interval."""
    parser = Parser("headroom", __doc__ or "")
    add_worlds(parser)
    parser.add_argument("--episodes", type=int, default=20, help="in each (default: 20)")
    run, own = parse(["--agent", "random", *argv], parser)
    if run.agent != "random":
        raise BadInput(f"--agent must be left out, only reference players play, got {run.agent}")
    numbers = worlds(run, own)
    if own.episodes < 1:
        raise BadInput(f"--episodes must be >= 1, got {own.episodes}")
    print(markdown([rows(world(run, w), own.episodes) for w in numbers]))
    return 0


def add_worlds(parser: Parser) -> None:
    """The flags that `worlds` reads."""
    parser.add_argument("--worlds", type=int, default=10, help="how many to play in (default: 10)")
    parser.add_argument(
        "--first-world", type=int, default=0, help="number of the first (default: 0)"
    )


def worlds(run: Run, own: Namespace) -> range:
    """The numbers of the worlds, from the command line.

    Raises:
        BadInput: if there are none, or the run has no reference players.
    """
    for name, least in (("worlds", 1), ("first_world", 0)):
        if getattr(own, name) < least:
            flag = f"--{name.replace('_', '-')}"
            raise BadInput(f"{flag} must be >= {least}, got {getattr(own, name)}")
    if run.scenario is None:
        raise BadInput("--env has no reference players: a scenario of ours is needed")
    return range(own.first_world, own.first_world + own.worlds)


def world(run: Run, number: int) -> Run:
    """The same game in another world, on other episodes."""
    changed: dict[str, Any] = {
        "scenario_constants": {**run.scenario_constants, "world_seed": number}
    }
    if run.catalogue == "synthetic":
        changed["catalogue_constants"] = {**run.catalogue_constants, "seed": number}
    return replace(run, seed=number, **changed)


def rows(run: Run, episodes: int) -> dict[str, Row]:
    """Name -> reference player in one world."""
    try:
        built = build(run)
    except ValueError as error:
        raise BadInput(str(error)) from error
    with brought_along(run):
        found = list(Examiner(built, episodes).table())
    return {row.name: row for row in found if row.kind != PLAYED}


def markdown(found: list[dict[str, Row]]) -> str:
    """A table of the players of several worlds: means, and the interval of the mean score."""
    lines = ["| player | payoff per step | score | 95 % interval | |", "|---|---:|---:|---:|---|"]
    table = {name: [players[name] for players in found] for name in found[0]}
    welfare = {
        name: float(np.mean([row.welfare for row in played])) for name, played in table.items()
    }
    for name in sorted(table, key=welfare.__getitem__):
        kinds = {row.kind for row in table[name]}
        kind = kinds.pop() if len(kinds) == 1 else "best known"  # as sure as the least sure world
        score = mean_score([row.score.value for row in table[name]])
        lines.append(f"| `{name}` | {welfare[name]:.3f} | {score} | {kind} |")
    return "\n".join(lines)


def mean_score(scores: list[float]) -> str:
    """Mean over the worlds and its interval, as two cells; no world may be without a score."""
    if not np.isfinite(scores).all():
        return "not defined | not defined"
    found = statistics.estimate(statistics.mean, np.array(scores)[:, None])
    return f"{found.value:.2f} | {found.low:.2f} to {found.high:.2f}"


if __name__ == "__main__":
    program(main, "headroom")
