"""LinUCB with disjoint linear models: an upper confidence bound for every arm.

For an arm a with features x,

    theta_a = A_a^-1 b_a,   score_a(x) = theta_a . x + alpha sqrt(x . A_a^-1 x)                  (1)
    after reward r:   A_a <- A_a + x x',   b_a <- b_a + r x,   A_a = ridge I at first            (2)

and the legal action of the highest score is played. Arms are what an action means: the item shown
where `view.items` is given (slot k is another item for every agent), else the action itself. With
a layout, x is [1, the candidate's columns, the agent's own columns], and the skip is an arm whose
candidate columns are 0. Elsewhere x is [1, the observation].

Source: Li et al. (2010), "A contextual-bandit approach to personalized news article
recommendation", algorithm 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .checks import check_finite, check_not_negative, check_positive
from .contract import Sizes, Transition, View
from .exploration import sample_legal


@dataclass(eq=False)
class LinUCB:
    """Disjoint LinUCB: sees no future and no others, learns what an item is worth to whom."""

    sizes: Sizes
    seed: int = 0
    sharing: Literal["all", "none"] = "all"  # of what is learnt about an arm
    alpha: float = 0.2  # width of the confidence bound, >= 0, in units of the reward
    ridge: float = 1.0  # pull of theta towards 0, > 0

    def __post_init__(self):
        if self.sharing not in ("all", "none"):
            raise ValueError(f"sharing must be 'all' or 'none', got {self.sharing!r}")
        check_positive(ridge=self.ridge)
        check_not_negative(alpha=self.alpha)
        check_finite(ridge=self.ridge, alpha=self.alpha)
        layout, size = self.sizes.layout, self.sizes.observation_size
        self._num_candidates = layout.num_candidates if layout else 0  # K
        self._num_columns = max(c.stop for c in layout.candidate.values()) if layout else 0  # C
        size += 1 - max(0, self._num_candidates - 1) * self._num_columns
        self._num_features = size  # F
        self._rng = np.random.default_rng(self.seed)
        self._gram = np.zeros((0, size, size))  # [arms, F, F] A; arm 0 stands for all unknown ones
        self._moment = np.zeros((0, size))  # [arms, F] b
        self._inverse = np.zeros((0, size, size))  # [arms, F, F] A^-1
        self._grow(1)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """The highest bound if `explore`, else the highest estimate; ties at random."""
        return self.play(view, self._rng, explore=explore)

    def play(
        self, view: View[np.ndarray], rng: np.random.Generator, *, explore: bool
    ) -> np.ndarray:
        """The same, with ties broken by `rng`."""
        score = self._score(view, self.alpha if explore else 0.0)
        score = np.where(view.action_mask, score, -np.inf)
        return sample_legal(score >= score.max(-1, keepdims=True), rng)

    def actor(self) -> "LinUCBActor":
        """Plays the estimates, without the bound, with a stream of its own."""
        return LinUCBActor(self, np.random.default_rng([self.seed, 1]))

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Equation (2) for every living agent."""
        view, alive, taken = transition.view, transition.view.alive, transition.action[..., None]
        arms = np.take_along_axis(self._arms(view), taken, -1)[alive][:, 0]  # [R]
        if not len(arms):
            return {}
        x = np.take_along_axis(self._features(view), taken[..., None], 2)[alive][:, 0]  # [R, F]
        reward = transition.reward[alive].astype(np.float64)  # [R]
        self._grow(1 + arms.max())
        error = 0.0
        for arm, rows in _groups(arms):
            seen, paid = x[rows], reward[rows]
            error += np.square(paid - seen @ (self._inverse[arm] @ self._moment[arm])).sum()
            self._gram[arm] += seen.T @ seen
            self._moment[arm] += paid @ seen
            self._inverse[arm] = np.linalg.inv(self._gram[arm])
        return {"squared_error": float(error / len(arms))}

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        rng = self._rng.bit_generator.state
        return {"gram": self._gram.copy(), "moment": self._moment.copy(), "rng": rng}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        gram, moment, size = np.array(state["gram"]), np.array(state["moment"]), self._num_features
        if gram.shape[1:] != (size, size) or moment.shape != gram.shape[:2]:
            raise ValueError(
                f"gram and moment must have shapes [arms, {size}, {size}] and [arms, {size}], "
                f"got {gram.shape} and {moment.shape}"
            )
        self._gram, self._moment, self._inverse = gram, moment, np.linalg.inv(gram)
        self._rng.bit_generator.state = state["rng"]

    def _score(self, view: View[np.ndarray], alpha: float) -> np.ndarray:
        """Equation (1), [B, N, A]."""
        arms = self._arms(view)
        known = np.where(arms < len(self._gram), arms, 0).ravel()
        x = self._features(view).reshape(len(known), -1)
        score = np.empty(len(known))
        for arm, rows in _groups(known):
            seen = x[rows]
            towards = seen @ self._inverse[arm]
            width = np.sqrt((towards * seen).sum(-1)) if alpha else 0.0
            score[rows] = towards @ self._moment[arm] + alpha * width
        return score.reshape(arms.shape)

    def _arms(self, view: View[np.ndarray]) -> np.ndarray:
        """What each action stands for, [B, N, A] int64 >= 1; the skip of a slate is the first."""
        if view.items is None or not self._num_candidates:
            arms = np.broadcast_to(np.arange(self.sizes.num_actions), view.action_mask.shape)
        else:
            arms = np.pad(view.items.astype(np.int64) + 1, ((0, 0), (0, 0), (0, 1)))
        if self.sharing == "none":
            arms = arms * self.sizes.num_agents + np.arange(self.sizes.num_agents)[:, None]
        return arms + 1

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

    def _grow(self, num_arms: int) -> None:
        """Makes room for arms below `num_arms`."""
        new = max(0, int(num_arms) - len(self._gram))
        identity = np.eye(self._num_features)
        self._gram = np.concatenate([self._gram, np.tile(self.ridge * identity, (new, 1, 1))])
        self._moment = np.concatenate([self._moment, np.zeros((new, len(identity)))])
        self._inverse = np.concatenate([self._inverse, np.tile(identity / self.ridge, (new, 1, 1))])


class LinUCBActor:
    """Plays what a LinUCB has learnt, by estimate only, and learns nothing."""

    def __init__(self, learner: LinUCB, rng: np.random.Generator):
        self._learner = learner
        self._rng = rng

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N]; there is nothing random to explore with."""
        del explore
        return self._learner.play(view, self._rng, explore=False)


def _groups(arms: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Each arm that occurs in `arms` [R], with the rows where it does."""
    order = np.argsort(arms, kind="stable")
    ids, starts = np.unique(arms[order], return_index=True)
    yield from zip(ids.tolist(), np.split(order, starts[1:]), strict=True)
