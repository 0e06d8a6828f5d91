"""Plays every legal pick with equal probability: the floor that every learner must beat."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .contract import Sizes, View
from .exploration import sample_legal


@dataclass
class Random:
    """Uniform over the legal actions; where there is a slate, skips only if no pick is legal."""

    sizes: Sizes
    seed: int = 0

    def __post_init__(self):
        self._rng = np.random.default_rng(self.seed)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Ignores the observation; explores or not, it is the same."""
        del explore
        mask = view.action_mask
        if self.sizes.layout is not None:
            picks = mask[..., : self.sizes.layout.num_candidates]
            mask = np.where(picks.any(-1, keepdims=True), _without_skip(mask, picks), mask)
        return sample_legal(mask, self._rng)

    def actor(self) -> "Random":
        """The same player with a stream of its own."""
        return Random(self.sizes, self.seed)

    def state_dict(self) -> dict[str, Any]:
        """What decides the future draws."""
        return {"rng": self._rng.bit_generator.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._rng.bit_generator.state = state["rng"]


def _without_skip(mask: np.ndarray, picks: np.ndarray) -> np.ndarray:
    only_picks = np.zeros_like(mask)
    only_picks[..., : picks.shape[-1]] = picks
    return only_picks
