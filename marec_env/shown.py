"""What a game shows of its states, declared once: name, meaning, and where it is read.

    of_candidate   [B, N, K] float64   a candidate's own
    of_slot        [B, M] float64      of a candidate's slot
    count          [B, M] integers     log(1 + count) of its slot; int32, int16 where `available` is
    of_agent       [B, N] float64      an agent's own, which no other sees
    of_time        [T + 1] float64     of the step, the same for all; read from 0, 1, ... T
    level          [B, M] in [0, 1]    what is left of each slot, for people to see, not for agents

The columns of an observation stand in this order, those of one kind in the order in which they are
declared. What is read is a function of the state, or a field of it: "campaign.bid", or the field of
the column's own name where nothing is said.
"""

import dataclasses
import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from .arrays import Array

Kind = Literal["of_candidate", "of_slot", "count", "of_agent", "of_time", "level"]
Read = Callable[[Any], Array]  # of a state, or of the steps of an episode
RESERVED = ("similarity", "favourite", "shown", "embedding", "user", "time_left")  # in every game


class Shown(NamedTuple):
    """One thing that is shown."""

    kind: Kind
    name: str
    meaning: str
    read: Read


@dataclass(frozen=True)
class Groups:
    """All that a game shows, by kind."""

    of_candidate: tuple[Shown, ...]
    of_slot: tuple[Shown, ...]
    count: tuple[Shown, ...]
    of_agent: tuple[Shown, ...]
    of_time: tuple[Shown, ...]
    level: tuple[Shown, ...]

    @property
    def of_pick(self) -> tuple[Shown, ...]:
        """What candidates show, in order."""
        return self.of_candidate + self.of_slot + self.count


def by_kind(shown: Iterable[Shown]) -> Groups:
    """In the order of kinds, those of one kind as they come.

    Raises:
        ValueError: if two columns have one name, or one that stands for what every game shows.
        TypeError: if a meaning is no text.
    """
    shown = tuple(shown)
    names = list(RESERVED)
    for kind, name, meaning, _ in shown:
        if not isinstance(meaning, str):
            raise TypeError(f"{kind} {name!r} must have a meaning in words, got {meaning!r}")
        if kind != "level" and name in names:
            raise ValueError(f"columns must have names of their own, got {name!r} twice")
        names += [name] * (kind != "level")
    kinds = (field.name for field in dataclasses.fields(Groups))
    return Groups(*(tuple(s for s in shown if s.kind == kind) for kind in kinds))


def read(shown: tuple[Shown, ...], state: Any) -> tuple[Array, ...]:
    """What they read of a state, or of the steps."""
    return tuple([one.read(state) for one in shown])


def _shown(kind: Kind, name: str, meaning: str = "", read: Read | str = "") -> Shown:
    is_field = isinstance(read, str)
    return Shown(kind, name, meaning, operator.attrgetter(read or name) if is_field else read)


of_candidate = functools.partial(_shown, "of_candidate")
of_slot = functools.partial(_shown, "of_slot")
count = functools.partial(_shown, "count")
of_agent = functools.partial(_shown, "of_agent")
of_time = functools.partial(_shown, "of_time")
level = functools.partial(_shown, "level")
