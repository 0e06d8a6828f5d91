"""Who earns what beside whom: every pair of trained policies shares the seats of one game.

python -m experiments.crossplay runs/A runs/B greedy --episodes 100 --out docs/cross-play

A player is the folder of a run or a name of --list that need not learn. For each ordered pair (a,
b) a plays the seats that match --focal, by default those with an even number, and b the others.
With P_n(a, b) for the payoff of seat n per step,

    earned(a, b)  = [ sum over focal n of P_n(a, b) + sum over other n of P_n(b, a) ] / N        (1)
    welfare(a, b) = mean over n of [ P_n(a, b) + P_n(b, a) ] / 2                                 (2)

(1) is what a earns beside b: every user counts once, whoever is easy to please; on the diagonal
both are self-play. Where there is a reference, both are scores: 0 is random play, 1 the reference.
All pairs meet the same episodes, and intervals are by bootstrap over them. Every flag of train may
follow.

Writes OUT.md, the tables, and OUT.png, the heat maps.

Source: Leibo et al. (2021), "Scalable evaluation of multi-agent reinforcement learning with Melting
Pot", for evaluation beside unfamiliar others.
"""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from marec_env.arrays import Array

from . import heat_map, statistics
from .build import build, is_solved
from .command import BadInput, Parser, brought_along, parse, program
from .populations import first_run, mixed, names_of, policy_of
from .scores import WAYS, Examiner

HEAD = """\
# Cross-play in {game}

    {command}

![What the player of a row earns beside that of a column, and the welfare of both]({picture})

"""


class Matrix(NamedTuple):
    """What a number is worth for all ordered pairs."""

    title: str
    judged: Array  # [P, P, 3] float64: value, and the ends of its 95 % interval


def main(argv: Sequence[str]) -> int:
    """Plays all pairs, then prints the tables and writes them and the picture."""
    first = Parser("crossplay", "", add_help=False)
    first.add_argument("players", nargs="*")
    players = first.parse_known_args(argv)[0].players
    where = first_run(players)
    parser = Parser("crossplay", __doc__ or "")
    parser.add_argument("players", nargs="*", metavar="PLAYER", help="two or more")
    parser.add_argument("--episodes", type=int, default=100, help="of each pair (default: 100)")
    parser.add_argument("--focal", default="*[02468]", metavar="PATTERN",
                        help="seats of the first of a pair (default: *[02468])")  # fmt: skip
    parser.add_argument("--way", choices=WAYS, default="sampled",
                        help="how all of them play (default: sampled)")  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("cross-play"), metavar="FILE",
                        help="without its ending (default: cross-play)")  # fmt: skip
    run, own = parse([*(["--run", str(where)] if where else []), *argv], parser)
    if own.episodes < 1:
        raise BadInput(f"--episodes must be >= 1, got {own.episodes}")
    if len(set(own.players)) < 2 or len(set(own.players)) < len(own.players):
        raise BadInput(f"cross-play is of two different players or more, got {own.players}")
    if not own.out.absolute().parent.is_dir():
        raise BadInput(f"--out must be in a folder that exists, got {str(own.out)!r}")
    try:
        game = build(run)
    except ValueError as error:
        raise BadInput(str(error)) from error
    policies = [policy_of(player, game) for player in own.players]
    pairs = {
        (a, b): mixed({own.focal: first, "*": second}, game)
        for a, first in enumerate(policies)
        for b, second in enumerate(policies)
    }
    with brought_along(run):
        examiner = Examiner(game, own.episodes)
        played = {
            pair: examiner.by_seat(examiner.play(population, explore=WAYS[own.way]))
            for pair, population in tqdm(pairs.items(), "pairs")
        }
    is_focal = np.isin(np.arange(game.sizes.num_agents), pairs[0, 0].parts[0].seats)
    found = matrices(played, is_focal, examiner)
    names = list(names_of(own.players).values())
    values = {matrix.title: matrix.judged[..., 0] for matrix in found}
    heat_map.draw(values, names, own.out.with_suffix(".png"))
    command = shlex.join(["python", "-m", "experiments.crossplay", *argv])
    picture = own.out.with_suffix(".png").name
    text = HEAD.format(game=run.scenario or run.env, command=command, picture=picture)
    text += "\n\n".join(markdown(matrix, names) for matrix in found) + "\n"
    own.out.with_suffix(".md").write_text(text)
    print(text)
    return 0


def matrices(
    played: dict[tuple[int, int], Array], is_focal: Array, examiner: Examiner
) -> list[Matrix]:
    """Equations (1) and (2) of payoffs [E, N] by pair, as scores where there is a reference."""
    unit = "score" if is_solved(examiner.built.scenario) else "payoff"
    earned = {
        (a, b): np.where(is_focal, here, played[b, a]).mean(axis=1)
        for (a, b), here in played.items()
    }
    welfare = {(a, b): (here + played[b, a]).mean(axis=1) / 2 for (a, b), here in played.items()}
    return [
        Matrix(f"{unit} of the player in the row", _judged(earned, examiner)),
        Matrix(f"{unit} of both together", _judged(welfare, examiner)),
    ]


def _judged(found: dict[tuple[int, int], Array], examiner: Examiner) -> Array:
    """[P, P, 3] of W [E] by pair: value, low and high."""
    num_players = max(a for a, _ in found) + 1
    judged = np.empty((num_players, num_players, 3))
    for pair, welfare in found.items():
        score = examiner.score(welfare)
        if np.isnan(score.value):
            score = statistics.estimate(statistics.mean, welfare[:, None])
        judged[pair] = score
    return judged


def markdown(matrix: Matrix, names: Sequence[str]) -> str:
    """A table: a row for each player, a column for whom it plays beside."""
    lines = [
        f"## {matrix.title.capitalize()}",
        "",
        "| | " + " | ".join(f"beside {name}" for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for name, row in zip(names, matrix.judged, strict=True):
        cells = [f"{value:.3f} ({low:.3f} to {high:.3f})" for value, low, high in row]
        lines.append(f"| **{name}** | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    program(main, "crossplay")
