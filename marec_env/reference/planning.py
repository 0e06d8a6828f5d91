"""The best plan for the rest of an episode, its draws known: what foresight is worth."""

import functools
from typing import Any

from .. import nested
from ..stages import Stage, StockStage
from ..streams import Streams
from .listing import listed
from .optimum import clairvoyant
from .simulation import improved
from .solution import Solution


def best_plan(scenario: Any, state: Any, streams: Streams, b: int) -> Solution:
    """The best joint choices [T', N] known for the T' steps that copy `b` has left.

    `streams` are those that made `state`. How it is found depends on the kind of stage.
    """
    return plan_of(scenario.stage(state, b), scenario, state, streams, b)


@functools.singledispatch
def plan_of(stage: Stage, scenario: Any, state: Any, streams: Streams, b: int) -> Solution:
    """The same for the kind of `stage`, the game of this step: where methods are registered."""
    del stage  # nothing is known of it but what it pays
    every = listed(scenario, nested.only(state, b), streams.only([b]))
    return every or improved(scenario, state, streams, b)


@plan_of.register
def _plan_of_stock(
    stage: StockStage, scenario: Any, state: Any, streams: Streams, b: int
) -> Solution:
    del stage
    return clairvoyant(scenario.stages(state, streams, b))
