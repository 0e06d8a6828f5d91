"""Learning from a replay with a memory: a row is a sequence of steps of one environment.

    | burn-in: brings the memory up to date | steps to learn from: gradients go back through time |

A row begins with the memory that the player had then. Weights have moved since, so that the first
steps are only unrolled with those of today, by Q and its target alike, each for itself. Rows of an
environment overlap by the burn-in: every step is learnt from in one row, but for the first
`burn_in` of a training. An episode may begin anywhere inside a row, where the memory is empty
again. Once unrolled, steps are rows like those of learners without a memory, and nothing else
changes for a learner.

Source: Kapturowski et al. (2019), "Recurrent experience replay in distributed reinforcement
learning" (R2D2).
"""

from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .memory import Memory, through_time
from .replay import split_agents


class Sequences:
    """Cuts what B environments deliver into rows, and rows into what networks see of them."""

    def __init__(self, row_type: Any, row_agents: int, num_steps: int, burn_in: int):
        fields = row_type._fields
        self.row_type: Any = namedtuple("Sequence", (*fields, "start", "memory"))
        self.step_type: Any = namedtuple("Step", (*fields, "target_observation"))
        self._row_agents = row_agents  # n
        self._num_steps = num_steps
        self._burn_in = burn_in
        self._steps: list[Any] = []  # of `row_type`, [R, n, ...] each

    def add(self, step: Any, start: np.ndarray, memory: Tensor) -> Any:
        """Takes in a step of B environments.

        Args:
            step: [B, N, ...], of the type of a row without memory.
            start: [B] bool.
            memory: [B, N, H] float32, when the step was met.

        Returns:
            None, or the rows that are complete: [R, L, n, ...] with L = burn-in and more, and the
            memory [R, n, H] before the first step.
        """
        start = np.broadcast_to(start[:, None], step.alive.shape)
        rows = self.row_type(*step, start, memory.numpy(force=True))
        rows = split_agents(rows, self._row_agents)
        self._steps.append(rows._make(x.copy() for x in rows))
        if len(self._steps) < self._burn_in + self._num_steps:
            return None
        rows = self._stacked()
        del self._steps[: self._num_steps]
        is_kept = rows.alive[:, self._burn_in :].any((1, 2))
        return rows._make(x[is_kept] for x in rows._replace(memory=rows.memory[:, 0]))

    def unrolled(self, rows: Any, own: Memory, other: Memory) -> tuple[Any, Iterator[Tensor]]:
        """Sampled rows as single steps [R', n, ...] in which somebody is alive.

        Args:
            rows: of `row_type`, tensors.
            own: the memory that learns.
            other: the memory of the target network.

        Returns:
            What Q sees, of `step_type`; and, once the gradient of the loss by `observation` is
            known, the loss that carries it back through time.
        """
        burnt = self._burn_in
        steps = {k: x.transpose(0, 1) for k, x in rows._asdict().items() if k != "memory"}
        seen, mask, start = steps["observation"], steps["action_mask"], steps.pop("start")
        first = rows.memory
        with torch.no_grad():
            others = other.unroll(seen, mask, start, first)[burnt:]
            if burnt:
                first = own.unroll(seen[:burnt], mask[:burnt], start[:burnt], first)[-1]
        memories = own.unroll(seen[burnt:], mask[burnt:], start[burnt:], first)
        alive = steps["alive"][burnt:].flatten(0, 1).any(1)
        chosen = alive.nonzero().squeeze(1)

        def flat(x: Tensor) -> Tensor:
            return x.flatten(0, 1).index_select(0, chosen)

        single = {name: flat(x[burnt:]) for name, x in steps.items()}
        following, mask = single["next_observation"], single["next_action_mask"]
        memory = flat(memories)
        with torch.no_grad():
            own_next = own.step(following, mask, memory)
            other_next = other.step(following, mask, flat(others))
        leaf = _joined(single["observation"], memory.detach()).requires_grad_()
        single["observation"] = leaf
        single["next_observation"] = _joined(following, own_next)
        single["target_observation"] = _joined(following, other_next)
        return self.step_type(**single), through_time(memory, leaf)

    def _stacked(self) -> Any:
        """Time becomes the second axis."""
        return self.row_type._make(np.stack(x, 1) for x in zip(*self._steps, strict=True))

    def state_dict(self) -> dict[str, Any]:
        """The steps that are not yet part of a row, or will be part of another."""
        return self._stacked()._asdict() if self._steps else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._steps = []
        if state:
            fields = [np.moveaxis(np.asarray(state[name]), 1, 0) for name in self.row_type._fields]
            self._steps = [self.row_type._make(x) for x in zip(*fields, strict=True)]


def _joined(observation: Tensor, memory: Tensor) -> Tensor:
    return torch.cat([observation, memory], -1)
