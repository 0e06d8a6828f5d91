"""Files that are there whole or not at all, and folders that one process works in at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .command import BadInput

LOCK = "lock"


def write_whole(path: Path, content: bytes | str) -> None:
    """Writes beside `path`, to the disk, then moves there: a kill leaves the old file or the new.

    Raises:
        OSError: if there is no room; then the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


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
        raise BadInput(f"{folder} is being trained by another process") from None
