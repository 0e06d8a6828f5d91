"""Rows on their way to Interactions: a bad row is counted, it does not cost the good ones."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from .cleaning import detect_scale, latest_of_duplicates
from .interactions import NUM_ROWS_NAMED, DataError, Dropped, Interactions


@dataclass
class Notes:
    """Counts what was dropped from a file, by reason."""

    file: str
    _found: dict[str, tuple[int, list[int]]] = field(default_factory=dict)

    def add(self, reason: str, row: int) -> None:
        """One more row, numbered from 1."""
        count, rows = self._found.get(reason, (0, []))
        self._found[reason] = (count + 1, rows + [row] * (len(rows) < NUM_ROWS_NAMED))

    def dropped(self) -> tuple[Dropped, ...]:
        """One entry a reason, in the order in which the reasons came up."""
        return tuple(Dropped(self.file, r, n, tuple(rows)) for r, (n, rows) in self._found.items())


@dataclass
class Item:
    """What a source says about an item."""

    title: str = ""
    genres: tuple[str, ...] = ()
    price: float | None = None


class _Columns(NamedTuple):
    """The rows that were kept, R of them."""

    user_ids: tuple[str, ...]
    users: Array  # [R] int64, numbers of ids
    item_ids: tuple[str, ...]
    items: Array  # [R] int64
    ratings: Array  # [R] float64
    times: Array  # [R] float64
    rows: Array  # [R] int64


class Rows:
    """Collects ratings row by row, or all of them at once where they are millions."""

    def __init__(self, file: str, scale: tuple[float, float] | None = None):
        self.notes = Notes(file)
        self._scale = scale  # declared; None: detected
        self._kept: list[tuple[str, str, float, float, int]] = []
        self._at_once: _Columns | None = None

    def add(self, row: int, user: str, item: str, rating: str, time: str | None = None) -> bool:
        """Keeps a row, or notes why not; True if it was kept."""
        value, when = number(rating), 0.0 if time is None else number(time)
        low, high = self._scale or (-math.inf, math.inf)
        if not user or not item:
            self.notes.add("a user or an item is missing", row)
        elif value is None:
            self.notes.add("the rating is no finite number", row)
        elif not low <= value <= high:
            self.notes.add(f"the rating is outside {low:g}..{high:g}", row)
        elif when is None:
            self.notes.add("the time is no finite number", row)
        else:
            self._kept.append((user, item, value, when, row))
            return True
        return False

    def add_at_once(
        self, users: Array, items: Array, ratings: Array, times: Array, first_row: int
    ) -> bool:
        """Keeps all of many consecutive rows if none is bad, else none: they must be added singly.

        Args:
            users: [R] integers, ids.
            items: [R] integers, ids.
            ratings: [R] numbers.
            times: [R] numbers.
            first_row: the number of the first row in the file.
        """
        low, high = self._scale or (-np.finfo(float).max, np.finfo(float).max)
        is_fine = (ratings >= low) & (ratings <= high) & np.isfinite(times)  # not so for NaN
        if not is_fine.all() or not (len(users) and users.min() >= 0 and items.min() >= 0):
            return False
        names = (np.unique(ids, return_inverse=True) for ids in (users, items))
        (user_ids, users), (item_ids, items) = names
        self._at_once = _Columns(
            tuple(map(str, user_ids.tolist())),
            users.astype(np.int64),
            tuple(map(str, item_ids.tolist())),
            items.astype(np.int64),
            ratings.astype(np.float64),
            times.astype(np.float64),
            np.arange(first_row, first_row + len(users)),
        )
        return True

    def finish_file(
        self,
        path: Path,
        *,
        has_times: bool,
        about: Mapping[str, Item],
        notes: tuple[Dropped, ...] = (),
    ) -> Interactions:
        """`finish` of a file, folder or archive of the user's own, of which nothing is known."""
        return self.finish(
            name=path.stem,
            source=str(path),
            licence="as the source says",
            has_times=has_times,
            about=about,
            notes=notes,
        )

    def add_all(self, lines: Iterable[tuple[int, list[str]]]) -> None:
        """Adds user, item, rating and time of each numbered line, or notes that it has others."""
        for row, fields in lines:
            if len(fields) != 4:
                self.notes.add(f"4 fields were expected, not {len(fields)}", row)
            else:
                self.add(row, *(field.strip() for field in fields))

    def finish(
        self,
        *,
        name: str,
        source: str,
        licence: str,
        has_times: bool,
        about: Mapping[str, Item],
        notes: tuple[Dropped, ...] = (),
    ) -> Interactions:
        """The interactions, with the latest of several ratings of one pair.

        Args:
            name: of the data set.
            source: where it comes from.
            licence: what may be done with it.
            has_times: whether `add` was given times.
            about: item id -> what is known about it; may be empty or know more items.
            notes: what was dropped from other files.

        Raises:
            DataError: if no row is valid, or all ratings are equal and no scale is declared.
        """
        reasons = self.notes.dropped()
        columns = self._at_once or _columns(self._kept)
        if not len(columns.rows):
            why = f"; {reasons[0]}" if reasons else ", it is empty"
            raise DataError(f"{self.notes.file} must have at least one valid row{why}")
        found = [about.get(item, Item()) for item in columns.item_ids]
        return latest_of_duplicates(
            Interactions(
                users=columns.users,
                items=columns.items,
                ratings=columns.ratings,
                timestamps=columns.times if has_times else None,
                rows=columns.rows,
                scale=self._scale or detect_scale(columns.ratings, self.notes.file),
                user_ids=columns.user_ids,
                item_ids=columns.item_ids,
                titles=_titles(columns.item_ids, found),
                genres=tuple(i.genres for i in found) if any(i.genres for i in found) else (),
                prices=_prices(found),
                name=name,
                file=self.notes.file,
                source=source,
                licence=licence,
                dropped=reasons + notes,
            )
        )


def number(text: str) -> float | None:
    """The finite number that `text` writes, if it does."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _columns(kept: list[tuple[str, str, float, float, int]]) -> _Columns:
    users, items, ratings, times, rows = zip(*kept, strict=True) if kept else ((),) * 5
    return _Columns(
        *_numbered(users),
        *_numbered(items),
        np.array(ratings, np.float64),
        np.array(times, np.float64),
        np.array(rows, np.int64),
    )


def _numbered(names: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray]:
    """Distinct names and the number of each; numerals in numeric order, others as they came."""
    distinct = list(dict.fromkeys(names))
    if all(name.isascii() and name.isdigit() for name in distinct):
        distinct.sort(key=_size_of)
    index = {name: i for i, name in enumerate(distinct)}
    return tuple(distinct), np.array([index[name] for name in names], np.int64)


def _size_of(numeral: str) -> tuple[int, str]:
    """Orders numerals as numbers, also those that are too long for Python to make one of them."""
    digits = numeral.lstrip("0")
    return len(digits), digits


def _titles(item_ids: tuple[str, ...], found: list[Item]) -> tuple[str, ...]:
    if not any(item.title for item in found):
        return ()
    return tuple(i.title or f"item {name}" for i, name in zip(found, item_ids, strict=True))


def _prices(found: list[Item]) -> np.ndarray | None:
    """An item without a price costs the median one."""
    known = [item.price for item in found if item.price is not None]
    if not known:
        return None
    median = float(np.median(known))
    return np.array([median if item.price is None else item.price for item in found])
