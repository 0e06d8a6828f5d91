"""Measures learners beside the least that their networks cost, and beside BenchMARL.

    python -m experiments.speed_learners
    python -m experiments.speed_learners --parts updates,scenarios
    python -m experiments.speed_learners --parts goal

It writes docs/speed-learners.md, part by part; `frames` and `goal` need `make peers`.
"""

import argparse
import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marec_env import registry

from . import marked_page, speed_spread, speed_training, speed_updates, stopwatch
from .command import BadInput, Parser, program
from .run import Run
from .speed import markdown, short
from .speed_spread import Batch, Effort

PAGE = Path(__file__).parent.parent / "docs" / "speed-learners.md"
SHARINGS = {"all": "shared", "none": "not shared"}
BODIES = {"candidates": "of its own", "flat": "flat, 64"}
NUM_ENVS = 64  # B
PATIENCE = 10  # times our time that BenchMARL may take


def main(argv: Sequence[str]) -> int:
    """Prints each part and writes it to the page; returns the exit code."""
    parser = Parser("speed_learners", __doc__ or "")
    chosen = ",".join(PARTS)
    parser.add_argument("--parts", default=chosen, help=f"what to measure (default: {chosen})")
    parser.add_argument("--seconds", type=float, default=0.3, help="of a round (default: 0.3)")
    parser.add_argument("--batches", type=int, default=2, help="of 6,000 frames (default: 2)")
    parser.add_argument("--agent", default="qmix", help="who is to meet the goal (default: qmix)")
    parser.add_argument("--share", type=float, default=0.4, help="of its steps (default: 0.4)")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page")
    own = parser.parse(argv)
    parts = own.parts.split(",")
    unknown = sorted({*parts} - {*PARTS})
    if unknown:
        raise BadInput(f"--parts must name some of {', '.join(PARTS)}, got {unknown[0]!r}")
    for name in parts:
        block = f"{setting()}\n\n{PARTS[name](own)}"
        print(block, flush=True)
        marked_page.fill(own.out, f"<!-- {name}: measured -->", f"<!-- {name}: end -->", block)
    print(f"written to {own.out}")
    return 0


def setting() -> str:
    """On what it was measured, in a sentence."""
    packages = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "numba", "torch")
    )
    return f"{stopwatch.machine()}, Python {platform.python_version()}, {packages}, one thread."


def updates(own: argparse.Namespace) -> str:
    """Every learner of networks beside the least that they can cost."""
    rows = []
    for agent in speed_updates.LEARNERS:
        for body, title in BODIES.items():
            row = [f"`{agent}`", title]
            for sharing in SHARINGS:
                constants: dict[str, Any] = {"sharing": sharing, "body": body}
                if body == "flat":
                    constants["hidden_size"] = 64
                run = Run(agent=agent, num_envs=NUM_ENVS, threads=1, agent_constants=constants)
                found = speed_updates.update(run, own.seconds)
                row += [f"{1e3 * found.ours:.2f} ms", f"{found.ours / found.bare:.2f}"]
                if sharing == "all":
                    row[2:2] = [f"{found.learnt:,.0f}", f"{found.asked:,.0f}"]
            print(" ".join(row), flush=True)
            rows.append(row)
    header = ["learner", "body", "forwards and back", "forwards only"]
    for title in SHARINGS.values():
        header += [f"{title}: a gradient step", "times the least"]
    return markdown(header, rows)


def scenarios(own: argparse.Namespace) -> str:
    """Where the time of a training goes in our games."""
    del own
    rows = []
    for scenario in registry.scenario_names():
        for agent in ("ippo", "iql"):
            run = Run(scenario=scenario, agent=agent, num_envs=NUM_ENVS, threads=1)
            found = speed_training.shares(run, 20 * NUM_ENVS, 60 * NUM_ENVS)
            parts = (found.environment, found.acting, found.updating)
            rows.append([
                f"`{scenario}`", f"`{agent}`", short(found.agent_steps),
                *(f"{100 * share:.1f} %" for share in (*parts, max(0.0, 1 - sum(parts)))),
            ])  # fmt: skip
    header = ["scenario", "learner", "agent-steps/s", "environment", "acting", "learning", "loop"]
    return markdown(header, rows)


def frames(own: argparse.Namespace) -> str:
    """Playing and learning, frame by frame, beside BenchMARL with the same networks."""
    effort = Effort()
    sides = {"ours": speed_spread.ours(effort, own.batches)}
    for task, title in (("pettingzoo", "BenchMARL, PettingZoo"), ("vmas", "BenchMARL, VMAS")):
        sides[title] = list(speed_spread.theirs(effort, task, float("inf"), own.batches))
    best = {title: _best(batches) for title, batches in sides.items()}
    mine = best["ours"]
    rows = []
    for title, found in best.items():
        collecting, whole = found.collecting, found.collecting + found.learning
        rows.append([
            title, short(found.frames / collecting),
            f"{collecting / mine.collecting:.1f}",
            short(found.frames / found.learning),
            short(found.frames / whole), f"{whole / (mine.collecting + mine.learning):.2f}",
        ])  # fmt: skip
    header = ["who", "frames/s played", "ours is faster by", "frames/s learnt from",
              "frames/s in all", "ours is faster by"]  # fmt: skip
    return markdown(header, rows)


def _best(batches: Sequence[Batch]) -> Batch:
    """The fastest play and the fastest learning of a batch."""
    return batches[0]._replace(
        collecting=min(batch.collecting for batch in batches),
        learning=min(batch.learning for batch in batches),
    )


def goal(own: argparse.Namespace) -> str:
    """How long it takes until play is worth as much as was published."""
    mine = speed_spread.reach(own.agent, own.share)
    theirs = speed_spread.reach_theirs(PATIENCE * mine.seconds)
    rows = [
        [title, f"{found.frames:,}", f"{found.seconds:,.0f} s", f"{found.score:.1f}"]
        for title, found in ((f"our `{own.agent}`", mine), ("BenchMARL, `ippo`", theirs))
    ]
    return markdown(["who", "frames", "training", "score at last"], rows)


PARTS = {"updates": updates, "scenarios": scenarios, "frames": frames, "goal": goal}


if __name__ == "__main__":
    program(main, "speed_learners")
