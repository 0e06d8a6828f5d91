"""A value network that learns in units of a running norm and answers in units of the reward."""

from typing import Any

import torch
from torch import Tensor

from .batch import Batch
from .networks import Network
from .normalisation import RunningNorm
from .sharing import WeightSets
from .tensors import copied, load_module


class Critic:
    """The network, its norm, and their evaluation piece by piece."""

    def __init__(self, network: Network, sets: WeightSets, device: torch.device):
        self.network = network
        self.norm = RunningNorm(sets.num_sets).to(device)
        self._sets = sets  # of the rows that it is asked about
        self._device = device

    def __call__(self, piece: Batch) -> Tensor:
        """Values in units of the norm [R, n]; what a loss is made of."""
        return self.network(piece.told.joined(piece.observation), piece.action_mask).value

    @torch.no_grad()
    def value(self, batch: Batch) -> Tensor:
        """Values in units of the reward [R, n]."""
        rows = torch.arange(len(batch.action), device=self._device)
        value = torch.cat([self(batch.at(part)) for part in rows.split(self.network.piece_rows)])
        return value * self._sets.share(self.norm.std) + self._sets.share(self.norm.mean)

    def normalised(self, target: Tensor, alive: Tensor) -> Tensor:
        """Targets [R, n] in units of the norm, which first takes them in."""
        self.norm.update(self._sets, target, alive)
        return self.scaled(target - self._sets.share(self.norm.mean))

    def scaled(self, difference: Tensor) -> Tensor:
        """Differences of values [R, n] in units of the norm."""
        return difference / self._sets.share(self.norm.std)

    def state_dict(self) -> dict[str, Any]:
        """Weights and norm."""
        network, norm = self.network.state_dict(), self.norm.state_dict()
        return {"network": copied(network), "norm": copied(norm)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        load_module(self.network, state["network"])
        load_module(self.norm, state["norm"])
