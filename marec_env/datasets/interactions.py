"""Interactions: who rated what, how high and when; the form every data file is brought into.

Rows stay in the order of the file, which is what breaks ties in time (splits.py). Ids are dense
numbers 0 ... U-1 and 0 ... I-1; every user and every item has at least one rating.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array

NUM_ROWS_NAMED = 5  # how many rows a report names


class DataError(ValueError):
    """The data cannot be used; the message is one sentence with expectation and fact."""


@dataclass(frozen=True)
class Dropped:
    """Rows of a file that were left out, all for one reason."""

    file: str
    reason: str
    count: int
    rows: tuple[int, ...]  # numbers of the first ones, as a text editor counts

    def __str__(self) -> str:
        named = ", ".join(map(str, self.rows)) + (", ..." if self.count > len(self.rows) else "")
        where = f" (row {named})" if self.count == 1 else f" (rows {named})"
        return f"{self.file}: {self.count:,} dropped, {self.reason}{where if self.rows else ''}"


def dropped(file: str, reason: str, rows: Sequence[int] | Array) -> tuple[Dropped, ...]:
    """One entry for these row numbers, none if there are none."""
    if not len(rows):
        return ()
    return (Dropped(file, reason, len(rows), tuple(int(r) for r in rows[:NUM_ROWS_NAMED])),)


@dataclass(frozen=True, kw_only=True, eq=False)
class Interactions:
    """R ratings of U users for I items, with what the source says about the items."""

    users: Array  # [R] int64
    items: Array  # [R] int64
    ratings: Array  # [R] float64, as given
    timestamps: Array | None  # [R] float64, larger is later
    rows: Array  # [R] int64: row numbers in `file`
    scale: tuple[float, float]  # lowest and highest possible rating
    user_ids: tuple[str, ...]  # U names in the source
    item_ids: tuple[str, ...]  # I
    titles: tuple[str, ...] = ()  # I, or none
    genres: tuple[tuple[str, ...], ...] = ()  # I, each possibly empty, or none
    prices: Array | None = None  # [I] float64
    name: str
    file: str  # of the ratings
    source: str
    licence: str
    dropped: tuple[Dropped, ...] = ()

    @property
    def num_users(self) -> int:
        """U."""
        return len(self.user_ids)

    @property
    def num_items(self) -> int:
        """I."""
        return len(self.item_ids)

    def __len__(self) -> int:
        return len(self.ratings)

    def take(self, rows: Array) -> "Interactions":
        """These ratings only, of the same users and items, some of whom may now have none."""
        times = None if self.timestamps is None else self.timestamps[rows]
        return replace(
            self,
            users=self.users[rows],
            items=self.items[rows],
            ratings=self.ratings[rows],
            timestamps=times,
            rows=self.rows[rows],
        )

    def keep(self, mask: Array, reason: str) -> "Interactions":
        """The ratings in `mask` [R]; the others, then bare users and items, are reported dropped.

        Raises:
            DataError: if none is left.
        """
        if not mask.any():
            raise DataError(f"{self.file} must keep some ratings, all are dropped: {reason}")
        kept = self.take(np.flatnonzero(mask))
        user_of, users = np.unique(kept.users, return_inverse=True)
        item_of, items = np.unique(kept.items, return_inverse=True)
        return replace(
            kept,
            users=users.astype(np.int64),
            items=items.astype(np.int64),
            user_ids=tuple(self.user_ids[u] for u in user_of),
            item_ids=tuple(self.item_ids[i] for i in item_of),
            titles=tuple(self.titles[i] for i in item_of) if self.titles else (),
            genres=tuple(self.genres[i] for i in item_of) if self.genres else (),
            prices=None if self.prices is None else self.prices[item_of],
            dropped=self.dropped + dropped(self.file, reason, self.rows[~mask]),
        )

    def report(self) -> str:
        """What is there and what was dropped, for people to read."""
        low, high = self.scale
        lines = [
            f"{self.name}: {len(self):,} ratings from {low:g} to {high:g} of {self.num_users:,} "
            f"users for {self.num_items:,} items"
        ]
        return "\n".join(lines + [f"  {part}" for part in self.dropped or ("nothing dropped",)])
