"""Plays a trained run, or any policy that need not learn, against the reference players.

python -m experiments.evaluate runs/RUN --episodes 100
python -m experiments.evaluate --agent my_file.py:MyPolicy --scenario ecommerce-v0 --episodes 100

Every flag of train may follow a RUN, to play the same weights in a changed game; the scores of the
unchanged one are kept in its folder.
"""

from collections.abc import Sequence
from pathlib import Path

import agents
from agents.saving import write_whole

from . import table
from .build import build
from .command import BadInput, Parser, brought_along, parse, program
from .run import Run
from .scores import Examiner


def main(argv: Sequence[str]) -> int:
    """Prints a table with bootstrap intervals, and keeps it in the run's folder as JSON."""
    folder = None
    if argv and not argv[0].startswith("-"):
        folder, argv = Path(argv[0]), ["--run", *argv]
        folder = folder.parent if folder.is_file() else folder
    parser = Parser("evaluate", __doc__ or "")
    parser.add_argument("--episodes", type=int, default=100, help="to play (default: 100)")
    run, own = parse(argv, parser)
    if own.episodes < 1:
        raise BadInput(f"--episodes must be >= 1, got {own.episodes}")
    try:
        built = build(run)
        if folder is not None and hasattr(built.policy, "learn"):
            agents.restore(built.policy, folder)
    except ValueError as error:
        raise BadInput(str(error)) from error
    if folder is None and hasattr(built.policy, "learn"):
        raise BadInput(
            f"{run.agent} learns: give the folder of a run, as python -m experiments.train makes"
        )
    with brought_along(built.run):
        examiner = Examiner(built, own.episodes)
        rows = table.show(examiner, examiner.table())
    if folder is not None and built.run == Run.load(folder):
        path = folder / f"evaluation-{own.episodes}.json"
        write_whole(path, table.to_json(rows))
        print(f"kept in {path}")
    return 0


if __name__ == "__main__":
    program(main, "evaluate")
