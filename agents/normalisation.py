"""Running mean and variance of value targets, per set of weights, without the bias of the start.

    w <- decay w + (1 - decay),   s = (1 - decay) / w,   d = mean(x) - m
    v <- (1 - s) (v + s d^2) + s variance(x),   m <- m + s d

m is what decay m + (1 - decay) mean(x) would be, divided by its weights w. v is kept about the
mean: mean(x^2) - m^2 is all rounding where targets are large and vary little.

A value network that predicts (x - mean) / std learns at the same pace whatever the unit of the
reward. Rewards themselves are never shifted: subtracting their mean would change the game.

Source: Yu et al. (2022), "The surprising effectiveness of PPO in cooperative multi-agent games".
"""

import torch
from torch import Tensor, nn

from .sharing import WeightSets


class RunningNorm(nn.Module):
    """Mean and standard deviation of what each set of weights has to predict."""

    mean: Tensor
    variance: Tensor
    weight: Tensor

    def __init__(self, num_sets: int, decay: float = 0.99):
        super().__init__()
        self.decay = decay
        self.register_buffer("mean", torch.zeros(num_sets))  # [G] m; 0 before the first update
        self.register_buffer("variance", torch.zeros(num_sets))  # [G] v
        self.register_buffer("weight", torch.zeros(num_sets))  # [G] w

    @torch.no_grad()
    def update(self, sets: WeightSets, x: Tensor, alive: Tensor) -> None:
        """Takes in x [R, N] where alive [R, N]; a set without anybody alive stays as it is."""
        weight = sets.mean_weight(alive)
        seen = (sets.sum(weight) > 0).float() * (1 - self.decay)  # [G]
        mean = sets.sum(weight * x)
        variance = sets.sum(weight * (x - sets.share(mean)).square())
        self.weight = self.weight + seen * (1 - self.weight)
        share = seen / self.weight.clamp(min=1e-8)
        change = mean - self.mean
        before = self.variance + share * change.square()
        self.variance = before + share * (variance - before)
        self.mean = self.mean + share * change

    @property
    def std(self) -> Tensor:
        """[G], at least 1e-4 of the mean and 1e-6; 1 before the first update."""
        least = (self.mean.abs() * 1e-4).clamp(min=1e-6)
        return torch.where(self.weight > 0, self.variance.sqrt().maximum(least), 1.0)
