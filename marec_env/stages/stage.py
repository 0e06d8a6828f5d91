"""A step as a one-shot game of a single copy: what everybody's picks pay, in expectation.

N agents choose among K candidates each; choice k < K picks candidate k, choice K skips. The
expectation is over the draws of the step only. Reference solutions, explanation and tests all read
payoffs here and nowhere else; each game brings its own kind of stage.
"""

import abc
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..arrays import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Stage(abc.ABC):
    """What all kinds of one-shot games have in common."""

    value: Array  # [N, K] float64: >= 0, the base value of each candidate
    similarity: Array  # [N, K] float64: s(e_u, e_i)
    slot: Array  # [N, K] int: the pool slot behind each candidate, distinct within a row
    legal: Array  # [N, K] bool

    @classmethod
    def of(cls, game: Any, alone: Any, *, value: Array | None = None, **own: Any) -> Self:
        """What a single copy of a `game` in state `alone` is about to play.

        Args:
            game: a scenario.
            alone: its state, B = 1.
            value: of the candidates, [N, K] float64; None: the base value, s(e_u, e_i) r_ui.
            **own: what this kind of stage has besides.
        """
        return cls(
            value=game.world.values(alone.episode, alone.slate)[0] if value is None else value,
            similarity=alone.slate.similarity[0],
            slot=alone.slate.slots[0],
            legal=game.action_mask(alone)[0, :, :-1].copy(),
            **own,
        )

    @property
    def num_agents(self) -> int:
        """N."""
        return self.value.shape[0]

    @property
    def num_candidates(self) -> int:
        """K, which is also the choice that skips."""
        return self.value.shape[1]

    @abc.abstractmethod
    def payoffs(self, choice: Array) -> Array:
        """What joint choices [..., N] pay each agent in expectation, float64; 0 for a skip.

        Raises:
            ValueError: if a choice is illegal.
        """

    @property
    def alone(self) -> Array:
        """What each candidate would pay if nobody else picked anything, [N, K] float64."""
        return self.value

    @property
    def public_factor(self) -> Array:
        """By how much a candidate's value shrinks as far as everybody can see, [N, K] float64."""
        return np.ones(self.value.shape)

    def replies(self, choice: Array) -> Array:
        """What each agent's candidates would pay it, the others keeping to `choice` [N].

        Returns:
            [N, K + 1] float64; 0 for a skip, -inf where illegal.
        """
        num_agents, skip = self.num_agents, self.num_candidates
        seat, k = np.nonzero(self.legal)
        changed = np.repeat(np.asarray(choice)[None], len(seat), axis=0)
        rows = np.arange(len(seat))
        changed[rows, seat] = k
        found = np.full((num_agents, skip + 1), -np.inf)
        found[:, skip] = 0.0
        found[seat, k] = self.payoffs(changed)[rows, seat]
        return found

    def gains(self, choice: Array) -> Array:
        """How much each agent could gain by choosing otherwise, [N] float64 >= 0."""
        replies = self.replies(choice)
        return replies.max(1) - replies[np.arange(self.num_agents), choice]

    @property
    def favourites(self) -> Array:
        """Everybody's legal candidate that pays most alone, [N] int64; K where there is none."""
        alone = np.where(self.legal, self.alone, -np.inf)
        return np.where(self.legal.any(1), alone.argmax(1), self.num_candidates)

    def payments(self, choice: Array) -> tuple[Array, Array]:
        """What a joint choice [N] pays whom it pays, and the chance that it does, [N] each."""
        return self.payoffs(choice), np.ones(self.num_agents)

    def welfare(self, choice: Array) -> Array:
        """Sum of the expected payoffs of joint choices [..., N], float64 [...]."""
        return self.payoffs(choice).sum(-1)

    def picks(self, choice: Array) -> Array:
        """The pool slots behind joint choices [..., N], int64; -1 for a skip.

        Raises:
            ValueError: if a choice is illegal; solutions must not rest on a pick that would not
                count.
        """
        choice = np.asarray(choice)
        padded = np.pad(np.where(self.legal, self.slot, -2), ((0, 0), (0, 1)), constant_values=-1)
        picks = padded[np.arange(self.num_agents), choice]
        if (picks == -2).any():
            seat = int(np.argwhere(picks == -2)[0, -1])
            raise ValueError(
                f"every choice must be legal, but agent {seat} chose a masked candidate"
            )
        return picks

    def chosen(self, candidates: Array, choice: Array) -> Array:
        """What `candidates` [N, K] hold at joint choices [..., N]; 0 for a skip."""
        return np.pad(candidates, ((0, 0), (0, 1)))[np.arange(self.num_agents), choice]
