"""Running mean and variance of value targets, per set of weights, without the bias of the start.

    m <- decay m + (1 - decay) mean(x),   q <- decay q + (1 - decay) mean(x^2),
    w <- decay w + (1 - decay);           mean = m / w,   variance = q / w - mean^2

A value network that predicts (x - mean) / std learns at the same pace whatever the unit of the
reward. Rewards themselves are never shifted: subtracting their mean would change the game.

Source: Yu et al. (2022), "The surprising effectiveness of PPO in cooperative multi-agent games".
"""

import torch
from torch import Tensor, nn

from .sharing import WeightSets


class RunningNorm(nn.Module):
    """Mean and standard deviation of what each set of weights has to predict."""

    first: Tensor
    second: Tensor
    weight: Tensor

    def __init__(self, num_sets: int, decay: float = 0.99):
        super().__init__()
        self.decay = decay
        self.register_buffer("first", torch.zeros(num_sets))  # [G] m
        self.register_buffer("second", torch.zeros(num_sets))  # [G] q
        self.register_buffer("weight", torch.zeros(num_sets))  # [G] w

    @torch.no_grad()
    def update(self, sets: WeightSets, x: Tensor, alive: Tensor) -> None:
        """Takes in x [R, N] where alive [R, N]; a set without anybody alive stays as it is."""
        weight = sets.mean_weight(alive)
        seen = (sets.sum(weight) > 0).float() * (1 - self.decay)  # [G]
        self.first += seen * (sets.sum(weight * x) - self.first)
        self.second += seen * (sets.sum(weight * x.square()) - self.second)
        self.weight += seen * (1 - self.weight)

    @property
    def mean(self) -> Tensor:
        """[G]; 0 before the first update."""
        return self.first / self.weight.clamp(min=1e-8)

    @property
    def std(self) -> Tensor:
        """[G], at least 1e-2; 1 before the first update."""
        variance = self.second / self.weight.clamp(min=1e-8) - self.mean.square()
        return torch.where(self.weight > 0, variance.clamp(min=1e-4).sqrt(), 1.0)
