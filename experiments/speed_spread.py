"""simple_spread beside BenchMARL: what a frame costs to play and to learn from, when a goal is met.

Both sides run on one thread, and seconds are those of the processor, which others on the machine
disturb less. BenchMARL runs in an environment of its own, see speed_benchmarl.py.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from . import loop, validation_settings
from .build import build
from .command import BadInput
from .published import TASKS
from .run import FOREIGN, Run
from .stopwatch import Timed

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv-peers" / "bin" / "python"
GAME = "experiments.games.simple_spread:SimpleSpread"
AGENTS = 3
EPISODE = 25  # steps
GOAL = -135.0  # in the unit of published.py


class Effort(NamedTuple):
    """What is done with a batch."""

    frames: int = 6000  # steps of environments
    epochs: int = 45
    minibatch_frames: int = 400


class Batch(NamedTuple):
    """What it cost, and what it was worth."""

    frames: int
    collecting: float  # seconds: to act, to step, to store
    learning: float  # seconds
    score: float  # of the play, in the unit of published.py


class Reached(NamedTuple):
    """A training that was stopped."""

    frames: int
    seconds: float  # of training alone
    score: float  # at last


def ours(effort: Effort, num_batches: int) -> list[Batch]:
    """IPPO with two layers of 256, as BenchMARL has it."""
    run = Run(
        **FOREIGN,
        env=GAME,
        agent="ippo",
        num_envs=effort.frames // EPISODE,
        threads=1,
        agent_constants={
            "hidden_size": 256,
            "agent_id": False,
            "rollout_steps": EPISODE,
            "num_epochs": effort.epochs,
            "minibatch_size": effort.minibatch_frames * AGENTS,
        },
    )
    built = build(run)
    learner: Any = Timed(built.policy, "learn", clock=time.process_time)
    training = loop.Training(built.make_env(num_envs=run.num_envs), learner, seed=0)
    found: list[Batch] = []
    collecting = welfare = 0.0
    while len(found) < num_batches:
        learner.seconds.clear()
        start = time.process_time()
        record = training.advance()
        seconds = time.process_time() - start
        welfare += record.values["train/payoff"]
        if "learner/learning_rate" not in record.values:
            collecting += seconds
            continue
        learning = learner.seconds["learn"]
        score = TASKS["spread"].unit(welfare)
        found.append(Batch(effort.frames, collecting + seconds - learning, learning, score))
        collecting = welfare = 0.0
    return found


def theirs(effort: Effort | None, task: str, seconds: float, batches: int) -> Iterator[Batch]:
    """IPPO of BenchMARL on its task `pettingzoo` or `vmas`; with its own effort if None.

    Raises:
        BadInput: if its environment is missing, or it fails.
    """
    if not PEERS.exists():
        raise BadInput(f"needs {PEERS.relative_to(ROOT)}, which make peers makes")
    frames, epochs, minibatch_frames = effort or (None, None, None)
    wanted = {
        "task": task,
        "frames": frames,
        "num_envs": None,
        "epochs": epochs,
        "minibatch_frames": minibatch_frames,
        "relu": effort is not None,
        "seconds": seconds,
        "batches": batches,
    }
    command = [str(PEERS), "-m", "experiments.speed_benchmarl", json.dumps(wanted)]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith("{"):
                    said = json.loads(line)
                    score = TASKS["spread"].unit(said.pop("welfare"))
                    yield Batch(score=score, **said)
        finally:
            process.terminate()  # where somebody has seen enough
        if process.wait() > 0:
            errors.seek(0)
            raise BadInput(f"BenchMARL failed: {errors.read().strip().splitlines()[-1]}")


def reach(agent: str, share: float, goal: float = GOAL) -> Reached:
    """Trains with the settings of the comparison until an evaluation meets the goal.

    Args:
        agent: a learner that has them.
        share: of their steps.
        goal: in the unit of published.py, on the game of mpe2.
    """
    task = TASKS["spread"]
    run = next(iter(validation_settings.runs("spread", agent, 1, share).values()))
    run = replace(run, env_constants={}, threads=1)
    explore = validation_settings.family(agent).way == "sampled"
    built = build(run)
    learner: Any = built.policy
    training = loop.Training(built.make_env(num_envs=run.num_envs), learner, seed=0)
    judge = built.make_env(num_envs=task.episodes)
    seconds, score = 0.0, float("-inf")
    while score < goal and training.step + run.num_envs <= run.steps:
        start, until = time.process_time(), training.step + run.evaluate_every
        while training.step < min(until, run.steps - run.num_envs + 1):
            training.advance()
        seconds += time.process_time() - start
        found = loop.evaluate(
            judge, built.policy, task.episodes, run.evaluation_seed, explore=explore
        )
        score = float(task.unit(found.returns.mean()))
    return Reached(training.step, seconds, score)


def reach_theirs(seconds: float, goal: float = GOAL) -> Reached:
    """BenchMARL as it is, until what it plays meets the goal, or so many seconds of training."""
    frames, spent, score = 0, 0.0, float("-inf")
    for batch in theirs(None, "pettingzoo", seconds, batches=10**9):
        frames += batch.frames
        spent += batch.collecting + batch.learning
        score = batch.score
        if score >= goal:
            break
    return Reached(frames, spent, score)
