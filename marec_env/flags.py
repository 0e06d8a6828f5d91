"""Whether all or any of a few flags are set, several times faster than by NumPy.

A NumPy boolean is a byte, 0 or 1, and a search among bytes costs no call of NumPy's machinery. That
decides how fast a single environment steps, where arrays hold a handful of flags.
"""

from .arrays import Array


def is_any(flags: Array) -> bool:
    """Whether some of `flags`, an array of bools, is True."""
    return 1 in flags.tobytes()


def are_all(flags: Array) -> bool:
    """Whether all of `flags`, an array of bools, are True."""
    return 0 not in flags.tobytes()
