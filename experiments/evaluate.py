"""Plays a trained run, or any policy that need not learn, against the reference players.

python -m experiments.evaluate runs/RUN --episodes 100
python -m experiments.evaluate runs/RUN --held-out
python -m experiments.evaluate runs/RUN --video episode.gif
python -m experiments.evaluate --agent my_file.py:MyPolicy --scenario ecommerce-v0 --episodes 100
python -m experiments.evaluate --population "user_0:runs/A,user_[1-5]:greedy,*:runs/B"

A population is a list of patterns of seats, each with a run or a player that need not learn; a
seat goes to the first that matches. Every flag of train may follow a RUN, to play the same weights
in a changed game; the scores of the unchanged one are kept in its folder.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from agents.saving import write_whole

from . import film, populations, table
from .build import Built, build, on_held_out
from .command import BadInput, Parser, brought_along, parse, program
from .run import Run, folder_of
from .scores import Examiner
from .tags import EVALUATION, HELD_OUT

FRAMES = 200  # of a film, which is in memory as a whole: 4 MB each


def main(argv: Sequence[str]) -> int:
    """Prints a table with bootstrap intervals, and keeps it in the run's folder as JSON."""
    folder = None
    if argv and not argv[0].startswith("-"):
        folder, argv = folder_of(Path(argv[0])), ["--run", *argv]
    players = _population(argv)
    where = folder or populations.first_run(players.values())
    if where and where != folder:
        argv = ["--run", str(where), *argv]
    parser = Parser("evaluate", __doc__ or "")
    _add_population(parser)
    parser.add_argument("--episodes", type=int, default=100, help="to play (default: 100)")
    parser.add_argument("--held-out", action="store_true",
                        help="among the users held out of training")  # fmt: skip
    parser.add_argument("--video", type=Path, metavar="FILE.gif",
                        help="also film one episode, with sampled actions; of more than "
                        f"{FRAMES - 1} steps every second is shown, or third ...")  # fmt: skip
    run, own = parse(argv, parser)
    if own.episodes < 1:
        raise BadInput(f"--episodes must be >= 1, got {own.episodes}")
    try:
        built = build(run, None if players else folder)
    except ValueError as error:
        raise BadInput(str(error)) from error
    if players:
        policies = {seats: populations.policy_of(name, built) for seats, name in players.items()}
        built = replace(built, policy=populations.mixed(policies, built), name="population")
    elif folder is None and hasattr(built.policy, "learn"):
        raise BadInput(
            f"{run.agent} learns: give the folder of a run, as python -m experiments.train makes"
        )
    if own.held_out:
        built = _held_out(built, None if where is None else Run.load(where))
    video: Path | None = own.video
    episode = _film(built, video) if video else None
    with brought_along(built.run):
        examiner = Examiner(built, own.episodes, HELD_OUT if own.held_out else EVALUATION)
        rows = table.show(examiner, examiner.table())
    if players:
        table.show_parts(examiner, players)
    elif folder is not None and built.run == Run.load(folder):
        whose = "-held-out" if own.held_out else ""
        path = folder / f"evaluation{whose}-{own.episodes}.json"
        write_whole(path, table.to_json(rows))
        print(f"kept in {path}")
    if video and episode:
        with brought_along(built.run):
            frames = list(tqdm(episode.frames, "film", episode.length, unit="frame"))
        write_whole(video, film.gif(frames, episode.fps))
        print(f"film in {video}")
    return 0


def _population(argv: Sequence[str]) -> dict[str, str]:
    """Pattern -> player; empty where one policy plays all seats."""
    parser = Parser("evaluate", "", add_help=False)
    _add_population(parser)
    text = parser.parse_known_args(argv)[0].population
    return {} if text is None else populations.parse(text)


def _add_population(parser: Parser) -> None:
    parser.add_argument("--population", metavar="PATTERN:PLAYER,.", help="who plays whose seats")


def _film(built: Built, path: Path) -> film.Film:
    """An episode to be filmed, if it can be, and kept."""
    if path.suffix.lower() != ".gif":
        raise BadInput(f"--video must end in .gif, got {str(path)!r}")
    if not path.parent.is_dir():
        raise BadInput(f"--video must be in a folder that exists, got {str(path)!r}")
    try:
        return film.film(built, at_most=FRAMES)
    except (ImportError, ValueError) as error:
        raise BadInput(f"--video cannot be made: {error}") from error


def _held_out(built: Built, trained: Run | None) -> Built:
    apart = on_held_out(built)
    if apart and trained and _split(built.run) != _split(trained):
        raise BadInput(
            "--held-out needs the users that the run kept apart: held-out, world-seed and the "
            "catalogue must be those of its training"
        )
    if apart is None:
        raise BadInput(
            "--held-out needs users that were kept apart, as in a training with "
            "--scenario.users resampled --scenario.held-out 0.2"
        )
    return apart


def _split(run: Run) -> tuple:
    """What decides who is held out."""
    given = run.scenario_constants  # none where the run is of a foreign environment
    names = ("held_out", "world_seed", "users")
    return *(given.get(name) for name in names), run.catalogue_digest


if __name__ == "__main__":
    program(main, "evaluate")
