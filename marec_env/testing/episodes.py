"""Short episodes for the checks, played by the bare methods of a scenario."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from ..models.pick import legalise
from ..nested import flatten
from ..scenario import Outcome, Scenario
from ..sight_check import check_array
from ..streams import Streams

Choose = Callable[[Array, int], Array]  # of action masks [B, N, A] and t: actions [B, N] int64


class Step(NamedTuple):
    """One step of B copies."""

    t: int
    state: Any
    alive: Array  # [B, N] bool, before the step
    actions: Array  # [B, N] int64, legal
    streams: Streams  # what the step was given
    following: Any
    outcome: Outcome
    given: dict[str, Array]  # copies of the state and the actions, from before the step


def streams_of(num_copies: int, first_seed: int = 0, episode: int = 0) -> Streams:
    """The start of an episode for seeds that follow one another."""
    seeds = np.arange(first_seed, first_seed + num_copies, dtype=np.uint64)
    return Streams(seeds, np.full_like(seeds, episode), np.zeros_like(seeds))


def any_action(mask: Array, t: int, first_seed: int = 0) -> Array:
    """Uniform over legal actions; the row of copy b follows from first_seed + b and t alone."""
    rows = []
    for b, row in enumerate(mask):
        score = np.random.default_rng([first_seed + b, t]).random(row.shape)
        rows.append(np.where(row, score, -1).argmax(axis=-1))
    return np.stack(rows)


def skip(mask: Array, t: int) -> Array:
    """Nobody picks anything."""
    del t
    return np.full(mask.shape[:2], mask.shape[2] - 1)


def play(
    scenario: Scenario,
    choose: Choose = any_action,
    num_copies: int | None = None,
    first_seed: int = 0,
) -> Iterator[Step]:
    """An episode, up to its horizon or until everybody has left; whoever has left skips."""
    streams = streams_of(num_copies or distinct_num_copies(scenario), first_seed)
    state = scenario.reset(streams)
    alive = np.ones((len(streams.seed), scenario.num_agents), np.bool_)
    for t in range(scenario.horizon):
        mask = scenario.action_mask(state)
        actions, _ = legalise(choose(mask, t), mask, alive)
        streams = streams.at(np.full(len(alive), t + 1))
        given = {name: leaf.copy() for name, leaf in arguments(state, actions).items()}
        following, outcome = scenario.step(state, actions, streams)
        yield Step(t, state, alive, actions, streams, following, outcome, given)
        state, alive = following, alive & ~outcome.terminated
        if not alive.any():
            return


def arguments(state: Any, actions: Array) -> dict[str, Array]:
    """All arrays that a step is given, by name."""
    return dict(flatten(state, "state")) | {"actions": actions}


def distinct_num_copies(scenario: Scenario) -> int:
    """A number of copies that is no other axis of the game, so that a wrong axis shows."""
    taken = {scenario.num_agents, scenario.slate_size, scenario.num_actions, scenario.pool_size}
    return next(number for number in range(3, 9) if number not in taken)


def expect(is_met: bool | np.bool_, otherwise: str) -> None:
    """An assertion that `python -O` keeps."""
    if not is_met:
        raise AssertionError(otherwise)


def expect_array(what: str, axes: str, array: Any, shape: tuple[int, ...], dtype: type) -> None:
    """That `array` is one, of this shape and type, and of finite numbers."""
    with refusal_fails():
        check_array(what, axes, array, shape, dtype)


@contextmanager
def refusal_fails() -> Iterator[None]:
    """What an environment would refuse with a ValueError fails the assertion."""
    try:
        yield
    except ValueError as error:
        raise AssertionError(str(error)) from error


def first_difference(ours: dict[str, Array], theirs: dict[str, Array]) -> str | None:
    """Name of the first array that is not equal bit for bit, NaN being equal to NaN."""
    for name in [*ours, *theirs]:
        if name not in ours or name not in theirs:
            return name
        if not np.array_equal(ours[name], theirs[name], equal_nan=ours[name].dtype.kind == "f"):
            return name
    return None
