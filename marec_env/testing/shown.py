"""What a game shows of a state: axes, types and ranges, which compiled code takes on trust."""

from typing import Any

import numpy as np

from ..scenario import Scenario
from .episodes import expect, expect_array


def check_shown(scenario: Scenario, state: Any) -> None:
    """Every part of what is seen, before anything reads it."""
    copies = len(state.step)
    each, pool = (copies, scenario.num_agents), (copies, scenario.pool_size)
    _check_available(scenario, state, pool)
    present, taste = scenario.present(state), scenario.taste(state)
    if present is not None:
        expect_array("present's result", "[B, N]", present, each, np.bool_)
    if taste is not None:
        size = scenario.catalogue.embedding_size
        expect_array("taste's result", "[B, N, D]", taste, (*each, size), np.float32)
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
        expect_array(f"{kind} {name!r}", axes, found, shape, dtype)
        if kind == "count":
            expect(found.min() >= 0, f"count {name!r} must be >= 0, got {found.min()}")
        if kind == "level":
            is_share = found.min() >= 0 and found.max() <= 1
            told = f"got {found.min():.6g} to {found.max():.6g}"
            expect(is_share, f"level {name!r} must be in [0, 1], {told}")


def _check_available(scenario: Scenario, state: Any, pool: tuple[int, int]) -> None:
    available = scenario.available(state)
    if available is not None:
        is_number = np.issubdtype(available.dtype, np.integer)
        expect(
            is_number and available.shape == pool,
            f"available's result must be of integers [B, M] = {pool}, "
            f"got {available.dtype} {available.shape}",
        )


def _check_neighbours(scenario: Scenario, state: Any, each: tuple[int, int]) -> None:
    found = scenario.neighbours(state)
    expect_array("neighbours' result", "[B, N, J]", found, (*each, found.shape[-1]), np.int32)
    is_seat = (found >= -1) & (found < scenario.num_agents)
    expect(is_seat.all(), f"neighbours must be in -1 ... N - 1, got {found[~is_seat][:1]}")
    is_own = found == np.arange(scenario.num_agents)[:, None]
    expect(not is_own.any(), "neighbours must be others, but an agent has its own seat for one")
