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
    present, taste, private = (
        scenario.present(state),
        scenario.taste(state),
        scenario.private(state),
    )
    if present is not None:
        expect_array("present's result", "[B, N]", present, each, np.bool_)
    if taste is not None:
        size = scenario.catalogue.embedding_size
        expect_array("taste's result", "[B, N, D]", taste, (*each, size), np.float32)
    for quantity in scenario.quantities(state):
        shape = (*each, scenario.slate_size)
        expect_array("each of quantities", "[B, N, K]", quantity, shape, np.float64)
    for quantity in scenario.slot_quantities(state):
        expect_array("each of slot_quantities", "[B, M]", quantity, pool, np.float64)
    available = scenario.available(state)
    counter = np.int16 if available is not None and available.dtype == np.int16 else np.int32
    for count in scenario.counts(state):
        expect_array("each of counts", "[B, M]", count, pool, counter)
        expect(count.min() >= 0, f"each of counts must be >= 0, got {count.min()}")
    if scenario.sees == "neighbours":
        _check_neighbours(scenario, state, each)
    if private is not None:
        size = len(scenario.private_columns())
        expect_array("private's result", "[B, N, P]", private, (*each, size), np.float64)
    size = len(scenario.public_columns())
    expect_array("public's result", "[B, Q]", scenario.public(state), (copies, size), np.float64)
    _check_level(scenario, state, pool)


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


def _check_level(scenario: Scenario, state: Any, pool: tuple[int, int]) -> None:
    level = scenario.level(state)
    if level is not None:
        expect_array("level's result", "[B, M]", level, pool, np.float64)
        is_share = level.min() >= 0 and level.max() <= 1
        expect(is_share, f"level must be in [0, 1], got {level.min():.6g} to {level.max():.6g}")
        expect(scenario.level_name != "", "level_name must say what level is of, got ''")
