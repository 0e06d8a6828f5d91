"""Ctrl-C that waits for a moment between two things, so that it never lands inside a writer.

An exception at any place can leave a lock of TensorBoard's writing thread held, and then closing
waits for ever. Whoever does something that must not be cut writes

    with Interrupts() as interrupts:
        for record in interrupts.between(records):
            writer.write(record)
"""

import signal
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

Thing = TypeVar("Thing")


class Interrupts:
    """While it is entered, Ctrl-C is noted only, unless the process ignores it or has its own."""

    def __init__(self):
        self._is_due = False

    def __enter__(self) -> "Interrupts":
        self._before = signal.getsignal(signal.SIGINT)
        if self._before is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: Any) -> None:
        if self._before is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._before)

    def between(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """The same things; raises KeyboardInterrupt after the first one after a Ctrl-C."""
        for thing in things:
            yield thing
            if self._is_due:
                raise KeyboardInterrupt

    def _note(self, *_: Any) -> None:
        self._is_due = True
