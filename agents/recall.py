"""What minibatches of a rollout are made of: rows, or whole sequences where there is a memory.

A sequence is all T steps of an environment (and an agent, where a row is one). It begins with the
memory that the player had then; what follows is remembered anew, with today's weights, and
gradients go back to its first step. The critic reads the policy's memory and does not teach it: one
memory per agent is enough, and what is worth remembering is for the actions to say.

Sources: Werbos (1990), "Backpropagation through time"; Hausknecht and Stone (2015), "Deep recurrent
Q-learning for partially observable MDPs".
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from .batch import Batch
from .memory import Memory, through_time
from .rollout import Steps
from .tensors import to_tensor


class Single:
    """Rows that nothing connects."""

    unit_steps = 1

    def __init__(self, batch: Batch, alive: Tensor):
        self._batch, self._alive = batch, alive  # [R, n]
        self.units = np.flatnonzero(alive.numpy(force=True).any(1))

    def take(self, chosen: Tensor) -> tuple[Batch, Tensor, Tensor, Iterable[Tensor]]:
        """A batch, the chosen rows of it, who is alive in them, and no more losses."""
        return self._batch, chosen, self._alive.index_select(0, chosen), ()


class Recall:
    """A rollout of T steps in C sequences, which are rows [T * C, n] of a batch."""

    def __init__(self, memory: Memory, steps: Steps, batch: Batch, alive: Tensor):
        num_steps, num_agents, size = len(steps.alive), alive.shape[1], memory.size
        start = np.broadcast_to(steps.start[..., None], steps.alive.shape)
        start = to_tensor(start.reshape(-1, num_agents), alive.device)
        first = to_tensor(steps.memory[0].reshape(-1, num_agents, size), alive.device)
        self._memory, self._batch, self._first = memory, batch, first  # [C, n, H]
        told = batch.observation[..., :-size], batch.action_mask, start, alive
        told = [x.unflatten(0, (num_steps, -1)) for x in told]
        self._observation, self._action_mask, self._start, self._alive = told  # [T, C, n, ...]
        self.units = np.flatnonzero(self._alive.numpy(force=True).any((0, 2)))
        self.unit_steps = num_steps

    def take(self, chosen: Tensor) -> tuple[Batch, Tensor, Tensor, Iterable[Tensor]]:
        """Rows of the chosen sequences in which somebody is alive, who is, and the past.

        Once the gradient of the loss by the observation is known, the past carries it back.
        """
        observation, mask, start, alive = (
            x.index_select(1, chosen)
            for x in (self._observation, self._action_mask, self._start, self._alive)
        )
        memories = self._memory.unroll(
            observation, mask, start, self._first.index_select(0, chosen)
        )
        kept = alive.flatten(0, 1).any(1).nonzero().squeeze(1)
        memory = memories.flatten(0, 1).index_select(0, kept)
        seen = observation.flatten(0, 1).index_select(0, kept)
        leaf = torch.cat([seen, memory.detach()], -1).requires_grad_()
        times = torch.arange(len(alive), device=chosen.device)
        rows = (times[:, None] * len(self._first) + chosen).flatten().index_select(0, kept)
        batch = self._batch.at(rows)._replace(observation=leaf)
        alive = alive.flatten(0, 1).index_select(0, kept)
        every = torch.arange(len(kept), device=kept.device)
        return batch, every, alive, through_time(memory, leaf)
