"""Records: what is known at one moment, ready to be written by whoever knows how."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from marec_env.arrays import Array


class Record(NamedTuple):
    """Numbers of one moment."""

    step: int  # environment steps so far, summed over the B copies
    values: dict[str, float]  # tag -> value, tags as "group/name"
    counts: dict[str, Array]  # tag -> how often each of the numbers 0, 1, 2 ... occurred


def averaged(records: Iterable[Record], every: int) -> Iterator[Record]:
    """One record for each `every` steps: values averaged where they occur, counts added up."""
    window: list[Record] = []
    due = every
    for record in records:
        window.append(record)
        if record.step >= due:
            yield from _merged(window)
            window, due = [], (record.step // every + 1) * every
    yield from _merged(window)


def _merged(window: list[Record]) -> Iterator[Record]:
    """The window as one record, or none where there is nothing to say."""
    values: dict[str, list[float]] = {}
    counts: dict[str, Array] = {}
    for record in window:
        for tag, value in record.values.items():
            if not np.isnan(value):
                values.setdefault(tag, []).append(value)
        for tag, count in record.counts.items():
            counts[tag] = counts.get(tag, 0) + count
    if values or counts:
        means = {tag: float(np.mean(found)) for tag, found in values.items()}
        yield Record(window[-1].step, means, counts)
