"""A scenario's constants: of the declared types, and what they come to as a fingerprint."""

import dataclasses
import hashlib
import numbers
from typing import Any

import numpy as np

from .arrays import Array
from .catalogue import Catalogue

_EXPECTED = {
    "int": (numbers.Integral, "an integer"),
    "float": (numbers.Real, "a number"),
    "bool": (bool | np.bool_, "True or False"),
    "Catalogue": (Catalogue, "a Catalogue, as Catalogue.load(folder) returns it"),
}


def is_whole(value: Any) -> bool:
    """An integer, and not a truth value, which Python takes for one."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool | np.bool_)


def check_types(scenario: Any) -> None:
    """Checks the fields of a dataclass that are declared as one of the above.

    Raises:
        TypeError: if the value of one is of another type.
    """
    for field in dataclasses.fields(scenario):
        name = getattr(field.type, "__name__", field.type)
        if name not in _EXPECTED:
            continue
        kind, expected = _EXPECTED[name]
        value = getattr(scenario, field.name)
        is_truth_value = isinstance(value, bool | np.bool_)  # which Python takes for an integer
        if not isinstance(value, kind) or (is_truth_value and name != "bool"):
            raise TypeError(f"{field.name} must be {expected}, got {value!r}")


def need_at_least(scenario: Any, lowest: float, *names: str) -> None:
    """Checks constants that have a least value; raises ValueError, for NaN too."""
    for name in names:
        if not lowest <= getattr(scenario, name) < np.inf:
            raise ValueError(f"{name} must be >= {lowest}, got {getattr(scenario, name)}")


def need_at_most(scenario: Any, highest: float, *names: str) -> None:
    """Checks constants that have a highest value; raises ValueError, for NaN too."""
    for name in names:
        if not getattr(scenario, name) <= highest:
            raise ValueError(f"{name} must be <= {highest}, got {getattr(scenario, name)}")


def need_above(scenario: Any, lowest: float, *names: str) -> None:
    """Checks constants that exceed a number, infinite ones included; raises ValueError."""
    for name in names:
        if not getattr(scenario, name) > lowest:
            raise ValueError(f"{name} must be > {lowest}, got {getattr(scenario, name)}")


def need_share(scenario: Any, *names: str) -> None:
    """Checks constants that are in [0, 1]; raises ValueError, for NaN too."""
    for name in names:
        if not 0 <= getattr(scenario, name) <= 1:
            raise ValueError(f"{name} must be in [0, 1], got {getattr(scenario, name)}")


def need_one_of(scenario: Any, choices: tuple[str, ...], *names: str) -> None:
    """Checks constants that are one of some words; raises ValueError."""
    for name in names:
        if getattr(scenario, name) not in choices:
            raise ValueError(
                f"{name} must be one of {', '.join(choices)}, got {getattr(scenario, name)!r}"
            )


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
