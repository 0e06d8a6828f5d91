"""What a learner from whole lives remembers: every agent's steps until its life has ended.

A life begins when an agent appears and ends when it leaves or is cut. What belongs to a life that
goes on when the others are learnt from is carried over; nothing is learnt twice, nothing is taken
for an end that is none.
"""

from typing import Any

import numpy as np

from .rollout import Steps


class Lives:
    """Steps in order, as many as the lives of today need."""

    def __init__(self, num_steps: int, max_life: int):
        if num_steps < 1:
            raise ValueError(f"lives must be gathered for at least 1 step, got {num_steps}")
        if max_life < 1:
            raise ValueError(f"max_life must be at least 1 step, got {max_life}")
        self.num_steps = num_steps  # of whole lives in every environment and seat, on average
        self.max_life = max_life  # steps; all steps since the oldest life began are kept
        self._steps: list[Steps] = []
        self._open = np.zeros(0, np.int64)  # [B, N] steps of the lives that go on
        self._num_whole = 0  # steps of the lives that have ended

    def add(self, step: Steps) -> None:
        """Copies one step in; raises ValueError if a life is longer than `max_life`."""
        self._steps.append(Steps._make(x.copy() for x in step))
        if self._open.shape != step.alive.shape:
            self._open = np.zeros(step.alive.shape, np.int64)
        self._open += step.alive
        if self._open.max() > self.max_life:
            raise ValueError(
                f"whole lives are learnt from, and must end within max_life = {self.max_life} "
                f"steps, got one of {self._open.max()} that goes on"
            )
        ends = self._ends(step)
        self._num_whole += int(self._open[ends].sum())
        self._open[ends] = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to learn."""
        if len(self._steps) < self.num_steps or not self._ends(self._steps[-1]).any():
            return False
        return self._num_whole >= self.num_steps * self._steps[-1].alive.size

    def take(self) -> Steps:
        """All steps [T, B, ...]; only those of whole lives say that the agent was alive."""
        whole = self._whole()
        steps = Steps._make(map(np.stack, zip(*self._steps, strict=True)))
        rest = [
            step._replace(alive=step.alive & ~of_whole)
            for step, of_whole in zip(self._steps, whole, strict=True)
        ]
        needed = [t for t, step in enumerate(rest) if step.alive.any()]
        self._steps = rest[needed[0] :] if needed else []
        self._num_whole = 0
        return steps._replace(alive=whole)

    def _whole(self) -> np.ndarray:
        """[T, B, N] bool: lived, and the life has ended since."""
        ends = np.stack([self._ends(step) for step in self._steps])
        alive = np.stack([step.alive for step in self._steps])
        return alive & np.logical_or.accumulate(ends[::-1])[::-1]

    @staticmethod
    def _ends(step: Steps) -> np.ndarray:
        return step.alive & ~step.is_linked

    def state_dict(self) -> dict[str, Any]:
        """The steps so far."""
        if not self._steps:
            return {"size": 0}
        steps = Steps._make(map(np.stack, zip(*self._steps, strict=True)))
        return {"size": len(self._steps), "steps": steps._asdict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.__init__(self.num_steps, self.max_life)
        for t in range(state["size"]):
            self.add(Steps(**{name: np.asarray(x[t]) for name, x in state["steps"].items()}))
