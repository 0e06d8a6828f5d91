"""What bandits with a linear model for every arm have in common.

    theta_a = A_a^-1 b_a                                                                         (1)
    after reward r:   A_a <- A_a + x x',   b_a <- b_a + r x,   A_a = ridge I at first            (2)

Arms are those of arms.py; only those that were played take room. With a layout, x is [1, the
candidate's columns, the agent's own columns], and the skip is an arm whose candidate columns are 0.
Elsewhere x is [1, the observation].
"""

import abc
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arms import ArmSharing, arms, check_sharing, groups
from .checks import check_finite, check_positive
from .contract import Sizes, Transition, View
from .exploration import sample_legal
from .layout import width


@dataclass(eq=False)
class LinearBandit(abc.ABC):
    """Sees no future and no others; learns what an arm is worth to whom."""

    sizes: Sizes
    seed: int = 0
    sharing: ArmSharing = "all"  # of what is learnt about an arm
    ridge: float = 1.0  # pull of theta towards 0, > 0

    def __post_init__(self):
        check_sharing(self.sharing)
        check_positive(ridge=self.ridge)
        check_finite(ridge=self.ridge)
        layout, size = self.sizes.layout, self.sizes.observation_size
        self._num_candidates = layout.num_candidates if layout else 0  # K
        self._num_columns = width(layout.candidate) if layout else 0  # C
        size += 1 - max(0, self._num_candidates - 1) * self._num_columns
        self._num_features = size  # F
        self._rng = np.random.default_rng(self.seed)
        self._arms = np.zeros(1, np.int64)  # [R] of each row; arm 0 stands for all unknown ones
        self._order = np.zeros(1, np.int64)  # [R] rows by the number of their arm
        self._gram = self.ridge * np.eye(size)[None]  # [R or more, F, F] A
        self._moment = np.zeros((1, size))  # [R or more, F] b
        self._inverse = np.eye(size)[None] / self.ridge  # [R or more, F, F] A^-1

    @abc.abstractmethod
    def _optimism(
        self, row: int, towards: np.ndarray, seen: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """What exploring adds to the estimates of the arm of `row` for features `seen` [R, F].

        `towards` [R, F] is `seen` A^-1.
        """

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """The highest score if `explore`, else the highest estimate; ties at random."""
        return self.play(view, self._rng, explore=explore)

    def play(
        self, view: View[np.ndarray], rng: np.random.Generator, *, explore: bool
    ) -> np.ndarray:
        """The same, with ties broken by `rng`."""
        score = self._score(view, rng if explore else None)
        score = np.where(view.action_mask, score, -np.inf)
        return sample_legal(score >= score.max(-1, keepdims=True), rng)

    def actor(self) -> "LinearActor":
        """Plays the estimates, with a stream of its own."""
        return LinearActor(self, np.random.default_rng([self.seed, 1]))

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Equation (2) for every living agent."""
        view, alive, taken = transition.view, transition.view.alive, transition.action[..., None]
        played = np.take_along_axis(arms(view, self.sizes, self.sharing), taken, -1)[alive][
            :, 0
        ]  # [R]
        if not len(played):
            return {}
        x = np.take_along_axis(self._features(view), taken[..., None], 2)[alive][:, 0]  # [R, F]
        reward = transition.reward[alive].astype(np.float64)  # [R]
        self._meet(played)
        error = 0.0
        for row, chosen in groups(self._rows(played)):
            seen, paid = x[chosen], reward[chosen]
            error += np.square(paid - seen @ (self._inverse[row] @ self._moment[row])).sum()
            self._gram[row] += seen.T @ seen
            self._moment[row] += paid @ seen
            self._inverse[row] = np.linalg.inv(self._gram[row])
        return {"squared_error": float(error / len(played))}

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future; rows as they came, since draws go by their order."""
        num_rows = len(self._arms)
        return {
            "arms": self._arms.copy(),
            "gram": self._gram[:num_rows].copy(),
            "moment": self._moment[:num_rows].copy(),
            "rng": self._rng.bit_generator.state,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        arms, size = np.array(state["arms"]), self._num_features
        gram, moment = np.array(state["gram"]), np.array(state["moment"])
        if gram.shape != (len(arms), size, size) or moment.shape != (len(arms), size):
            raise ValueError(
                f"gram and moment must have shapes [arms, {size}, {size}] and [arms, {size}] of "
                f"{len(arms)} arms, got {gram.shape} and {moment.shape}"
            )
        self._arms, self._order = arms, np.argsort(arms)
        self._gram, self._moment, self._inverse = gram, moment, np.linalg.inv(gram)
        self._rng.bit_generator.state = state["rng"]

    def _score(self, view: View[np.ndarray], rng: np.random.Generator | None) -> np.ndarray:
        """Estimates [B, N, A], with what exploring adds where there is an `rng`."""
        found = arms(view, self.sizes, self.sharing)
        rows = self._rows(found.ravel())
        x = self._features(view).reshape(len(rows), -1)
        score = np.empty(len(rows))
        for row, chosen in groups(rows):
            seen = x[chosen]
            towards = seen @ self._inverse[row]
            score[chosen] = towards @ self._moment[row]
            if rng is not None:
                score[chosen] += self._optimism(row, towards, seen, rng)
        return score.reshape(found.shape)

    def _features(self, view: View[np.ndarray]) -> np.ndarray:
        """X of every action, [B, N, A, F] float64."""
        observation, num_actions = view.observation, self.sizes.num_actions
        num_candidates, num_columns = self._num_candidates, self._num_columns
        slate, own = np.split(observation, [num_candidates * num_columns], -1)
        x = np.ones((*observation.shape[:2], num_actions, self._num_features))
        x[..., 1 + num_columns :] = own[:, :, None]
        x[..., num_candidates:, 1 : 1 + num_columns] = 0
        x[..., :num_candidates, 1 : 1 + num_columns] = slate.reshape(
            *observation.shape[:2], num_candidates, num_columns
        )
        return x

    def _rows(self, arms: np.ndarray) -> np.ndarray:
        """Where what is known of `arms` [R] stands; 0 for all that are unknown."""
        at = np.searchsorted(self._arms, arms, sorter=self._order)
        rows = self._order[np.minimum(at, len(self._order) - 1)]
        return np.where(self._arms[rows] == arms, rows, 0)

    def _meet(self, arms: np.ndarray) -> None:
        """Makes rows for those of `arms` that are new."""
        known, new = len(self._arms), np.setdiff1d(arms, self._arms)
        self._arms = np.concatenate([self._arms, new])
        self._order = np.argsort(self._arms)
        if len(self._arms) > len(self._gram):
            room = 2 * len(self._arms)  # twice as much, so that it is seldom copied
            self._gram, self._moment, self._inverse = (
                np.concatenate([x[:known], np.repeat(x[:1], room - known, axis=0)])
                for x in (self._gram, self._moment, self._inverse)
            )  # row 0 is never written to


class LinearActor:
    """Plays what a bandit has learnt, by estimate only, and learns nothing."""

    def __init__(self, learner: LinearBandit, rng: np.random.Generator):
        self._learner = learner
        self._rng = rng

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N]; there is nothing random to explore with."""
        del explore
        return self._learner.play(view, self._rng, explore=False)

    def state_dict(self) -> dict[str, Any]:
        """What decides its future draws."""
        return {"rng": self._rng.bit_generator.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._rng.bit_generator.state = state["rng"]
