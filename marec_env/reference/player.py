"""What a reference player is: a privileged policy that says how good its play was."""

import abc
from dataclasses import replace
from typing import Any

import numpy as np

from ..arrays import Array
from ..stages import Stage
from .solution import Kind


class Player(abc.ABC):
    """Chooses for all N agents of B copies."""

    privileged = True

    def __init__(self, scenario: Any, seed: int = 0):
        self.scenario = scenario
        self.seed = seed
        self.kind: Kind = "exact"  # whether all it has played was exactly what it promises

    @classmethod
    def plays(cls, scenario: Any) -> bool:
        """Whether there is anything in `scenario` that this player goes by."""
        del scenario
        return True

    @abc.abstractmethod
    def act(self, view: Any, *, explore: bool) -> Array:
        """Legal actions [B, N] int64; there is one way to play, so `explore` changes nothing.

        Raises:
            ValueError: if the view has no truth.
        """

    def _note(self, kind: Kind) -> None:
        if kind != "exact":
            self.kind = kind


class StagePlayer(Player):
    """Looks at one step only; a batch is played copy by copy."""

    def act(self, view: Any, *, explore: bool) -> Array:
        """What `choose` chooses in each copy."""
        del explore
        scenario, state, _ = truth(view)
        return np.stack(
            [
                self.choose(replace(scenario.stage(state, b), legal=mask[:, :-1]))
                for b, mask in enumerate(view.action_mask)
            ]
        )

    @abc.abstractmethod
    def choose(self, stage: Stage) -> Array:
        """Joint choice [N] int64 for one copy."""


def truth(view: Any) -> Any:
    """The game, its hidden state and its draws; raises ValueError where they are kept back."""
    if view.truth is None:
        raise ValueError("a reference player needs view.truth, got None; it is privileged")
    return view.truth


def best(score: Array, legal: Array) -> Array:
    """The legal candidate of highest score [..., K], K where none is legal: [...] int64."""
    found = np.where(legal, score, -np.inf).argmax(-1)
    return np.where(legal.any(-1), found, legal.shape[-1])
