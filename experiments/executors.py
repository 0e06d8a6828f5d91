"""Executors: who carries out a training. A sweep knows only `submit` and `shutdown`.

What is submitted is the folder of a run. Everything else, checkpoints, progress and scores, lies in
that folder, so an executor on other machines needs a shared file system and nothing more: Ray's
`ref.future()` is the future that `submit` returns.

`LocalExecutor` starts a process of `experiments.train` for each training and waits for it in a
thread of `concurrent.futures`. Pools of processes do not survive a killed worker (their futures all
break, those of the neighbours too), and they would hand numbers of threads and open files from one
training to the next. Where the system can (Linux), a killed driver takes its trainings with it;
elsewhere they go on to their end, and the lock of the folder keeps others out until then.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Protocol

from .run import Run

TRAIN = (sys.executable, "-m", "experiments.train", "--quiet", "--resume")
SPEAKER = "python -m experiments.train: "  # before whatever it refuses
LOG = "train.log"  # in the folder of the run: what its trainings printed
GRACE = 30.0  # seconds that a training has to write its checkpoint after Ctrl-C


class Ending(NamedTuple):
    """How a process ended."""

    code: int  # negative: killed by that signal
    words: str  # the last line that it printed


class Executor(Protocol):
    """Carries out trainings; at most as many are submitted at a time as the sweep has workers."""

    def submit(self, folder: Path) -> Future[Ending]:
        """Trains the run of a folder; an exception of the future counts as a death."""
        ...

    def shutdown(self) -> None:
        """Ends what is under way, as Ctrl-C does, and returns when nothing is."""
        ...


class LocalExecutor:
    """Processes on this machine."""

    def __init__(self, workers: int, program: Sequence[str] = TRAIN):
        """Starts nothing yet.

        Args:
            workers: processes at a time.
            program: is started with the folder as its last argument.
        """
        self._pool = ThreadPoolExecutor(workers)
        self._program = [*_dies_with_us(), *program]
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._is_open = True

    def submit(self, folder: Path) -> Future[Ending]:
        """Starts a process as soon as a thread is free; its output goes to the folder's log."""
        return self._pool.submit(self._train, folder)

    def shutdown(self) -> None:
        """Interrupts all processes, and kills those that need too long."""
        with self._lock:
            self._is_open = False
            processes = list(self._processes)
            for process in processes:
                process.send_signal(signal.SIGINT)
        try:
            for process in processes:
                process.wait(GRACE)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            for process in processes:
                process.kill()
        self._pool.shutdown(cancel_futures=True)

    def _train(self, folder: Path) -> Ending:
        threads = str(Run.load(folder).threads)
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": threads,
            "NUMBA_NUM_THREADS": threads,
            "PYTHONUNBUFFERED": "1",  # so that the last line in the log is the last word
        }
        with (folder / LOG).open("ab") as log:
            begin = log.tell()
            with self._lock:
                if not self._is_open:
                    return Ending(-signal.SIGINT, "")
                process = subprocess.Popen(
                    [*self._program, str(folder)],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    process_group=0,  # Ctrl-C in the terminal reaches the driver alone
                )
                self._processes.add(process)
            code = process.wait()
        with self._lock:
            self._processes.remove(process)
        return Ending(code, _last_line(folder / LOG, begin))


def _dies_with_us() -> list[str]:
    """What stands before a command whose process is killed when the thread that started it is."""
    command = ["setpriv", "--pdeathsig", "KILL", "--"]  # of util-linux; others have less of it
    if shutil.which(command[0]) is None:
        return []
    tried = subprocess.run([*command, "true"], check=False, capture_output=True)
    return [] if tried.returncode else command


def _last_line(path: Path, begin: int) -> str:
    with path.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return last.removeprefix(SPEAKER)
