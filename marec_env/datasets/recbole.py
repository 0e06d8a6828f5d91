"""Atomic files of the RecBole project: NAME.inter and NAME.item, tab separated, `name:type` header.

Columns are found by their usual names; other columns are ignored.
"""

import re
from pathlib import Path

from .files import decode, read_files, rows_of
from .interactions import DataError, Interactions
from .rows import Item, Notes, Rows


def load(path: Path, scale: tuple[float, float] | None = None) -> Interactions:
    """Reads a folder with one NAME.inter and possibly NAME.item, or the .inter file itself.

    Args:
        path: the folder or file.
        scale: lowest and highest possible rating; detected by default (cleaning.py).

    Raises:
        DataError: if there is no .inter, or several; if it lacks user, item or rating columns or a
            valid row.
    """
    inter = path if path.is_file() else _only_inter(path)
    name = inter.stem
    found = read_files(inter.parent, {inter.name: True, f"{name}.item": False})
    items = f"{name}.item"
    about, notes = _items(decode(found.get(items, b""), items), items)
    lines = rows_of(decode(found[inter.name], inter.name))
    columns = _columns(next(lines, (1, ""))[1], inter.name)
    rows = Rows(inter.name, scale)
    wanted = [columns.get(c) for c in ("user_id", "item_id", "rating", "timestamp")]
    for part, index in zip(("user_id", "item_id", "rating"), wanted, strict=False):
        if index is None:
            raise DataError(f"{inter.name} must have a column {part}:..., it has {list(columns)}")
    for number, line in lines:
        fields = line.split("\t")
        if len(fields) != len(columns):
            rows.notes.add(f"{len(columns)} fields were expected, not {len(fields)}", number)
        else:
            rows.add(number, *(fields[i].strip() for i in wanted if i is not None))
    return rows.finish(
        name=name,
        source=str(inter),
        licence="as the source says",
        has_times="timestamp" in columns,
        about=about,
        notes=notes.dropped(),
    )


def _only_inter(folder: Path) -> Path:
    found = sorted(folder.glob("*.inter"))
    if len(found) != 1:
        raise DataError(f"{folder} must contain one .inter file, it contains {len(found)}")
    return found[0]


def _columns(header: str, file: str) -> dict[str, int]:
    parts = header.split("\t")
    if not all(re.fullmatch(r"[^:]+:(token|token_seq|float|float_seq)", p.strip()) for p in parts):
        raise DataError(
            f"{file} must begin with a header of name:type columns, got {header[:60]!r}"
        )
    return {part.strip().split(":")[0]: index for index, part in enumerate(parts)}


def _items(text: str, file: str) -> tuple[dict[str, Item], Notes]:
    about: dict[str, Item] = {}
    notes = Notes(file)
    lines = rows_of(text)
    header = next(lines, None)
    columns = {} if header is None else _columns(header[1], file)
    for number, line in lines:
        fields = line.split("\t")
        if len(fields) != len(columns) or "item_id" not in columns:
            notes.add(f"{len(columns)} fields with an item_id were expected", number)
            continue
        said = {name: fields[index].strip() for name, index in columns.items()}
        title = next((said[n] for n in ("movie_title", "title", "name") if said.get(n)), "")
        year = said.get("release_year", "")
        if title and year and f"({year})" not in title:
            title = f"{title} ({year})"
        genres = next(
            (said[n] for n in ("class", "genre", "genres", "categories") if n in said), ""
        )
        about[said["item_id"]] = Item(title, tuple(genres.split()))
    return about, notes
