"""Records: what is known at one moment, ready to be written by whoever knows how."""

import math
from typing import Any, NamedTuple

import numpy as np

from marec_env.arrays import Array


class Record(NamedTuple):
    """Numbers of one moment."""

    step: int  # environment steps so far, summed over the B copies
    values: dict[str, float]  # tag -> value, tags as "group/name"
    counts: dict[str, Array]  # tag -> how often each of the numbers 0, 1, 2 ... occurred


class Averager:
    """One record for each `every` steps: values averaged where they occur, counts added up."""

    def __init__(self, every: int):
        self._every = every
        self._window: list[Record] = []
        self._due = every

    def add(self, record: Record) -> Record | None:
        """The window as one record, if this one completes it."""
        self._window.append(record)
        return self.flush() if record.step >= self._due else None

    def flush(self) -> Record | None:
        """What there is of the window, or None where there is nothing to say."""
        window, self._window = self._window, []
        if window:
            self._due = (window[-1].step // self._every + 1) * self._every
        return _merged(window)

    def state_dict(self) -> dict[str, Any]:
        """The window."""
        window = {str(i): record._asdict() for i, record in enumerate(self._window)}
        return {"due": self._due, "window": window}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._due = state["due"]
        self._window = [Record(**record) for record in state["window"].values()]


def known_mean(values: Array) -> float:
    """Mean of those that are defined; NaN if none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan


def _merged(window: list[Record]) -> Record | None:
    values: dict[str, list[float]] = {}
    counts: dict[str, Array] = {}
    for record in window:
        for tag, value in record.values.items():
            if not np.isnan(value):
                values.setdefault(tag, []).append(value)
        for tag, count in record.counts.items():
            counts[tag] = counts.get(tag, 0) + count
    if not values and not counts:
        return None
    means = {tag: float(np.mean(found)) for tag, found in values.items()}
    return Record(window[-1].step, means, counts)
