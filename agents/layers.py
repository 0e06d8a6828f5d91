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

    def forward(self, x: Tensor) -> Tensor:
        """Slice q of `x` meets the weights of its set only."""
        if self.bias is None:
            return torch.bmm(x, self.sets.select(self.weight))
        if self.sets.is_single:  # bmm of one slice takes a slower path
            return torch.addmm(self.bias[0], x[0], self.weight[0])[None]
        return torch.baddbmm(self.sets.select(self.bias), x, self.sets.select(self.weight))


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
