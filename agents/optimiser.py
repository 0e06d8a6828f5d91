"""Adam, with the gradient of every set of weights clipped on its own.

Clipping all sets by one common norm would let one agent's large gradient slow down the others.

Source: Kingma and Ba (2015), "Adam: a method for stochastic optimization".
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from .layers import AgentId
from .sharing import SetModule, WeightSets
from .tensors import copied


class SetAdam:
    """One optimiser for all networks of a learner.

    The weights of a network lie in one vector, and so do their gradients: small networks cost
    calls, not arithmetic.
    """

    def __init__(self, networks: Sequence[SetModule], gradient_norm: float, epsilon: float = 1e-5):
        self._gradient_norm = gradient_norm
        self._parts = [(network.sets, *_in_one_vector(network)) for network in networks]
        vectors = [vector for _, vector, *_ in self._parts]
        self._adam = torch.optim.Adam(vectors, eps=epsilon, fused=True)

    def step(self, losses: Iterable[Tensor], learning_rate: float) -> Tensor:
        """One step down the sum of `losses`, each differentiated as soon as it comes.

        Returns:
            The mean norm of the gradients before clipping, a scalar.
        """
        self._adam.zero_grad(set_to_none=False)
        for loss in losses:
            loss.backward()
        norm = torch.stack([self._clip(*part) for part in self._parts])
        self._adam.param_groups[0]["lr"] = learning_rate
        self._adam.step()
        return norm.mean()

    def _clip(
        self,
        sets: WeightSets,
        vector: Parameter,
        gradients: list[Tensor],  # its parts, [G, ...] or, of an agent id, [N, ...]
        is_of_agents: list[bool],  # which of these
    ) -> Tensor:
        assert vector.grad is not None
        if sets.is_single:
            return torch.nn.utils.clip_grad_norm_(vector, self._gradient_norm)
        squares = [g.flatten(1).square().sum(1) for g in gradients]  # [G] or [N]
        parts = list(zip(squares, is_of_agents, strict=True))
        norm = torch.stack([sets.sum(x[None]) if by_agent else x for x, by_agent in parts])
        norm = norm.sum(0).sqrt()  # [G]
        scale = (self._gradient_norm / (norm + 1e-6)).clamp(max=1)
        for gradient, by_agent in zip(gradients, is_of_agents, strict=True):
            by_row = sets.share(scale) if by_agent else scale
            gradient.mul_(by_row.view(-1, *(1,) * (gradient.dim() - 1)))
        return norm.mean()

    def state_dict(self) -> dict[str, Any]:
        """Moments of each network, in their order."""
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


def _in_one_vector(network: SetModule) -> tuple[Parameter, list[Tensor], list[bool]]:
    """Moves all weights of a network into one vector.

    Returns:
        The vector, the parts of its gradient, and which of them belong to agents, not to sets.
    """
    parameters = list(network.parameters())
    vector = Parameter(torch.cat([p.detach().flatten() for p in parameters]))
    vector.grad = torch.zeros_like(vector)
    sizes = [p.numel() for p in parameters]
    weights, gradients = vector.detach().split(sizes), vector.grad.split(sizes)
    for parameter, weight, gradient in zip(parameters, weights, gradients, strict=True):
        parameter.data, parameter.grad = weight.view_as(parameter), gradient.view_as(parameter)
    ids = [module.vector for module in network.modules() if isinstance(module, AgentId)]
    is_of_agents = [any(p is vector for vector in ids) for p in parameters]
    return vector, [p.grad for p in parameters if p.grad is not None], is_of_agents
