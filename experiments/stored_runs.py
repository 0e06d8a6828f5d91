"""Makes many small finished runs, and measures how long it takes to read and to compare them.

python -m experiments.stored_runs --runs 10000

Each has 25 tags and 200 records, of which every tenth is an evaluation. Nothing is trained: what is
measured is the way from folders to a table.
"""

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from . import results
from .command import BadInput, Parser, program
from .comparison import compare
from .run import Run
from .run_folder import METRICS, RUN, SCORES, TIMING
from .scores import WAYS
from .statistics import estimate, iqm

NUM_TAGS, NUM_RECORDS, EVALUATED = 25, 200, 10  # records between two evaluations
AGENTS = ("ippo", "iql")


def store(
    folder: Path,
    run: Run,
    score: float | None,
    *,
    argmax: float | None = None,
    steps: Sequence[int] = (0, 10, 20),
    num_records: int = 0,
) -> Path:
    """The folder of a finished run that reached `score`, by a straight line from 0.

    Args:
        folder: is new.
        run: complete.
        score: of sampled play, also the welfare; None where there is no score.
        argmax: of the best actions; None: as sampled.
        steps: of the evaluations.
        num_records: further records, of training, in between.
    """
    folder.mkdir(parents=True)
    (folder / RUN).write_text(run.to_json())
    final = {"sampled": score, "argmax": score if argmax is None else argmax}
    lines = [
        {"step": step, "values": {
            f"evaluate/{way}/{name}": (value or 0.0) * step / max(steps[-1], 1)
            for way, value in final.items()
            for name in ("score", "welfare") if name == "welfare" or value is not None
        }, "counts": {}}
        for step in steps
    ]  # fmt: skip
    noise = np.random.default_rng(run.seed).random((num_records, NUM_TAGS)).tolist()
    for number, row in enumerate(noise):
        values = {f"train/number_{tag}": value for tag, value in enumerate(row)}
        lines.append({"step": number, "values": values, "counts": {}})
    (folder / METRICS).write_text("".join(json.dumps(line) + "\n" for line in lines))
    timing = [{"step": step, "time/seconds": step / 10} for step in steps]
    (folder / TIMING).write_text("".join(json.dumps(line) + "\n" for line in timing))
    rows = [_row(f"{run.agent} ({way})", final[way], "played") for way in WAYS]
    rows += [_row("random", 0.0, "exact"), _row("clairvoyant", 1.0, "exact")]
    (folder / SCORES).write_text(json.dumps(rows))
    return folder


def _row(player: str, score: float | None, kind: str) -> dict[str, object]:
    known = {"score": score, "low": score, "high": score}
    return {"player": player, "welfare": score or 0.0, **known, "kind": kind}


def main(argv: Sequence[str]) -> int:
    """Prints how long it took."""
    parser = Parser("stored_runs", __doc__ or "")
    parser.add_argument("--runs", type=int, default=10_000, help="how many (default: 10000)")
    own = parser.parse(argv)
    if own.runs < len(AGENTS):
        raise BadInput(f"--runs must be >= {len(AGENTS)}, got {own.runs}")
    steps = range(0, NUM_RECORDS * EVALUATED, EVALUATED * EVALUATED)
    templates = {agent: Run(agent=agent).complete() for agent in AGENTS}
    with tempfile.TemporaryDirectory() as place:
        for number in range(own.runs):
            template = templates[AGENTS[number % len(AGENTS)]]
            run = Run.from_json(template.to_json().replace('"seed": 0', f'"seed": {number}', 1))
            store(Path(place) / str(number), run, number % 97 / 97, steps=steps,
                  num_records=NUM_RECORDS - len(steps))  # fmt: skip
        size = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file())
        before = time.perf_counter()
        found = list(map(results.read, results.find([Path(place)]).finished))
        read = time.perf_counter() - before
        (group,), _ = compare(found)
        for scores in group.scores.values():
            estimate(iqm, scores, num_resamples=1_000)
        whole = time.perf_counter() - before
    print(f"{len(found)} runs of {NUM_TAGS} tags x {NUM_RECORDS} records, {size / 2**30:.2f} GiB: "
          f"read in {read:.1f} s, read and summarised in {whole:.1f} s")  # fmt: skip
    return 0


if __name__ == "__main__":
    program(main, "stored_runs")
