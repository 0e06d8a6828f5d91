"""Finds out what a name or a path stands for, and reads it."""

import os
from pathlib import Path

from . import movielens, movielens_large, parquet, recbole, table
from .interactions import DataError, Interactions

NAMES = (movielens.NAME,)  # of data sets that `python -m marec_env.datasets fetch` knows


def data_folder() -> Path:
    """Where fetched data lie: MAREC_DATA, else `data` in the current folder."""
    return Path(os.environ.get("MAREC_DATA") or "data")


def load(
    name_or_path: str | Path,
    folder: str | Path | None = None,
    scale: tuple[float, float] | None = None,
) -> Interactions:
    """Interactions of a fetched data set, a folder, a zip archive or a table.

    Args:
        name_or_path: a name such as "ml-100k"; else a folder or zip with u.data or in the layout of
            a larger MovieLens, a folder with one .inter file or that file, or any table of user,
            item, rating and more, as text or Parquet.
        folder: where fetched data lie; `data_folder()` by default.
        scale: lowest and highest rating of a table; detected by default.

    Raises:
        DataError: if there is nothing to read, or nothing usable in it.
    """
    path = Path(name_or_path)
    if str(name_or_path) in NAMES:
        path = _fetched(str(name_or_path), data_folder() if folder is None else Path(folder))
    try:
        return movielens.labelled(_read(path, scale))
    except OSError as error:
        raise DataError(f"{path} must be readable: {error.strerror or error}") from error


def _fetched(name: str, folder: Path) -> Path:
    for path in (folder / name, folder / f"{name}.zip"):
        if path.exists():
            return path
    raise DataError(
        f"{name} must be fetched first, it is not in {folder}: "
        f"python -m marec_env.datasets fetch {name}"
    )


def _read(path: Path, scale: tuple[float, float] | None) -> Interactions:
    if not path.exists():
        raise DataError(
            f"a data set must be one of {', '.join(NAMES)} or a path, got {str(path)!r}"
        )
    if path.is_dir() and any(path.glob("*.inter")):
        return recbole.load(path, scale)
    if path.is_dir() or path.suffix == ".zip":
        if movielens_large.holds(path):
            return movielens_large.load(path, scale)
        if path.is_dir() and not (path / "u.data").exists():
            raise DataError(
                f"{path} must contain u.data, ratings and movies as .dat or .csv, or one .inter "
                "file, it contains none of these"
            )
        return movielens.load(path)
    readers = {".inter": recbole.load, ".parquet": parquet.load}
    return readers.get(path.suffix, table.load)(path, scale)
