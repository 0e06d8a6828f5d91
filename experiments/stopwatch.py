"""Measures: calls per second, seconds by method, peak memory, how fast this machine copies."""

import functools
import multiprocessing
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

ROUNDS = 5  # the best one counts: whatever else the machine does only slows a round down

Result = TypeVar("Result")


def rate(call: Callable[[], Any], seconds: float) -> float:
    """Calls per second, the best of five rounds of `seconds`, after one call to warm up."""
    call()
    best = 0.0
    for _ in range(ROUNDS):
        calls, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            call()
            calls += 1
        best = max(best, calls / elapsed)
    return best


def copy_rate(seconds: float) -> float:
    """Bytes per second that one thread copies between arrays larger than any cache."""
    source = np.ones(2**26, np.float32)
    target = np.zeros_like(source)
    return rate(lambda: np.copyto(target, source), seconds) * source.nbytes


class Timed:
    """Stands for `inner` and adds up the seconds that some of its methods take."""

    def __init__(self, inner: Any, *methods: str, clock: Callable[[], float] = time.perf_counter):
        self._inner = inner
        self._methods = methods
        self._clock = clock  # or time.process_time, which others on the machine disturb less
        self.seconds: defaultdict[str, float] = defaultdict(float)  # by method

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if name not in self._methods:
            return value

        @functools.wraps(value)
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = self._clock()
            try:
                return value(*args, **kwargs)
            finally:
                self.seconds[name] += self._clock() - start

        return timed


def alone(function: Callable[..., Result], *args: Any) -> Result:
    """`function(*args)` in a process of its own, which shares no cache and no memory with ours."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *args).result()


def peak_memory() -> int:
    """The most bytes of memory that this process ever held."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource  # imported late: not on every system

    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def machine() -> str:
    """Processor, cores, and how many other processes wanted them in the last minute, in a line."""
    name = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        for line in cpus.read_text().splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{name}, {os.cpu_count()} cores{load}"
