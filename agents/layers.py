"""Layers for all seats at once: G sets of weights in one batched product."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from .sharing import WeightSets

NARROW = 16  # columns below which a product is several times faster the other way round (mT)
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
        """Slice q of `x` meets the weights of its set only; then relu if `rectified`."""
        if self.sets.is_single:  # baddbmm of one slice takes a slower path
            weight = self.weight.squeeze(0)
            bias = None if self.bias is None else self.bias.squeeze(0)
            return _affine(torch.addmm, x.squeeze(0), weight, bias, rectified).unsqueeze(0)
        weight = self.sets.select(self.weight)
        bias = None if self.bias is None else self.sets.select(self.bias)
        return _affine(torch.baddbmm, x, weight, bias, rectified)


def _affine(
    multiply_add: Callable[..., Tensor],
    x: Tensor,  # [M, in], or [Q, M, in]
    weight: Tensor,  # [in, out], or [Q, in, out]
    bias: Tensor | None,
    rectified: bool,
) -> Tensor:
    """The product with `weight`, plus `bias`: of matrices, or of stacks of them.

    relu works in place and therefore inside: on a view, autograd would copy all of it.
    """
    is_narrow = bias is not None and 1 < weight.shape[-1] < NARROW
    if bias is None:
        product = x @ weight
    elif is_narrow:
        product = multiply_add(bias.mT, weight.mT.contiguous(), x.mT)
    else:
        product = multiply_add(bias, x, weight)
    if rectified:
        product = product.relu_()
    return product.mT if is_narrow else product


class AgentId(nn.Module):
    """Adds a vector of its own to each agent's rows of a layer: what a one-hot id does to it.

    The vectors start at zero, so that the agents of a set begin alike.
    """

    def __init__(self, sets: WeightSets, size: int):
        super().__init__()
        self.sets = sets
        self.vector = nn.Parameter(torch.zeros(sets.num_agents, size))  # [N, H]

    def forward(self, layer: SetLinear, x: Tensor, *, rectified: bool = False) -> Tensor:
        """`layer` of x [Q, M, in], plus the vectors, [Q, M, H]; then relu if `rectified`."""
        num_agents, size = self.vector.shape
        if self.sets.is_single:  # the product is no view, and autograd lets it be written to
            product = x.view(-1, num_agents, x.shape[-1]) @ layer.weight.squeeze(0)
            product.add_(self.vector if layer.bias is None else layer.bias[0] + self.vector)
        else:
            product = layer(x) + self.vector[:, None]
        if rectified:
            product.relu_()
        return product.view(len(x), -1, size)
