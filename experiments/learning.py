"""Do learners beat what needs no learning? Curves over worlds, reference players as lines.

python -m experiments.learning --worlds 10 --out docs/learning

A contestant is a learner with an objective. It is trained in each world; world w has `--seed w
--scenario.world-seed w` and, where the catalogue is invented, `--catalogue.seed w`. The trainings
are a sweep: `--workers` processes at a time, what is complete below `--runs` is not trained again,
and what has begun there is resumed. Further flags are those of train; constants of `--agent`, ippo
if not given, are those of the contestants that are this agent.

Writes OUT.png, the curves, and OUT.md, the table: means over the worlds with 95 % intervals by
bootstrap over the worlds.
"""

import shlex
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from marec_env.reference import PLAYERS

from . import curves, results
from .command import BadInput, Parser, parse, program
from .curves import Curve
from .executors import LocalExecutor
from .headroom import add_worlds, worlds
from .results import Player, Result
from .run import Run
from .scores import WAYS
from .suites import Suite
from .sweep import plan, sweep

CONTESTANTS = ("ippo:cooperative", "ippo:independent", "iql:independent", "iql:cooperative")
HEAD = """\
# What learners reach in {game}: {place}

    {command}

![Scores while learning; lines are reference players]({picture})

"""


def main(argv: Sequence[str]) -> int:
    """Trains what is missing, then writes the picture and the table."""
    parser = Parser("learning", __doc__ or "")
    add_worlds(parser)
    parser.add_argument("--workers", type=int, default=2, help="trainings at once (default: 2)")
    parser.add_argument("--contestants", default=",".join(CONTESTANTS), metavar="AGENT:OBJECTIVE,.",
                        help=f"(default: {','.join(CONTESTANTS)})")  # fmt: skip
    parser.add_argument("--runs", type=Path, default=Path("runs/learning"), metavar="FOLDER",
                        help="keeps the trainings (default: runs/learning)")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("docs/learning"), metavar="FILE",
                        help="without its ending (default: docs/learning)")  # fmt: skip
    run, own = parse(argv, parser)
    numbers = worlds(run, own)
    if own.workers < 1:
        raise BadInput(f"--workers must be >= 1, got {own.workers}")
    names = own.contestants.split(",")
    is_given = run != replace(run, agent_constants={}).complete()
    if is_given and run.agent not in {name.partition(":")[0] for name in names}:
        raise BadInput(f"--agent.* is for contestants that are {run.agent}, and there are none")
    runs = {name: contestant(run, name, numbers) for name in names}
    train({folder: each for found in runs.values() for folder, each in found.items()}, own)

    ended = {name: [results.read(own.runs / folder) for folder in runs[name]] for name in names}
    lines = {name: curve(ended[name]) for name in names}
    first = ended[names[0]]
    players = [name for name in PLAYERS if name in first[0].players]
    found = {name: scores([result.players[name] for result in first]) for name in players}
    for name in names:
        found |= played(name, ended[name])
    own.out.parent.mkdir(parents=True, exist_ok=True)
    curves.draw(lines, {name: found[name].mean() for name in players}, own.out.with_suffix(".png"))
    command = shlex.join(["python", "-m", "experiments.learning", *argv])
    place = "synthetic" if run.catalogue == "synthetic" else run.catalogue
    picture = own.out.with_suffix(".png").name
    text = (
        HEAD.format(game=run.scenario, place=place, command=command, picture=picture)
        + markdown(found)
        + "\n"
    )
    own.out.with_suffix(".md").write_text(text)
    print(text)
    return 0


def contestant(run: Run, name: str, numbers: Sequence[int]) -> dict[str, Run]:
    """Name of the folder -> `run` in a world, with the agent and objective of "agent:objective"."""
    agent, _, objective = name.partition(":")
    suite = Suite(
        about=f"{name} in several worlds",
        base=run if agent == run.agent else replace(run, agent_constants={}),
        players=[(agent, objective)],
        seeds=numbers,
        seeds_are_worlds=True,
    )
    try:
        return suite.runs()
    except ValueError as error:
        raise BadInput(f"--contestants {name}: {error}") from error


def train(runs: Mapping[str, Run], own: Namespace) -> None:
    """Trains what is not complete below `--runs`.

    Raises:
        BadInput: if something else lies there, or when the others have ended, if one has failed.
    """
    try:
        jobs = plan(runs, own.runs)
    except ValueError as error:
        raise BadInput(f"--runs: {error}") from error
    sweep(jobs, own.runs, LocalExecutor(own.workers), own.workers)
    for job in jobs:
        if job.reason:
            raise BadInput(f"{job.run.command()} failed: {job.reason}")


def curve(found: list[Result]) -> Curve:
    """The evaluations of one contestant in every world: of sampled play where it is drawn from."""
    return Curve(found[0].steps, np.array([result.curves["sampled/score"] for result in found]))


def played(contestant: str, found: list[Result]) -> dict[str, np.ndarray]:
    """Final scores [W] of a contestant, argmax and sampled: one entry if these are the same."""
    by_way = {way: scores([result.final[way] for result in found]) for way in WAYS}
    first, *others = by_way.values()
    if all(np.array_equal(first, other) for other in others):
        return {contestant: first}
    return {f"{contestant}, {way}": score for way, score in by_way.items()}


def scores(rows: list[Player]) -> np.ndarray:
    """The final score in every world, [W], of a player whose rows these are."""
    return np.array([row.values["score"] for row in rows], np.float64)


def markdown(found: dict[str, np.ndarray]) -> str:
    """A table, worst first."""
    lines = ["| player | score | 95 % interval | lowest to highest |", "|---|---:|---:|---:|"]
    for name, score in sorted(found.items(), key=lambda item: item[1].mean()):
        low, high = curves.interval(score)
        lines.append(
            f"| {name} | {score.mean():.3f} | {low:.3f} to {high:.3f} "
            f"| {score.min():.3f} to {score.max():.3f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    program(main, "learning")
