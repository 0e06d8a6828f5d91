"""Records: what is known at one moment, ready to be written by whoever knows how."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from marec_env.arrays import Array


class Record(NamedTuple):
    """What is known at one moment, ready to be written."""

    step: int  # environment steps so far, summed over the B copies
    values: dict[str, float]  # tag -> value, tags as "group/name"
    counts: dict[str, Array]  # tag -> how often each of the numbers 0, 1, 2 ... occurred


def averaged(records: Iterable[Record], every: int) -> Iterator[Record]:
    """One record for each `every` steps: values averaged where they occur, counts added up."""
    values: dict[str, list[float]] = {}
    counts: dict[str, Array] = {}
    due, record = every, None
    for record in records:
        for tag, value in record.values.items():
            if not np.isnan(value):
                values.setdefault(tag, []).append(value)
        for tag, count in record.counts.items():
            counts[tag] = counts.get(tag, 0) + count
        if record.step >= due:
            yield Record(record.step, {t: float(np.mean(v)) for t, v in values.items()}, counts)
            values, counts = {}, {}
            due = (record.step // every + 1) * every
    if record is not None and values:
        yield Record(record.step, {t: float(np.mean(v)) for t, v in values.items()}, counts)
