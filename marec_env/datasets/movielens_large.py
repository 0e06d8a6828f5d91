"""The larger MovieLens sets in their own layouts, as a folder or zip.

    1M, 10M      ratings.dat   user::item::rating::time         movies.dat   item::title::genres
    20M to 32M   ratings.csv   userId,movieId,rating,timestamp  movies.csv   movieId,title,genres

Genres are separated by |. The sets up to 1M have whole stars and say who the users are (users.dat),
the later ones have half stars. Text is UTF-8, or Latin-1 in the older ones.

Source: Harper and Konstan (2015), "The MovieLens datasets: history and context". Research use with
acknowledgement; no redistribution without permission, so none of it is part of this project.
"""

import itertools
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np

from .files import decode, names_in, read_files
from .interactions import DataError, Interactions
from .rows import Item, Notes, Rows
from .table import split

WHOLE_STARS, HALF_STARS = (1.0, 5.0), (0.5, 5.0)
LAYOUTS = {"ratings.dat": "movies.dat", "ratings.csv": "movies.csv"}  # ratings -> items
NO_GENRE = "(no genres listed)"


def holds(path: Path) -> bool:
    """Whether a folder or zip has both files of one of the layouts."""
    return bool(_layout(path))


def load(path: Path, scale: tuple[float, float] | None = None) -> Interactions:
    """Reads a folder or zip archive.

    Args:
        path: the folder or archive.
        scale: lowest and highest possible rating; that of the layout by default.

    Raises:
        DataError: if it lacks the files or a valid row, or the archive is damaged.
    """
    file = _layout(path)
    if not file:
        raise DataError(f"{path} must contain ratings and movies as .dat or .csv, it does not")
    found = read_files(path, {file: True, LAYOUTS[file]: True, "users.dat": False})
    about, notes = _items(decode(found[LAYOUTS[file]], LAYOUTS[file]), LAYOUTS[file])
    rows = Rows(file, scale or (WHOLE_STARS if "users.dat" in found else HALF_STARS))
    if not _add_at_once(rows, found[file], file):  # there is a bad row: look at each
        rows.add_all(_fields(decode(found[file], file), file))
    return rows.finish_file(path, has_times=True, about=about, notes=notes.dropped())


def _layout(path: Path) -> str:
    names = names_in(path)
    return next((r for r, items in LAYOUTS.items() if r in names and items in names), "")


def _items(text: str, file: str) -> tuple[dict[str, Item], Notes]:
    about: dict[str, Item] = {}
    notes = Notes(file)
    for number, fields in _fields(text, file):
        if len(fields) != 3:
            notes.add(f"3 fields were expected, not {len(fields)}", number)
            continue
        item, title, genres = (field.strip() for field in fields)
        listed = () if genres in ("", NO_GENRE) else tuple(genres.split("|"))
        about[item] = Item(title, listed)
    return about, notes


def _fields(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Row numbers and fields, without the header."""
    if file.endswith(".dat"):
        return split(text, "::")
    return itertools.islice(split(text, ","), 1, None)


def _add_at_once(rows: Rows, content: bytes, file: str) -> bool:
    """Millions of rows in seconds, if each of them is four good numbers; else False and no row."""
    num_headers = 0 if file.endswith(".dat") else 1
    num_lines = content.count(b"\n") + (not content.endswith(b"\n"))
    try:
        with warnings.catch_warnings():  # of an empty file
            warnings.simplefilter("error")
            table = np.loadtxt(
                BytesIO(content.replace(b"::", b",")),
                dtype=[("user", "i8"), ("item", "i8"), ("rating", "f8"), ("time", "f8")],
                delimiter=",",
                comments=None,
                skiprows=num_headers,
                ndmin=1,
            )
    except (ValueError, UserWarning):
        return False
    if len(table) + num_headers != num_lines:  # blank lines: rows would have other numbers
        return False
    columns = (table[name] for name in ("user", "item", "rating", "time"))
    return rows.add_at_once(*columns, first_row=1 + num_headers)
