"""Freshness: what the age of an item leaves of its value.

    half_life   f(a)  =  2^(-a / half_life)                                            (1)
    linear      f(a)  =  max(0, 1 - a / life)                                          (2)
    none        f(a)  =  1                                                             (3)

a counts the steps since the item came, 0 at its first. Whatever the form, an item expires once
a >= life, and is no longer offered: (3) is a hard life. Infinite constants switch both off.
"""

from typing import Literal, NamedTuple

import numpy as np

from ..arrays import Array

Fading = Literal["half_life", "linear", "none"]


class Ageing(NamedTuple):
    """What becomes of items, by their age a = 0, 1, ... A - 1."""

    freshness: Array  # f [A] float64 in [0, 1]
    is_offered: Array  # [A] int32: 0 once it has expired, else 1


def ageing(num_ages: int, fading: Fading, half_life: float, life: float) -> Ageing:
    """Equations (1) to (3).

    Args:
        num_ages: A.
        fading: which of the three.
        half_life: steps after which (1) has halved, > 0; inf: never.
        life: steps after which an item expires, > 0; inf: never.

    Returns:
        Both tables; f is exactly 1 where a = 0 or nothing fades.
    """
    a = np.arange(num_ages)
    if fading == "half_life":
        freshness = np.exp2(-a / half_life)
    else:
        freshness = np.maximum(0.0, 1.0 - a / life) if fading == "linear" else np.ones(num_ages)
    return Ageing(freshness, (a < life).astype(np.int32))
