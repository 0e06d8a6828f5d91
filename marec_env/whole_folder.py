"""Folders that appear whole or not at all: written under a temporary name beside, then renamed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def check(folder: Path, mark: str, kind: str) -> None:
    """Whether `replacing` can write there, before there is anything to write; leaves no trace.

    Raises:
        ValueError: if something else is there already, or no folder can be made there.
    """
    if folder.exists() and not (folder / mark).is_file():
        raise ValueError(f"{folder} must be new or {kind} to replace, it is something else")
    above = next(path for path in folder.absolute().parents if path.exists())
    try:
        Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=above)).rmdir()
    except OSError as error:
        raise ValueError(
            f"{folder} must be where a folder can be made, {above} allows none: {error.strerror}"
        ) from error


@contextmanager
def replacing(folder: Path, mark: str, kind: str) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `folder` when that has gone well.

    Args:
        folder: new, or of this kind, and then replaced.
        mark: name of a file that every folder of this kind has.
        kind: what it is called, such as "a catalogue".

    Raises:
        ValueError: as of `check`.
    """
    check(folder, mark, kind)
    folder.parent.mkdir(parents=True, exist_ok=True)
    written = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield written
        written.chmod(0o755)  # mkdtemp keeps it to its owner
        if folder.exists():
            old = written.with_name(written.name + "-old")
            folder.rename(old)
            written.rename(folder)
            shutil.rmtree(old)
        else:
            written.rename(folder)
    finally:
        shutil.rmtree(written, ignore_errors=True)
