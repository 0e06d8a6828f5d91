"""Layers for all seats at once: G sets of weights in one batched product."""

import math

import torch
from torch import Tensor, nn

from .sharing import WeightSets

RELU_GAIN = math.sqrt(2)  # keeps the variance of a layer's output through relu


class SetLinear(nn.Module):
    """G affine maps, orthogonal at first: [Q, M, in] -> [Q, M, out].

    Source: Saxe et al. (2014), "Exact solutions to the nonlinear dynamics of learning".
    """

    def __init__(
        self,
        sets: WeightSets,
        in_size: int,
        out_size: int,
        gain: float,
        rng: torch.Generator,
        has_bias: bool = True,
    ):
        super().__init__()
        self.sets = sets
        self.weight = nn.Parameter(torch.empty(sets.num_sets, in_size, out_size))
        self.bias = nn.Parameter(torch.zeros(sets.num_sets, 1, out_size)) if has_bias else None
        for weight in self.weight.data:
            nn.init.orthogonal_(weight, gain, generator=rng)

    def forward(self, x: Tensor, *, rectified: bool = False) -> Tensor:
        """Slice q of `x` meets the weights of its set only; then relu if `rectified`.

        relu works in place and therefore inside: on a view, autograd would copy all of it.
        """
        if self.sets.is_single:  # bmm of one slice takes a slower path
            x, weight = x.squeeze(0), self.weight.squeeze(0)
            product = (
                x @ weight if self.bias is None else torch.addmm(self.bias.squeeze(0), x, weight)
            )
            return (product.relu_() if rectified else product).unsqueeze(0)
        weight = self.sets.select(self.weight)
        if self.bias is None:
            product = torch.bmm(x, weight)
        else:
            product = torch.baddbmm(self.sets.select(self.bias), x, weight)
        return product.relu_() if rectified else product


class AgentId(nn.Module):
    """Adds a vector of its own to each agent's rows: what a one-hot id does to a first layer.

    The vectors start at zero, so that the agents of a set begin alike.
    """

    def __init__(self, sets: WeightSets, size: int):
        super().__init__()
        self.sets = sets
        self.vector = nn.Parameter(torch.zeros(sets.num_agents, size))  # [N, H]

    def forward(self, x: Tensor) -> Tensor:
        """[Q, M, H] -> [Q, M, H]."""
        if self.sets.is_single:
            return (x.view(-1, *self.vector.shape) + self.vector).view_as(x)
        return x + self.vector[:, None]
