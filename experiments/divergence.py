"""A training whose numbers are no longer numbers is stopped, and told which tensor it was.

What a learner reports of an update is looked at each time, its tensors before they are kept and
whenever it fails in play: no checkpoint holds what is not finite.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

MUST_BE_FINITE = ("loss", "norm")  # how the names of such numbers end


class Diverged(Exception):
    """A learner's numbers are not finite; the message is one sentence."""


def check_reported(learned: Mapping[str, float], learner: Any, step: int) -> None:
    """Raises Diverged if what the learner says of its update shows that it went wrong.

    A loss or a norm must be finite; another number may be undefined as long as the tensors are not.
    """
    broken = {name: value for name, value in learned.items() if not math.isfinite(value)}
    if not broken:
        return
    names = _holding(learner)
    if names or any(name.endswith(MUST_BE_FINITE) for name in broken):
        reported = ", ".join(f"learner/{name} = {value}" for name, value in broken.items())
        raise Diverged(
            f"{type(learner).__name__} must learn from finite numbers, "
            f"got {reported}{names} at step {step}"
        )


def check_tensors(learner: Any, step: int) -> None:
    """Raises Diverged if a tensor of the learner holds NaN or infinity."""
    if names := _holding(learner):
        raise Diverged(f"{type(learner).__name__} must hold finite numbers{names} at step {step}")


@contextmanager
def blamed(learner: Any) -> Iterator[None]:
    """Errors of a learner whose tensors are not finite are due to that: raises Diverged instead."""
    try:
        yield
    except Diverged:
        raise
    except Exception as error:
        if hasattr(learner, "learn") and (names := _holding(learner)):
            reason = " ".join(str(error).split())
            name = type(learner).__name__
            raise Diverged(f"{name} must hold finite numbers{names}: {reason}") from error
        raise


def _holding(learner: Any) -> str:
    """`, got NaN or infinity in q.own.weight ...`: the tensors that hold it, if any do."""
    names = [name for name, x in _tensors(learner.state_dict(), "") if not np.isfinite(x).all()]
    return (
        f", got NaN or infinity in {', '.join(names[:3])}{' ...' * (len(names) > 3)}"
        if names
        else ""
    )


def _tensors(state: Any, name: str) -> Iterator[tuple[str, np.ndarray]]:
    """Every array of floats in a nested state, with its dotted name."""
    if isinstance(state, Mapping):
        for key, part in state.items():
            yield from _tensors(part, f"{name}.{key}" if name else str(key))
    else:
        x = state.detach().cpu().numpy() if hasattr(state, "detach") else state
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            yield name, x
