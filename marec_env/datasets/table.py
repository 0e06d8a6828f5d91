"""Any table of user, item, rating[, timestamp][, title, genres, price], as CSV, TSV or the like.

With a header the columns may stand in any order, under their usual names; without one in the order
above, that is 3, 4, 6 or 7 of them. The delimiter is the one that splits the first rows evenly.
Several genres are separated by | or ; inside their field.
"""

import csv
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path

from .files import decode
from .interactions import DataError, Interactions
from .rows import Item, Rows

DELIMITERS = ("\t", ",", ";", "|", "::")
NAMES = {
    "user": ("user", "userid", "uid", "reviewerid", "customer", "customerid"),
    "item": ("item", "itemid", "iid", "movieid", "productid", "product", "asin", "articleid"),
    "rating": ("rating", "score", "stars", "overall", "value"),
    "timestamp": ("timestamp", "time", "unixreviewtime"),
    "title": ("title", "name", "movietitle", "itemtitle"),
    "genres": ("genres", "genre", "category", "categories", "topic"),
    "price": ("price",),
}  # column -> names in use, written without spaces, marks and capitals
_ORDERS = {
    3: ("user", "item", "rating"),
    4: ("user", "item", "rating", "timestamp"),
    6: ("user", "item", "rating", "title", "genres", "price"),
    7: ("user", "item", "rating", "timestamp", "title", "genres", "price"),
}  # without a header
_NUM_FIRST = 20  # rows looked at to find the delimiter


def load(path: Path, scale: tuple[float, float] | None = None) -> Interactions:
    """Reads a table.

    Args:
        path: the file.
        scale: lowest and highest possible rating; detected by default (cleaning.py).

    Raises:
        DataError: if it is empty, has no such columns, or no valid row.
    """
    text = decode(path.read_bytes(), path.name)
    if not text.strip():
        raise DataError(f"{path.name} must have at least one valid row, it is empty")
    delimiter = _delimiter(text, path.name)
    split = _split(text, delimiter)
    first = next(split)[1]
    columns = _columns(first, path.name)
    has_header = "rating" in columns and _price(first[columns["rating"]]) is None
    rows, about = Rows(path.name, scale), {}
    for number, fields in split if has_header else _split(text, delimiter):
        if len(fields) != len(first):
            rows.notes.add(f"{len(first)} fields were expected, not {len(fields)}", number)
            continue
        said = {name: fields[index].strip() for name, index in columns.items()}
        if rows.add(number, said["user"], said["item"], said["rating"], said.get("timestamp")):
            _learn(about.setdefault(said["item"], Item()), said)
    return rows.finish(
        name=path.stem,
        source=str(path),
        licence="as the source says",
        has_times="timestamp" in columns,
        about=about,
    )


def _learn(item: Item, said: dict[str, str]) -> None:
    """The first row that says something about an item is believed."""
    item.title = item.title or said.get("title", "")
    genres = (genre.strip() for genre in re.split(r"[|;]", said.get("genres", "")))
    item.genres = item.genres or tuple(genre for genre in genres if genre)
    if item.price is None:
        item.price = _price(said.get("price", ""))


def _price(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None


def _delimiter(text: str, file: str) -> str:
    """The one that splits most of the first rows into the same number of fields, at least 3."""

    def fit(delimiter: str) -> tuple[int, int]:
        widths = [len(fields) for (_, fields), _ in zip(_split(text, delimiter), range(_NUM_FIRST))]  # noqa: B905 - the text may be shorter
        best = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(best), best) if best >= 3 else (0, 0)

    chosen = max(DELIMITERS, key=fit)
    if fit(chosen) == (0, 0):
        raise DataError(
            f"{file} must have at least 3 columns separated by a tab or one of , ; | ::, its first "
            f"row is {text.lstrip().splitlines()[0][:60]!r}"
        )
    return chosen


def _split(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Row numbers and fields of the rows that are not blank."""
    if len(delimiter) > 1:
        lines = enumerate(text.splitlines(), start=1)
        yield from ((number, line.split(delimiter)) for number, line in lines if line.strip())
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            fields, is_broken = next(reader), False
        except StopIteration:
            return
        except csv.Error:  # such as a field that never ends; counted as a row without fields
            fields, is_broken = [], True
        if any(field.strip() for field in fields) or is_broken:
            yield reader.line_num, fields


def _columns(first: list[str], file: str) -> dict[str, int]:
    """Column -> position, from the header or, where there is none, from the number of columns."""
    plain = [re.sub(r"[^a-z]", "", name.split(":")[0].lower()) for name in first]
    found = {
        column: next(index for index, name in enumerate(plain) if name in names)
        for column, names in NAMES.items()
        if any(name in names for name in plain)
    }
    needed = ("user", "item", "rating")
    if all(column in found for column in needed):
        return found
    if found or len(first) not in _ORDERS:
        raise DataError(
            f"{file} must have columns user, item and rating, or no header and 3, 4, 6 or 7 "
            f"columns; its first row is {','.join(first)[:60]!r}"
        )
    return {column: index for index, column in enumerate(_ORDERS[len(first)])}
