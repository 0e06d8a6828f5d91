"""Does the encoder matter for the agents? A table over catalogues of the same data.

python -m experiments.encoders --catalogues catalogues/als,catalogues/text

Each catalogue was made by `python -m experiments.embed` with another encoder. In each, and in each
scenario, learners are trained in several worlds, below --runs, where a study that was stopped goes
on; then they and the player `greedy` play the same episodes. Learners draw their actions.

Vectors decide what a pick pays, as similarities, so payoffs of two catalogues have two units:
compare them by score (0 random play, 1 the best known plan of that catalogue), diversity (of the
picks, in that catalogue's vectors), coverage and Gini. Every further flag is one of train.
"""

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from marec_env import Catalogue
from marec_env.reference import PLAYERS

from .build import build
from .command import BadInput, Parser, parse, program
from .headroom import add_worlds, mean_score, worlds
from .learning import train
from .records import known_mean
from .run import Run
from .scores import Examiner
from .suites import Suite

CONTESTANTS = ("ippo:independent", "ippo:cooperative")
SHOWN = ("welfare", "score", "diversity", "coverage", "gini")
Key = tuple[str, str, str]  # scenario, catalogue, who plays


def main(argv: Sequence[str]) -> int:
    """Trains what is missing, plays, and prints a Markdown table for each scenario."""
    parser = Parser("encoders", (__doc__ or "").strip())
    add_worlds(parser)
    parser.add_argument("--catalogues", required=True, metavar="FOLDER,..", help="of embed")
    parser.add_argument("--scenarios", default="basic-v0,ecommerce-v0", help="(%(default)s)")
    parser.add_argument("--contestants", default=",".join(CONTESTANTS), metavar="AGENT:OBJECTIVE,.",
                        help=f"(default: {','.join(CONTESTANTS)})")  # fmt: skip
    parser.add_argument("--workers", type=int, default=1, help="trainings at once (%(default)s)")
    parser.add_argument("--episodes", type=int, default=64, help="in each world (%(default)s)")
    parser.add_argument("--runs", type=Path, default=Path("runs/encoders"), metavar="FOLDER",
                        help="keeps the trainings (%(default)s)")  # fmt: skip
    run, own = parse(argv, parser)
    for name in ("workers", "episodes"):
        if getattr(own, name) < 1:
            raise BadInput(f"--{name} must be >= 1, got {getattr(own, name)}")
    names = encoders(own.catalogues.split(","))
    found: dict[Key, dict[str, list[float]]] = {}
    first = own.contestants.split(",")[0]  # greedy plays beside one of them: it is the same there
    for folder, each in _trained(run, own).items():
        scenario, catalogue = str(each.scenario), names[str(each.catalogue)]
        has_greedy = f"{each.agent}:{each.objective}" == first
        for player, values in played(each, own.runs / folder, own.episodes, has_greedy):
            cells = found.setdefault((scenario, catalogue, player), {name: [] for name in SHOWN})
            for name in SHOWN:
                cells[name].append(values[name])
    print(markdown(found))
    return 0


def encoders(folders: Sequence[str]) -> dict[str, str]:
    """Folder -> name of the encoder that made it.

    Raises:
        BadInput: if one cannot be read, or two are of different data.
    """
    found, data = {}, {}
    for folder in folders:
        try:
            catalogue = Catalogue.load(folder)
        except (OSError, ValueError) as error:
            raise BadInput(f"--catalogues {folder} cannot be read: {error}") from error
        found[folder] = str(catalogue.provenance.get("encoder", folder))
        data[folder] = catalogue.user_ids, catalogue.item_ids
    if len(set(data.values())) > 1:
        raise BadInput(f"--catalogues must be of the same users and items, got {list(found)}")
    if len(set(found.values())) < len(found):  # two settings of one encoder
        found = {folder: Path(folder).name for folder in found}
    return found


def played(
    run: Run, folder: Path, episodes: int, has_greedy: bool
) -> Iterator[tuple[str, dict[str, float]]]:
    """Who played, and the mean of each of SHOWN: a trained policy, drawing, perhaps greedy too."""
    built = build(run, folder)
    examiner = Examiner(built, episodes)
    policies: dict[str, Any] = {f"{run.agent} {run.objective}": built.policy}
    if has_greedy:
        policies["greedy"] = PLAYERS["greedy"](built.scenario, seed=0)
    for player, policy in policies.items():
        found = examiner.play(policy, explore=player != "greedy")
        welfare = examiner.welfare(found)
        values = {key: known_mean(value) for key, value in found.metrics.items()}
        values |= {"welfare": float(welfare.mean()), "score": examiner.score(welfare).value}
        yield player, {key: values[key] for key in SHOWN}


def markdown(found: Mapping[Key, Mapping[str, Sequence[float]]]) -> str:
    """A table for each scenario: means over the worlds, and the interval of the score."""
    parts = []
    for scenario in dict.fromkeys(key[0] for key in found):
        rows = [
            f"**{scenario}**\n",
            "| encoder | player | score | 95 % interval | welfare | diversity | coverage | Gini |",
            "|---|---|---:|---|---:|---:|---:|---:|",
        ]
        for (game, encoder, player), values in sorted(found.items()):
            if game != scenario:
                continue
            others = ("welfare", "diversity", "coverage", "gini")
            cells = " | ".join(f"{np.mean(values[name]):.3f}" for name in others)
            rows.append(f"| {encoder} | {player} | {mean_score(list(values['score']))} | {cells} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _trained(run: Run, own: Namespace) -> dict[str, Run]:
    """Folder -> run; all of them are complete."""
    plain = replace(run, scenario_constants={}).complete().scenario_constants
    given = {name: value for name, value in run.scenario_constants.items() if value != plain[name]}
    base = replace(run, scenario_constants=given, agent_constants={}, catalogue_constants={},
                   catalogue_digest=None)  # fmt: skip
    players = [name.partition(":")[::2] for name in own.contestants.split(",")]
    runs: dict[str, Run] = {}
    for place in own.catalogues.split(","):
        suite = Suite(
            about="one encoder",
            base=replace(base, catalogue=place),
            scenarios=own.scenarios.split(","),
            players=players,
            agent_constants={run.agent: run.agent_constants},
            seeds=worlds(run, own),
            seeds_are_worlds=True,
        )
        try:
            runs |= suite.runs()
        except ValueError as error:
            said = f"--scenarios {own.scenarios} with --contestants {own.contestants}"
            raise BadInput(f"{said}: {error}") from error
    train(runs, own)
    return runs


if __name__ == "__main__":
    program(main, "encoders")
