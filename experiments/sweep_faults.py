"""Kills a sweep again and again, and compares what comes out with a sweep that was left alone.

python -m experiments.sweep_faults smoke --kills 10 --out runs/faults

The suite is trained twice, into OUT/calm and OUT/disturbed. In the second sweep the driver is
killed so many times, and so many times a training, chosen at random: SIGKILL at random moments, in
random order. A killed driver is started again; nothing else is done. In the end every run must be
complete and hold the same as in the first sweep, to the bit.

Processes are found in /proc, so this is for Linux.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from . import suites
from .command import BadInput, Parser, program
from .sameness import differences


def main(argv: Sequence[str]) -> int:
    """Returns 0 if killing has changed nothing."""
    parser = Parser("sweep_faults", __doc__ or "")
    parser.add_argument("suite", metavar="SUITE", help="a name, or my_file.py:SUITE")
    parser.add_argument("--kills", type=int, default=10,
                        help="of the driver, and as many of trainings (default: 10)")  # fmt: skip
    parser.add_argument("--workers", type=int, default=2, help="trainings at a time (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="of moments and victims (default: 0)")
    parser.add_argument("--out", type=Path, default=Path("runs/faults"), metavar="FOLDER",
                        help="is new (default: runs/faults)")  # fmt: skip
    own = parser.parse(argv)
    if own.out.exists():
        raise BadInput(f"--out must be a new folder, got {own.out}")
    try:
        names = list(suites.find(own.suite).runs())
    except ValueError as error:
        raise BadInput(str(error)) from error
    calm, disturbed = own.out / "calm", own.out / "disturbed"
    command = [sys.executable, "-m", "experiments.sweep", own.suite, "--workers", str(own.workers)]
    began = time.monotonic()
    if subprocess.run([*command, "--out", str(calm)], check=False).returncode:
        raise BadInput(f"{own.suite} must be a suite whose runs all end complete")
    seconds = time.monotonic() - began
    kills = disturb([*command, "--out", str(disturbed)], own.kills, seconds, own.seed)
    found = [
        f"{name}: {difference}"
        for name in names
        for difference in differences(disturbed / name, calm / name)
    ]
    print(*found, f"killed: {kills['driver']} drivers, {kills['training']} trainings", sep="\n")
    print(f"{len(names)} runs, {len(found)} differences")
    return 1 if found or kills.total() < 2 * own.kills else 0


def disturb(command: Sequence[str], kills: int, seconds: float, seed: int) -> Counter[str]:
    """Sweeps to the end, with so many kills of the driver and so many of trainings on the way.

    Args:
        command: the sweep.
        kills: of each kind.
        seconds: that the sweep takes undisturbed; within them all kills fall, restarts apart.
        seed: of moments and victims.

    Returns:
        How often each kind was killed: less often only if the sweep had ended before.
    """
    rng = random.Random(seed)
    victims = ["driver", "training"] * kills
    rng.shuffle(victims)
    done: Counter[str] = Counter()
    driver = subprocess.Popen(command)
    for victim in victims:
        time.sleep(rng.uniform(0, seconds / len(victims)))
        while not (trainings := children(driver.pid)) and driver.poll() is None:
            time.sleep(0.05)  # it has only just begun
        if driver.poll() is not None:
            break
        if victim == "driver":
            driver.kill()
            driver.wait()
            driver = subprocess.Popen(command)
        else:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(trainings), signal.SIGKILL)
        done[victim] += 1
    driver.wait()
    return done


def children(parent: int) -> list[int]:
    """The living processes that `parent` has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended in the meantime
            state, its_parent = path.read_text().rpartition(")")[2].split()[:2]
            if int(its_parent) == parent and state != "Z":
                found.append(int(path.parent.name))
    return sorted(found)


if __name__ == "__main__":
    program(main, "sweep_faults")
