"""A scenario's constants: of the declared types, within limits, and as a fingerprint.

A type may carry a limit, which is checked once, when a scenario is made:

    beta: NonNegative = 0.5  # congestion exponent, >= 0, dimensionless
"""

import dataclasses
import functools
import hashlib
import inspect
import math
import numbers
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

import numpy as np

from .arrays import Array
from .catalogue import Catalogue


class Limit(NamedTuple):
    """Which values a constant may have."""

    words: str  # ">= 0": as comments and errors say it
    allows: Callable[[float], bool]  # False for NaN


AtLeastOne = Annotated[int, Limit(">= 1", lambda x: x >= 1)]
Seed = Annotated[int, Limit(">= 0", lambda x: x >= 0)]
NonNegative = Annotated[float, Limit(">= 0", lambda x: 0 <= x < math.inf)]
Positive = Annotated[float, Limit("> 0", lambda x: 0 < x < math.inf)]
PositiveOrInf = Annotated[float, Limit("> 0", lambda x: x > 0)]
PoissonRate = Annotated[float, Limit("in [0, 700]", lambda x: 0 <= x <= 700)]  # exp(-x) > 0
Share = Annotated[float, Limit("in [0, 1]", lambda x: 0 <= x <= 1)]

_EXPECTED = {
    int: (numbers.Integral, "an integer"),
    float: (numbers.Real, "a number"),
    bool: (bool | np.bool_, "True or False"),
    Catalogue: (Catalogue, "a Catalogue, as Catalogue.load(folder) returns it"),
}


def is_whole(value: Any) -> bool:
    """An integer, and not a truth value, which Python takes for one."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool | np.bool_)


def check(scenario: Any) -> None:
    """Checks every field of a dataclass by its declared type and the limits that it carries.

    Raises:
        TypeError: if the value of one is of another type.
        ValueError: if one is outside its limits, or none of the words of a Literal.
    """
    declared = _declared(type(scenario))
    for field in dataclasses.fields(scenario):
        kind, limits = declared[field.name]
        value = getattr(scenario, field.name)
        _check_type(field.name, value, kind)
        for limit in limits:
            if not limit.allows(value):
                is_endless = value == math.inf and limit.words.startswith(">")
                words = "finite" if is_endless else limit.words
                raise ValueError(f"{field.name} must be {words}, got {value}")


@functools.cache
def _declared(scenario: type) -> dict[str, tuple[Any, tuple[Limit, ...]]]:
    """Name -> the bare type of a field, and its limits.

    A subclass that gives a constant another default may leave the limits to its base.
    """
    found: dict[str, tuple[Any, tuple[Limit, ...]]] = {}
    for owner in reversed(scenario.__mro__):
        for name, hint in _annotations(owner).items():
            kind, limits = _taken_apart(hint)
            found[name] = kind, limits or found.get(name, (None, ()))[1]
    return found


def _annotations(owner: type) -> dict[str, Any]:
    """Of a class itself; where a name is unknown at run time, only plain types are resolved."""
    try:
        return inspect.get_annotations(owner, eval_str=True)
    except NameError:
        plain = {kind.__name__: kind for kind in _EXPECTED}
        return {name: plain.get(hint, hint) for name, hint in owner.__annotations__.items()}


def _taken_apart(hint: Any) -> tuple[Any, tuple[Limit, ...]]:
    if get_origin(hint) is not Annotated:
        return hint, ()
    kind, *notes = get_args(hint)
    return kind, tuple(note for note in notes if isinstance(note, Limit))


def _check_type(name: str, value: Any, kind: Any) -> None:
    if get_origin(kind) is Literal and value not in get_args(kind):
        raise ValueError(
            f"{name} must be one of {', '.join(map(str, get_args(kind)))}, got {value!r}"
        )
    if kind not in _EXPECTED:
        return
    needed, expected = _EXPECTED[kind]
    is_truth_value = isinstance(value, bool | np.bool_)  # which Python takes for an integer
    if not isinstance(value, needed) or (is_truth_value and kind is not bool):
        raise TypeError(f"{name} must be {expected}, got {value!r}")


def digest(scenario: Any) -> Array:
    """sha256 over the name and every constant, [32] uint8; catalogues count by their content."""
    words = [scenario.name]
    for field in dataclasses.fields(scenario):
        value = getattr(scenario, field.name)
        if isinstance(value, Catalogue):
            value = value.digest
        elif isinstance(value, numbers.Integral):
            value = int(value)
        elif isinstance(value, numbers.Real):
            value = int(float(value)) if float(value).is_integer() else float(value)  # 1.0 is 1
        words.append(f"{field.name}={value!r}")
    return np.frombuffer(hashlib.sha256("\n".join(words).encode()).digest(), np.uint8)
