"""A factorization of ratings by stochastic gradients with differential privacy, by Opacus.

Every rating is an example, drawn into a batch on its own with one probability (Poisson sampling);
its gradient is clipped and the sum of a batch gets Gaussian noise. The accountant of Opacus turns
noise and number of steps into epsilon at a given delta.
"""

import warnings
from typing import Any, NamedTuple

import numpy as np
import torch
from opacus import PrivacyEngine
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from ...arrays import Array


class Settings(NamedTuple):
    """Of the training."""

    rank: int
    epsilon: float
    delta: float
    max_epochs: int
    batch_size: int
    clip: float  # longest gradient of an example
    learning_rate: float
    seed: int


class Learnt(NamedTuple):
    """What may be published, and what it cost."""

    items: Array  # q [I, F] float32
    item_bias: Array  # b [I] float64
    epsilon: float  # spent
    noise: float  # standard deviation of the noise, in units of `clip`


class Factors(nn.Module):
    """p_u . q_i + b_u + b_i."""

    def __init__(self, num_users: int, num_items: int, rank: int):
        super().__init__()
        self.users, self.items = (
            nn.Embedding(num_users, rank + 1),
            nn.Embedding(num_items, rank + 1),
        )
        for table in (self.users, self.items):
            nn.init.normal_(table.weight, std=rank**-0.5)
            nn.init.zeros_(table.weight[:, -1])

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Of pairs [B], what is above the middle of the scale."""
        p, q = self.users(users), self.items(items)
        return (p[:, :-1] * q[:, :-1]).sum(1) + p[:, -1] + q[:, -1]


def learn(
    users: Array, items: Array, targets: Array, shape: tuple[int, int], settings: Settings
) -> Learnt:
    """Trains; equal arguments give equal bits.

    Args:
        users: [R] int64.
        items: [R] int64.
        targets: [R] float64, ratings less the middle of the scale.
        shape: U and I.
        settings: of the training.
    """
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Opacus: that its noise is not cryptographic
        torch.manual_seed(settings.seed)
        model = Factors(*shape, settings.rank)
        optimiser = torch.optim.Adam(model.parameters(), settings.learning_rate)
        data = TensorDataset(
            torch.from_numpy(users), torch.from_numpy(items), torch.from_numpy(targets).float()
        )
        engine = PrivacyEngine(accountant="rdp")
        found: Any = engine.make_private_with_epsilon(
            module=model,
            optimizer=optimiser,
            data_loader=DataLoader(data, settings.batch_size, generator=torch.Generator()),
            target_epsilon=settings.epsilon,
            target_delta=settings.delta,
            epochs=settings.max_epochs,
            max_grad_norm=settings.clip,
        )
        private, optimiser, loader = found
        for _ in range(settings.max_epochs):
            for batch in loader:
                optimiser.zero_grad()
                predicted = private(*batch[:2])
                ((predicted - batch[2]) ** 2).mean().backward()
                optimiser.step()
        weight = model.items.weight.detach().numpy()
        return Learnt(
            items=weight[:, :-1].copy(),
            item_bias=weight[:, -1].astype(np.float64),
            epsilon=float(engine.get_epsilon(settings.delta)),
            noise=float(optimiser.noise_multiplier),
        )
