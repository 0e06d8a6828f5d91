"""Adam, with the gradient of every set of weights clipped on its own.

Clipping all sets by one common norm would let one agent's large gradient slow down the others.

Source: Kingma and Ba (2015), "Adam: a method for stochastic optimization".
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from .sharing import SetModule, WeightSets
from .tensors import copied


class SetAdam:
    """One optimiser for all networks of a learner."""

    def __init__(self, networks: Sequence[SetModule], gradient_norm: float, epsilon: float = 1e-5):
        self._gradient_norm = gradient_norm
        self._parts = [(network.sets, list(network.parameters())) for network in networks]
        every = [p for _, parameters in self._parts for p in parameters]
        self._adam = torch.optim.Adam(every, eps=epsilon, fused=True)

    def step(self, losses: Iterable[Tensor], learning_rate: float) -> Tensor:
        """One step down the sum of `losses`, each differentiated as soon as it comes.

        Returns:
            The mean norm of the gradients before clipping, a scalar.
        """
        self._adam.zero_grad()
        for loss in losses:
            loss.backward()
        norm = torch.stack([self._clip(*part) for part in self._parts])
        self._adam.param_groups[0]["lr"] = learning_rate
        self._adam.step()
        return norm.mean()

    def _clip(self, sets: WeightSets, parameters: list[Parameter]) -> Tensor:
        if sets.is_single:
            return torch.nn.utils.clip_grad_norm_(parameters, self._gradient_norm)
        gradients = [p.grad for p in parameters if p.grad is not None]
        squares = [g.flatten(1).square().sum(1) for g in gradients]  # [G], or [N] of an agent id
        per_set = [x if len(x) == sets.num_sets else sets.sum(x[None]) for x in squares]
        norm = torch.stack(per_set).sum(0).sqrt()  # [G]
        scale = (self._gradient_norm / (norm + 1e-6)).clamp(max=1)
        for gradient in gradients:
            by_row = scale if len(gradient) == sets.num_sets else sets.share(scale)
            gradient.mul_(by_row.view(-1, *(1,) * (gradient.dim() - 1)))
        return norm.mean()

    def state_dict(self) -> dict[str, Any]:
        """Moments of each parameter, in the order of the networks."""
        state = self._adam.state_dict()["state"]
        return {str(index): copied(moments) for index, moments in state.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        full = self._adam.state_dict()
        full["state"] = {
            int(index): {name: torch.as_tensor(x) for name, x in moments.items()}
            for index, moments in state.items()
        }
        self._adam.load_state_dict(full)
