"""A table as Parquet: columns as in table.py, under their usual names, in any order.

Times may be timestamps or dates; genres may be lists. Rows are numbered from 1.
"""

from pathlib import Path
from typing import Any

from .interactions import DataError, Interactions
from .rows import Item, Rows
from .table import NEEDED, learn, named


def load(path: Path, scale: tuple[float, float] | None = None) -> Interactions:
    """Reads a file.

    Args:
        path: the file.
        scale: lowest and highest possible rating; detected by default (cleaning.py).

    Raises:
        DataError: if it is damaged, has no such columns or no valid row, or pyarrow is missing.
    """
    table = read(path)
    columns = named(table.column_names)
    if not columns.keys() >= NEEDED:
        raise DataError(
            f"{path.name} must have columns user, item and rating, it has "
            f"{', '.join(table.column_names) or 'none'}"
        )
    rows, about = Rows(path.name, scale), {}
    if not _add_at_once(rows, table, columns):
        found = {name: _texts(table.column(index)) for name, index in columns.items()}
        for number, said in enumerate(zip(*found.values(), strict=True), start=1):
            one = dict(zip(found, said, strict=True))
            if rows.add(number, one["user"], one["item"], one["rating"], one.get("timestamp")):
                learn(about.setdefault(one["item"], Item()), one)
    return rows.finish_file(path, has_times="timestamp" in columns, about=about)


def read(path: Path) -> Any:
    """The table in a file, of pyarrow.

    Raises:
        DataError: if the file is damaged or pyarrow is missing.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import read_table
    except ImportError as error:
        raise DataError(
            "pyarrow must be installed to read Parquet: pip install marec-env[parquet]"
        ) from error
    try:
        return read_table(path)
    except (ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path.name} must be a whole Parquet file, it is not: {reason}") from error


def _add_at_once(rows: Rows, table: Any, columns: dict[str, int]) -> bool:
    """Millions of rows in seconds where ids are integers and nothing is said about the items."""
    from pyarrow import types

    if set(columns) != NEEDED | {"timestamp"}:
        return False
    parts = [table.column(columns[name]) for name in ("user", "item", "rating", "timestamp")]
    is_number = (types.is_integer, types.is_integer, types.is_floating, types.is_integer)
    for part, fits in zip(parts, is_number, strict=True):
        if part.null_count or not (fits(part.type) or types.is_integer(part.type)):
            return False
    users, items, ratings, times = (part.to_numpy() for part in parts)
    return rows.add_at_once(users, items, ratings, times, first_row=1)


def _texts(column: Any) -> list[str]:
    """As a text file would have them; nothing is an empty field, a time is in seconds."""
    from pyarrow import int64, timestamp, types

    if types.is_temporal(column.type):
        column = column.cast(timestamp("s"), safe=False).cast(int64())
    values = column.to_pylist()
    if types.is_list(column.type):
        values = ["|".join(map(str, each)) if each else None for each in values]
    return ["" if value is None else str(value).strip() for value in values]
