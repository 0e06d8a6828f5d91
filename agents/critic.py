"""A value network that learns in units of a running norm and answers in units of the reward."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .contract import View
from .networks import Network
from .normalisation import RunningNorm
from .sharing import WeightSets
from .tensors import copied, load_module, to_tensor


class Critic:
    """The network, its norm, and their evaluation piece by piece."""

    def __init__(self, network: Network, sets: WeightSets, device: torch.device):
        self.network = network
        self.norm = RunningNorm(sets.num_sets).to(device)
        self._sets = sets  # of the rows that it is asked about
        self._device = device

    def __call__(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """Values in units of the norm [R, n]; what a loss is made of."""
        return self.network(observation, action_mask).value

    @torch.no_grad()
    def value(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """Values in units of the reward [R, n]."""
        size = self.network.piece_rows
        pieces = zip(observation.split(size), action_mask.split(size), strict=True)
        value = torch.cat([self(*piece) for piece in pieces])
        return value * self._sets.share(self.norm.std) + self._sets.share(self.norm.mean)

    def value_where(self, is_wanted: np.ndarray, view: View[np.ndarray]) -> np.ndarray:
        """Values of `view` in units of the reward where `is_wanted`, else 0: [B, N] float32."""
        value = np.zeros(is_wanted.shape, np.float32)
        chosen = is_wanted.any(1)
        if chosen.any():
            found = self.value(
                self._rows(view.observation[chosen]), self._rows(view.action_mask[chosen])
            )
            value[chosen] = found.cpu().numpy().reshape(-1, is_wanted.shape[1])
        return value * is_wanted

    def normalised(self, target: Tensor, alive: Tensor) -> Tensor:
        """Targets [R, n] in units of the norm, which first takes them in."""
        self.norm.update(self._sets, target, alive)
        return (target - self._sets.share(self.norm.mean)) / self._sets.share(self.norm.std)

    def _rows(self, x: np.ndarray) -> Tensor:
        return to_tensor(x.reshape(-1, self._sets.num_agents, x.shape[-1]), self._device)

    def state_dict(self) -> dict[str, Any]:
        """Weights and norm."""
        network, norm = self.network.state_dict(), self.norm.state_dict()
        return {"network": copied(network), "norm": copied(norm)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        load_module(self.network, state["network"])
        load_module(self.norm, state["norm"])
