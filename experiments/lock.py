"""Folders in which one process works at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .command import BadInput

LOCK = "lock"
BUSY = "is being trained by another process"  # how the sentence ends that refuses a folder


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Keeps other processes out of `folder`; a process that dies lets go of it.

    Raises:
        BadInput: if another process is at work there.
    """
    try:
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout:
        raise BadInput(f"{folder} {BUSY}") from None
