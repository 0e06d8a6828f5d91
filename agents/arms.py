"""Arms: what an action stands for, whoever acts.

Slot k is another item for every agent at every step. Where `view.items` is given an arm is the item
shown, else the action itself; the skip of a slate is an arm of its own.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from .contract import Sizes, View

ArmSharing = Literal["all", "none"]  # of what is learnt about an arm between the agents


def check_sharing(sharing: str) -> None:
    """Raises: ValueError: if it is none of the two."""
    if sharing not in ("all", "none"):
        raise ValueError(f"sharing must be 'all' or 'none', got {sharing!r}")


def arms(view: View[np.ndarray], sizes: Sizes, sharing: ArmSharing) -> np.ndarray:
    """What each action stands for, [B, N, A] int64 >= 1; 0 is left for all that are unknown."""
    if view.items is None or sizes.layout is None:
        found = np.broadcast_to(np.arange(sizes.num_actions), view.action_mask.shape)
    else:
        found = np.pad(view.items.astype(np.int64) + 1, ((0, 0), (0, 0), (0, 1)))
    if sharing == "none":
        found = found * sizes.num_agents + np.arange(sizes.num_agents)[:, None]
    return found + 1


def groups(arms: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Each arm that occurs in `arms` [R], with the rows where it does."""
    order = np.argsort(arms, kind="stable")
    ids, starts = np.unique(arms[order], return_index=True)
    yield from zip(ids.tolist(), np.split(order, starts[1:]), strict=True)
