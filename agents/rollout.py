"""What an on-policy learner remembers between two updates: T steps of B environments, in order."""

from typing import Any, NamedTuple

import numpy as np


class Steps(NamedTuple):
    """One step of B environments, or T of them with a leading axis."""

    observation: np.ndarray  # [B, N, S] float32
    action_mask: np.ndarray  # [B, N, A] bool
    alive: np.ndarray  # [B, N] bool
    action: np.ndarray  # [B, N] int64
    log_prob: np.ndarray  # [B, N] float32, when the action was drawn
    reward: np.ndarray  # [B, N] float32
    continues: np.ndarray  # [B, N] bool; the target counts the next value
    is_linked: np.ndarray  # [B, N] bool; the next step belongs to the same life
    cut_value: np.ndarray  # [B, N] float32; the value after a cut that bootstraps, else 0
    start: np.ndarray  # [B] bool; an episode begins here
    memory: np.ndarray  # [B, N, H] float32; of each agent, when the step was met; H = 0: none
    told: np.ndarray  # [B, N or 1, C] float32; what only a critic sees, C = 0 if it sees no more


class Rollout:
    """Preallocated arrays of `num_steps` steps; B and N are known at the first `add`."""

    def __init__(self, num_steps: int):
        if num_steps < 1:
            raise ValueError(f"a rollout must hold at least 1 step, got {num_steps}")
        self.num_steps = num_steps  # T
        self.size = 0
        self._steps: Steps | None = None

    @property
    def is_full(self) -> bool:
        """Whether it is time to learn."""
        return self.size == self.num_steps

    def add(self, step: Steps) -> None:
        """Copies one step in."""
        if self._steps is None:
            self._steps = Steps._make(np.empty((self.num_steps, *x.shape), x.dtype) for x in step)
        for stored, new in zip(self._steps, step, strict=True):
            stored[self.size] = new
        self.size += 1

    def take(self) -> Steps:
        """All T steps [T, B, ...]; they are valid until the next `add`, which starts anew."""
        if self._steps is None or not self.is_full:
            raise ValueError(f"a rollout must hold {self.num_steps} steps, got {self.size}")
        self.size = 0
        return self._steps

    def state_dict(self) -> dict[str, Any]:
        """The steps so far."""
        if self._steps is None:
            return {"size": 0}
        so_far = {name: x[: self.size].copy() for name, x in self._steps._asdict().items()}
        return {"size": self.size, "steps": so_far}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.size, self._steps = 0, None
        for t in range(state["size"]):
            self.add(Steps(**{name: np.asarray(x[t]) for name, x in state["steps"].items()}))
