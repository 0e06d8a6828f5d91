"""What agents remember of an episode: a gated recurrent unit for all seats at once.

    r = sigmoid(x_r + U_r m + c_r),   z = sigmoid(x_z + U_z m + c_z)       reset and update gates
    n = tanh(x_n + r (U_n m + c_n)),  m <- (1 - z) n + z m,                m = 0 at first       (1)

with x_r, x_z and x_n affine in one hidden layer on the observation, of the same body as the network
that reads the memory: m joins the agent's own columns (wider.py), and the rest of the network takes
it for something seen. Weights are shared as the network's are.

Source: Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder for
statistical machine translation"; the place of r, inside n, is that of torch.nn.GRUCell.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from .layers import SetLinear
from .sharing import SetModule, WeightSets
from .tensors import copied


class Encoder(Protocol):
    """What makes one vector of what an agent sees."""

    sets: WeightSets
    hidden_size: int

    def features(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """[R, N, S] and [R, N, A] -> [Q, M, hidden_size]."""
        ...


class Memory(SetModule):
    """Equation (1); H numbers per agent."""

    def __init__(self, encoder: Encoder, size: int, rng: torch.Generator):
        super().__init__()
        self.sets = sets = encoder.sets
        self.size = size  # H
        self.encoder = encoder
        self.seen = SetLinear(sets, encoder.hidden_size, 3 * size, 1.0, rng)
        self.kept = SetLinear(sets, size, 3 * size, 1.0, rng)

    def step(
        self,
        observation: Tensor,  # [R, N, S]
        action_mask: Tensor,  # [R, N, A]
        memory: Tensor,  # [R, N, H]
        start: Tensor | None = None,  # [R, N] or [R, 1] bool: an episode begins
    ) -> Tensor:
        """The memory [R, N, H] after one more observation."""
        return self._cell(self._told(observation, action_mask), memory, start)

    def unroll(
        self,
        observation: Tensor,  # [T, R, N, S]
        action_mask: Tensor,  # [T, R, N, A]
        start: Tensor,  # [T, R, N] bool
        first: Tensor,  # [R, N, H], before the first of these steps
    ) -> Tensor:
        """The memory [T, R, N, H] after each of T observations."""
        told = self._told(observation.flatten(0, 1), action_mask.flatten(0, 1))
        memory, memories = first, []
        for x, begins in zip(told.view(*observation.shape[:-1], -1), start, strict=True):
            memory = self._cell(x, memory, begins)
            memories.append(memory)
        return torch.stack(memories)

    def _told(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """The gates' inputs x [R, N, 3 H], which need no memory: one product for all steps."""
        seen = self.seen(self.encoder.features(observation, action_mask))
        return self.sets.join(seen, len(observation))

    def _cell(self, told: Tensor, memory: Tensor, start: Tensor | None) -> Tensor:
        if start is not None:
            memory = memory.masked_fill(start.unsqueeze(-1), 0)
        kept = self.sets.join(self.kept(self.sets.split(memory)), len(memory))
        size = self.size
        gates = (told[..., : 2 * size] + kept[..., : 2 * size]).sigmoid()
        reset, update = gates.split(size, -1)
        new = (told[..., 2 * size :] + reset * kept[..., 2 * size :]).tanh()
        return torch.lerp(new, memory, update)


def through_time(memory: Tensor, leaf: Tensor) -> Iterator[Tensor]:
    """What carries the gradient of a loss, once it is known, from what was seen into the past.

    Args:
        memory: [R, n, H], with its own past.
        leaf: [R, n, S + H], what the loss was made of, with `memory` as its last columns. Pieces of
            a batch are thus differentiated one by one, and the past once.

    Yields:
        A loss with that gradient.
    """
    assert leaf.grad is not None
    yield (memory * leaf.grad[..., -memory.shape[-1] :]).sum()


class LiveMemory:
    """What the agents of B environments remember while they play; nothing without a `Memory`."""

    def __init__(self, memory: Memory | None):
        self._memory = memory
        self.before = torch.zeros(0)  # [B, N, H] when the last step was met
        self.now = torch.zeros(0)  # [B, N, H] after it

    @torch.no_grad()
    def join(self, observation: Tensor, action_mask: Tensor, start: np.ndarray) -> Tensor:
        """Takes in a step [B, N, S]; [B, N, S + H]: what is seen and what is then remembered."""
        if self._memory is None:
            return observation
        before, shape = self.now, (*observation.shape[:2], self._memory.size)
        if before.shape != shape:  # the first step
            before = observation.new_zeros(shape)
        begins = torch.from_numpy(start).to(observation.device)[:, None]
        now = self._memory.step(observation, action_mask, before, begins)
        self.before, self.now = before, now
        return torch.cat([observation, now], -1)

    def again(self, observation: Tensor) -> Tensor:
        """What `join` said of the last step, which is given once more."""
        return observation if self._memory is None else torch.cat([observation, self.now], -1)

    @torch.no_grad()
    def foresee(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """What `join` would say of the next step of the same episode, which is not taken in."""
        if self._memory is None:
            return observation
        return torch.cat([observation, self._memory.step(observation, action_mask, self.now)], -1)

    def state_dict(self) -> dict[str, Any]:
        """What the next step will be met with."""
        return copied({"now": self.now})

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        device = None if self._memory is None else self._memory.kept.weight.device
        self.now = torch.as_tensor(state["now"]).to(device)
