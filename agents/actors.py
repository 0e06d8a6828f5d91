"""Players that share the weights of a learner but have a random stream and a memory of their own.

A learner hands them out for evaluation: they follow its weights, and nothing they do reaches it.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .contract import View
from .exploration import sample_categorical, sample_legal
from .memory import LiveMemory
from .networks import Network
from .tensors import log_probabilities, only_legal, to_tensor


class Actor:
    """What both kinds have in common: the scores of a network, told what it remembers."""

    def __init__(self, network: Network, device: torch.device, rng: np.random.Generator):
        self.memory = LiveMemory(network.memory)
        self.network = network
        self._device = device
        self._rng = rng

    def read(self, view: View[np.ndarray]) -> tuple[Tensor, Tensor]:
        """What the network reads [B, N, S'], and the mask [B, N, A].

        Every step of an episode must pass here once, because it is remembered.
        """
        mask = to_tensor(view.action_mask, self._device)
        observation = to_tensor(view.observation, self._device)
        return self.memory.join(observation, mask, view.start), mask

    def _scores(self, view: View[np.ndarray]) -> tuple[Tensor, Tensor]:
        """Scores and mask [B, N, A]."""
        seen, mask = self.read(view)
        return self.network(seen, mask).scores, mask

    def state_dict(self) -> dict[str, Any]:
        """What decides how it goes on, besides the weights."""
        remembered = {} if self.network.memory is None else {"memory": self.memory.state_dict()}
        return {"rng": self._rng.bit_generator.state, **remembered}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._rng.bit_generator.state = state["rng"]
        if self.network.memory is not None:
            self.memory.load_state_dict(state["memory"])


class CategoricalActor(Actor):
    """Plays softmax(scores): drawn actions if it explores, else the most likely ones."""

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N]."""
        return self.draw(view)[0] if explore else self._log_probability(view).argmax(-1)

    def draw(self, view: View[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Drawn actions [B, N] int64 and their log-probabilities [B, N] float32."""
        log_probability = self._log_probability(view)
        action = sample_categorical(np.exp(log_probability), self._rng)
        return action, np.take_along_axis(log_probability, action[..., None], -1)[..., 0]

    @torch.no_grad()
    def _log_probability(self, view: View[np.ndarray]) -> np.ndarray:
        log_probability = log_probabilities(*self._scores(view))
        return log_probability.movedim(0, -1).contiguous().cpu().numpy()


class EpsilonActor(Actor):
    """Plays the action of highest score, or with probability `epsilon` any legal one."""

    epsilon = 0.0  # of exploring play

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N]."""
        chosen = self._chosen(view, explore)
        if not explore:
            return chosen
        is_random = self._rng.random(chosen.shape, dtype=np.float32) < self.epsilon
        return np.where(is_random, sample_legal(view.action_mask, self._rng), chosen)

    @torch.no_grad()
    def _chosen(self, view: View[np.ndarray], explore: bool) -> np.ndarray:
        """Not at random."""
        del explore
        return only_legal(*self._scores(view)).argmax(-1).cpu().numpy()


class BoltzmannActor(EpsilonActor):
    """Draws from softmax(scores / temperature) if it explores, else takes the highest score."""

    temperature = 1.0  # in units of the scores

    @torch.no_grad()
    def _chosen(self, view: View[np.ndarray], explore: bool) -> np.ndarray:
        if not explore:
            return super()._chosen(view, explore)
        scores = only_legal(*self._scores(view))
        probability = (scores / self.temperature).softmax(-1).cpu().numpy()
        return sample_categorical(probability, self._rng)
