"""How long it takes from `import marec_env` to the end of a first step, in a new process."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

FIRST_STEP = """
import time
start = time.perf_counter()
import marec_env
env = marec_env.make("ecommerce-v0")
env.reset(seed=0)
env.step({agent: 0 for agent in env.agents})
print(time.perf_counter() - start)
"""
NUM_STARTS = 3  # of each kind, of which the best counts
# What numba finds on a machine where it may write nowhere: no other place, and this one is refused.
UNWRITABLE = {
    "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
    "NUMBA_CACHE_DIR": str(Path(os.devnull) / "folder"),
}


class FirstStep(NamedTuple):
    """Seconds to the first step."""

    warm: float  # with compiled code on disk
    cold: float  # with none yet
    unwritable: float  # with no folder to put it in


def first_step() -> FirstStep:
    """The best of three new processes each; a warm one finds what a cold one has compiled."""
    cold, warm = [], []
    for _ in range(NUM_STARTS):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(_seconds({"NUMBA_CACHE_DIR": folder}))
            warm.append(_seconds({"NUMBA_CACHE_DIR": folder}))
    unwritable = [_seconds(UNWRITABLE) for _ in range(NUM_STARTS)]
    return FirstStep(min(warm), min(cold), min(unwritable))


def _seconds(cache: dict[str, str]) -> float:
    """Of a new process with the environment variables `cache`."""
    run = subprocess.run(
        [sys.executable, "-c", FIRST_STEP],
        cwd=ROOT,
        env={**os.environ, **cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)
