"""Kills trainings at random moments and compares what they become with undisturbed ones.

python -m experiments.survival --kills 60

Each case is a learner in a small game of its own. It is trained once undisturbed; then once more,
while its process is killed with SIGKILL again and again, at moments drawn from the whole time that
a training takes, from its first import to its last file, and resumed each time. At last both
folders must be the same to the bit: numbers, curves in TensorBoard, weights, scores.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from agents import AGENTS

from . import run_folder
from .command import BadInput, Parser, program
from .run import Run
from .sameness import differences

GAME = {"num_agents": 4, "horizon": 10, "pool_size": 16, "slate_size": 4}
PACE: dict[str, Any] = {  # so that a few seconds hold many records, evaluations and checkpoints
    "num_envs": 8,
    "steps": 8_000,
    "log_every": 200,
    "evaluate_every": 1_000,
    "evaluation_episodes": 4,
    "checkpoint_every": 700,
}
FOREIGN: dict[str, Any] = {
    "scenario": None,
    "catalogue": None,
    "objective": "independent",
    "env": "mpe2.simple_spread_v3",
    "env_constants": {"N": 2, "max_cycles": 12},
}
_REPLAYING = {"warmup": 500, "batch_size": 128, "hidden_size": 16, "replay_capacity": 4_000}
_ROLLING = {"rollout_steps": 10, "hidden_size": 16}
BUSY: dict[str, dict[str, Any]] = {  # constants with which a learner of networks updates often
    "reinforce": _ROLLING,
    "ia2c": _ROLLING,
    "ippo": {**_ROLLING, "minibatch_size": 128},
    "maa2c": _ROLLING,
    "mappo": {**_ROLLING, "minibatch_size": 128},
    "coma": _ROLLING,
    "iql": _REPLAYING,
    "vdn": _REPLAYING,
    "qmix": {**_REPLAYING, "mixing_size": 8, "hyper_size": 16},
    "maddpg": _REPLAYING,
    "mean_field_q": _REPLAYING,
    "mean_field_ac": _ROLLING,
    "supervised": {"hidden_size": 16, "capacity": 4_000, "epoch_period": 500, "batch_size": 128},
}


class Outcome(NamedTuple):
    """How a case went."""

    moments: list[int]  # environment steps that were written when the process was killed
    lives: int  # trainings that were brought to their end
    found: list[str]  # differences


def cases() -> dict[str, Run]:
    """Every learner; those with networks also with a flat body, and on a foreign environment."""
    found = {name: case(name) for name, made in AGENTS.items() if hasattr(made, "learn")}
    for name in BUSY:
        found[f"{name}, flat"] = case(name, {"body": "flat", "sharing": "none"})
        found[f"{name}, foreign"] = case(name, **FOREIGN)
    return found


def case(agent: str, agent_constants: dict[str, Any] | None = None, **changes: Any) -> Run:
    """A small run of `agent`, with changed fields."""
    fields = {"scenario_constants": {} if "env" in changes else GAME, **PACE, **changes}
    constants = BUSY.get(agent, {}) | (agent_constants or {})
    return Run(agent=agent, agent_constants=constants, **fields).complete()


def go_on(folder: Path, kill_when: Callable[[], bool]) -> bool:
    """Trains on in a process, which is killed as soon as `kill_when()`; whether it was.

    Raises:
        RuntimeError: if the process fails by itself.
    """
    command = [sys.executable, "-m", "experiments.train", "--quiet", "--resume", str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    with process:
        while process.poll() is None:
            if kill_when():
                process.kill()
                break
            time.sleep(0.01)
        _, words = process.communicate()
    if process.returncode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"{' '.join(command)} failed: {words}")
    return process.returncode != 0


def survive(run: Run, kills: int, chance: random.Random, where: Path) -> Outcome:
    """Trains `run` undisturbed, and with `kills` kills; both must be the same."""
    calm = run_folder.create(where / "calm", run)
    before = time.monotonic()
    go_on(calm, lambda: False)
    duration = time.monotonic() - before
    moments, found, life = [], [], 0
    while len(moments) < kills:
        life += 1
        folder = run_folder.create(where / f"life-{life}", run)
        while run_folder.status(folder) is not run_folder.Status.COMPLETE:
            until = time.monotonic() + chance.uniform(0, duration)
            is_last = len(moments) == kills
            if go_on(folder, partial(_is_over, None if is_last else until)):
                moments.append(run_folder.step(folder))
        found += differences(folder, calm)
    return Outcome(moments, life, found)


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until


def main(argv: Sequence[str]) -> int:
    """Prints a table; returns 1 if anything differs."""
    parser = Parser("survival", __doc__ or "")
    parser.add_argument("--kills", type=int, default=60, help="of all cases (default: 60)")
    parser.add_argument("--workers", type=int, default=2, help="cases at once (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    own = parser.parse(argv)
    if own.kills < 1 or own.workers < 1:
        raise BadInput(f"--kills and --workers must be >= 1, got {own.kills} and {own.workers}")
    runs = cases()
    each = -(-own.kills // len(runs))
    with tempfile.TemporaryDirectory() as where, ThreadPoolExecutor(own.workers) as pool:
        jobs = {
            name: pool.submit(
                survive, run, each, random.Random(f"{own.seed} {name}"), Path(where) / str(number)
            )
            for number, (name, run) in enumerate(runs.items())
        }
        outcomes = {name: job.result() for name, job in jobs.items()}
    table = Table("learner", "kills", "at steps", "trainings", "differences")
    for name, outcome in outcomes.items():
        steps = " ".join(map(str, sorted(outcome.moments)))
        said = "; ".join(outcome.found) or "none"
        table.add_row(name, str(len(outcome.moments)), steps, str(outcome.lives), said)
    Console().print(table)
    kills = sum(len(outcome.moments) for outcome in outcomes.values())
    differing = sum(len(outcome.found) for outcome in outcomes.values())
    print(f"{kills} kills, {differing} differences")
    return 1 if differing else 0


if __name__ == "__main__":
    program(main, "survival")
