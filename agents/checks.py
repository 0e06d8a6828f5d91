"""Refuses constants that make no sense, by name."""

import math


def check_positive(**constants: float) -> None:
    """Raises ValueError unless every constant is > 0."""
    for name, value in constants.items():
        if not value > 0:
            raise ValueError(f"{name} must be > 0, got {value}")


def check_not_negative(**constants: float) -> None:
    """Raises ValueError unless every constant is >= 0."""
    for name, value in constants.items():
        if not value >= 0:
            raise ValueError(f"{name} must be >= 0, got {value}")


def check_finite(**constants: float) -> None:
    """Raises ValueError unless every constant is a finite number."""
    for name, value in constants.items():
        if not math.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value}")


def check_shares(**constants: float) -> None:
    """Raises ValueError unless every constant lies in [0, 1]."""
    for name, value in constants.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie in [0, 1], got {value}")
