"""Any table of user, item, rating[, timestamp][, title, genres, price], as CSV, TSV or the like.

With a header the columns may stand in any order, under their usual names; without one in the order
above, that is 3, 4, 6 or 7 of them. The delimiter is the one that splits the first rows evenly.
Several genres are separated by | or ; inside their field.
"""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .files import decode, rows_of
from .interactions import DataError, Interactions
from .rows import Item, Rows, number

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
NEEDED = {"user", "item", "rating"}
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
    delimiter, width = _format(text, path.name)
    table = split(text, delimiter)
    columns, is_header = _columns(next(table)[1], width, path.name)
    rows, about = Rows(path.name, scale), {}
    for row, fields in table if is_header else split(text, delimiter):
        if len(fields) != width:
            rows.notes.add(f"{width} fields were expected, not {len(fields)}", row)
            continue
        said = {name: fields[index].strip() for name, index in columns.items()}
        if rows.add(row, said["user"], said["item"], said["rating"], said.get("timestamp")):
            learn(about.setdefault(said["item"], Item()), said)
    return rows.finish_file(path, has_times="timestamp" in columns, about=about)


def named(header: list[str]) -> dict[str, int]:
    """Column -> its position, of those that have a usual name."""
    plain = [re.sub(r"[^a-z]", "", name.split(":")[0].lower()) for name in header]
    return {
        column: next(index for index, name in enumerate(plain) if name in names)
        for column, names in NAMES.items()
        if any(name in names for name in plain)
    }


def learn(item: Item, said: dict[str, str]) -> None:
    """The first row that says something about an item is believed."""
    item.title = item.title or said.get("title", "")
    genres = (genre.strip() for genre in re.split(r"[|;]", said.get("genres", "")))
    item.genres = item.genres or tuple(genre for genre in genres if genre)
    if item.price is None:
        item.price = _price(said.get("price", ""))


def _price(text: str) -> float | None:
    value = number(text)
    return value if value is not None and value >= 0 else None


def _format(text: str, file: str) -> tuple[str, int]:
    """The delimiter that splits most of the first rows into one number of fields, that number."""

    def fit(delimiter: str) -> tuple[int, int]:
        first = itertools.islice(split(text, delimiter), _NUM_FIRST)
        widths = Counter(len(fields) for _, fields in first if len(fields) >= 3)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    chosen = max(DELIMITERS, key=fit)
    count, width = fit(chosen)
    if not count:
        raise DataError(
            f"{file} must have at least 3 columns separated by a tab or one of , ; | ::, its first "
            f"row is {next(rows_of(text))[1][:60]!r}"
        )
    return chosen, width


def split(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Row numbers and fields; line by line, so that a stray quote cannot swallow what follows."""
    for row, line in rows_of(text):
        if len(delimiter) > 1:
            yield row, line.split(delimiter)
            continue
        try:
            yield row, next(csv.reader([line], delimiter=delimiter))
        except csv.Error:  # such as a field of more than 131,072 characters
            yield row, []


def _columns(first: list[str], width: int, file: str) -> tuple[dict[str, int], bool]:
    """Column -> position, and whether the first row is a header that names them."""
    found = named(first)
    if found.keys() >= NEEDED and len(first) == width:
        return found, True
    order = _ORDERS.get(width)
    has_rating = len(first) == width and bool(order) and number(first[2]) is not None
    if order is None or (found and not has_rating):  # a user called "user1" is no header
        raise DataError(
            f"{file} must have columns user, item and rating, or no header and 3, 4, 6 or 7 "
            f"columns; its first row is {','.join(first)[:60]!r}"
        )
    return {column: index for index, column in enumerate(order)}, False
