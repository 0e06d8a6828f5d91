"""A ring of past transitions, sampled uniformly: preallocated arrays, one row per transition.

A row holds n agents of one environment at one step: n = 1 where the learner treats all agents
alike (dead ones are then not stored at all), else all N. Where agents have a memory it holds
several steps (sequences.py). Capacity counts agents times steps times rows.
"""

from collections.abc import Iterator
from typing import Any, Generic, NamedTuple

import numpy as np

from .contract import Array


class Experience(NamedTuple, Generic[Array]):
    """R rows of n agents, or a step of B environments."""

    observation: Array  # [R, n, S] float32
    action_mask: Array  # [R, n, A] bool
    alive: Array  # [R, n] bool
    action: Array  # [R, n] int64
    reward: Array  # [R, n] float32
    continues: Array  # [R, n] bool; the target counts the value that follows
    next_observation: Array  # [R, n, S] float32
    next_action_mask: Array  # [R, n, A] bool


class Replay:
    """The last `capacity` agent-transitions, in rows of any named tuple that says who is alive."""

    def __init__(
        self, capacity: int, row_agents: int, row_type: Any = Experience, row_steps: int = 1
    ):
        row_size = row_agents * row_steps
        if capacity < row_size:
            raise ValueError(
                f"the replay must hold at least {row_size} agent-transitions, got {capacity}"
            )
        self.capacity = capacity // row_size  # rows
        self.size = 0  # rows
        self._row_agents = row_agents  # n
        self._row_type = row_type
        self._next = 0
        self._ring: Any = None  # shapes are known at the first `add`

    def add(self, step: Any) -> int:
        """Stores one step [B, N, ...], or rows [R, ..., n, ...], over the oldest rows.

        Returns:
            How many agents were alive.
        """
        rows = split_agents(step, self._row_agents)
        is_kept = rows.alive.reshape(len(rows.alive), -1).any(1)
        if not is_kept.all():
            rows = rows._make(x[is_kept] for x in rows)
        if self._ring is None:
            self._ring = rows._make(np.empty((self.capacity, *x.shape[1:]), x.dtype) for x in rows)
        count = len(rows.alive)
        places = (self._next + np.arange(count)) % self.capacity
        for stored, new in zip(self._ring, rows, strict=True):
            stored[places] = new
        self._next = int((self._next + count) % self.capacity)
        self.size = min(self.size + count, self.capacity)
        return int(step.alive.sum())

    def sample(self, num_rows: int, rng: np.random.Generator) -> Any:
        """Drawn with replacement."""
        if self._ring is None or self.size == 0:
            raise ValueError("a replay must hold something to be sampled, got an empty one")
        return self._take(rng.integers(self.size, size=num_rows))

    def epoch(self, num_rows: int, rng: np.random.Generator) -> Iterator[Any]:
        """Every row once, in a new order, `num_rows` at a time; the last time it may be fewer."""
        order = rng.permutation(self.size)
        for first in range(0, self.size, num_rows):
            yield self._take(order[first : first + num_rows])

    def _take(self, rows: np.ndarray) -> Any:
        return self._ring._make(stored.take(rows, axis=0) for stored in self._ring)

    def state_dict(self) -> dict[str, Any]:
        """The rows in use."""
        state: dict[str, Any] = {"size": self.size, "next": self._next}
        if self._ring is not None:
            used = {name: x[: self.size].copy() for name, x in self._ring._asdict().items()}
            state["ring"] = used
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.size, self._next, self._ring = state["size"], state["next"], None
        if "ring" in state:
            used = self._row_type(**{name: np.asarray(x) for name, x in state["ring"].items()})
            self._ring = used._make(np.empty((self.capacity, *x.shape[1:]), x.dtype) for x in used)
            for stored, x in zip(self._ring, used, strict=True):
                stored[: self.size] = x


def split_agents(step: Any, row_agents: int) -> Any:
    """A step [B, N, ...] as rows [R, n, ...]; as it is where it has rows of n agents already."""
    if step.alive.shape[-1] == row_agents:
        return step
    return step._make(x.reshape(-1, row_agents, *x.shape[2:]) for x in step)
