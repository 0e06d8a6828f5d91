"""What a game shows of a state: axes, types and ranges, which compiled code takes on trust.

An environment checks the first state that it meets, since a wrong axis would be read past its end;
the conformance suite checks all that it comes by (testing/forms.py).
"""

from typing import Any

import numpy as np

from .arrays import Array
from .scenario import Scenario


def check_sight(scenario: Scenario, state: Any) -> None:
    """Every part of what is seen, before anything reads it.

    Raises:
        ValueError: says what was expected of the scenario and what it shows.
    """
    copies = len(state.step)
    each, pool = (copies, scenario.num_agents), (copies, scenario.pool_size)
    _check_available(scenario, state, pool)
    present, taste = scenario.present(state), scenario.taste(state)
    if present is not None:
        check_array("present's result", "[B, N]", present, each, np.bool_)
    if taste is not None:
        size = scenario.catalogue.embedding_size
        check_array("taste's result", "[B, N, D]", taste, (*each, size), np.float32)
    if scenario.sees == "neighbours":
        _check_neighbours(scenario, state, each)
    _check_declared(scenario, state, each, pool)


def _check_declared(
    scenario: Scenario, state: Any, each: tuple[int, int], pool: tuple[int, int]
) -> None:
    """What is declared reads arrays of the axes of its kind."""
    available, t = scenario.available(state), np.arange(scenario.horizon + 1)
    is_half = available is not None and available.dtype == np.int16
    forms: dict[str, tuple[str, tuple[int, ...], type]] = {
        "of_candidate": ("[B, N, K]", (*each, scenario.slate_size), np.float64),
        "of_slot": ("[B, M]", pool, np.float64),
        "count": ("[B, M]", pool, np.int16 if is_half else np.int32),
        "of_agent": ("[B, N]", each, np.float64),
        "of_time": ("[T + 1]", t.shape, np.float64),
        "level": ("[B, M]", pool, np.float64),
    }
    for kind, name, _, read in scenario.shows():
        found = read(t if kind == "of_time" else state)
        axes, shape, dtype = forms[kind]
        check_array(f"{kind} {name!r}", axes, found, shape, dtype)
        if kind == "count":
            _expect(found.min() >= 0, f"count {name!r} must be >= 0, got {found.min()}")
        if kind == "level":
            is_share = found.min() >= 0 and found.max() <= 1
            told = f"got {found.min():.6g} to {found.max():.6g}"
            _expect(is_share, f"level {name!r} must be in [0, 1], {told}")


def _check_available(scenario: Scenario, state: Any, pool: tuple[int, int]) -> None:
    available = scenario.available(state)
    if available is not None:
        is_number = np.issubdtype(available.dtype, np.integer)
        _expect(
            is_number and available.shape == pool,
            f"available's result must be of integers [B, M] = {pool}, "
            f"got {available.dtype} {available.shape}",
        )


def _check_neighbours(scenario: Scenario, state: Any, each: tuple[int, int]) -> None:
    found = scenario.neighbours(state)
    check_array("neighbours' result", "[B, N, J]", found, (*each, found.shape[-1]), np.int32)
    is_seat = (found >= -1) & (found < scenario.num_agents)
    _expect(is_seat.all(), f"neighbours must be in -1 ... N - 1, got {found[~is_seat][:1]}")
    is_own = found == np.arange(scenario.num_agents)[:, None]
    _expect(not is_own.any(), "neighbours must be others, but an agent has its own seat for one")


def check_array(what: str, axes: str, array: Any, shape: tuple[int, ...], dtype: type) -> None:
    """That `array` is one, of this shape and type, and of finite numbers; else a ValueError."""
    found: Array = np.asarray(array)
    expected = f"{what} must be {np.dtype(dtype)} {axes} = {shape}"
    got = f"got {found.dtype} {found.shape}"
    _expect(isinstance(array, np.ndarray), f"{expected}, got {type(array).__name__}")
    _expect(found.dtype == dtype and found.shape == shape, f"{expected}, {got}")
    _expect(np.isfinite(found).all(), f"{what} must be finite, got NaN or infinity")


def _expect(is_met: bool | np.bool_, otherwise: str) -> None:
    if not is_met:
        raise ValueError(otherwise)
