"""Exp3 among the arms at hand: nothing is assumed of rewards but their range.

    p_a  = (1 - gamma) w_a / sum of w over the legal arms  +  gamma / their number L             (1)
    w_a <- w_a exp(gamma r / (p_a L))                      of the arm that was played            (2)

Arms are those of arms.py; those that are not on the slate are asleep. Weights are kept as
logarithms. What B environments deliver at once is added up, each by the p it was drawn with. r is
the reward over `reward_scale`, cut to [0, 1]: what is beyond is as good as the best, or as nothing.

Sources: Auer et al. (2002), "The nonstochastic multiarmed bandit problem"; Kleinberg,
Niculescu-Mizil and Sharma (2010), "Regret bounds for sleeping experts and bandits".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .arms import ArmSharing, arms, check_sharing
from .checks import check_positive, check_shares
from .contract import Sizes, Transition, View
from .exploration import sample_categorical, sample_legal


@dataclass(eq=False)
class Exp3:
    """Exponential weights: sees nothing but which arms there are."""

    sizes: Sizes
    seed: int = 0
    sharing: ArmSharing = "none"  # of what is learnt about an arm
    gamma: float = 0.05  # share of exploration, in (0, 1]
    reward_scale: float = 2.0  # the largest reward, > 0: rewards are divided by it

    def __post_init__(self):
        check_sharing(self.sharing)
        check_shares(gamma=self.gamma)
        check_positive(gamma=self.gamma, reward_scale=self.reward_scale)
        self._rng = np.random.default_rng(self.seed)
        self._log_weight = np.zeros(1)  # [arms]; arm 0 stands for all unknown ones
        self._probability = np.zeros(0)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Draws by (1) if `explore`, else the heaviest arm; ties at random."""
        action, self._probability = self.play(view, self._rng, explore=explore)
        return action

    def play(
        self, view: View[np.ndarray], rng: np.random.Generator, *, explore: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same by `rng`: actions [B, N], and the p [B, N] of each."""
        probability = self._probabilities(view)
        action = sample_categorical(probability, rng) if explore else self._heaviest(view, rng)
        return action, np.take_along_axis(probability, action[..., None], -1)[..., 0]

    def _heaviest(self, view: View[np.ndarray], rng: np.random.Generator) -> np.ndarray:
        weight = np.where(view.action_mask, self._log_weights(view), -np.inf)
        return sample_legal(weight >= weight.max(-1, keepdims=True), rng)

    def actor(self) -> "Exp3Actor":
        """Plays with the present weights and a stream of its own."""
        return Exp3Actor(self, np.random.default_rng([self.seed, 1]))

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Equation (2) for every living agent."""
        view, alive = transition.view, transition.view.alive
        known = arms(view, self.sizes, self.sharing)
        played = np.take_along_axis(known, transition.action[..., None], -1)[..., 0][alive]
        if not len(played):
            return {}
        grown = max(0, int(played.max()) + 1 - len(self._log_weight))
        self._log_weight = np.concatenate([self._log_weight, np.zeros(grown)])
        number = view.action_mask.sum(-1)[alive]
        reward = np.clip(transition.reward[alive] / self.reward_scale, 0.0, 1.0)
        gain = self.gamma * reward / (self._probability[alive] * number)
        np.add.at(self._log_weight, played, gain)
        is_cut = (transition.reward[alive] < 0) | (transition.reward[alive] > self.reward_scale)
        return {
            "mean_probability": float(self._probability[alive].mean()),
            "cut_share": float(is_cut.mean()),  # of the rewards
        }

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {"log_weight": self._log_weight.copy(), "rng": self._rng.bit_generator.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._log_weight = np.array(state["log_weight"])
        self._rng.bit_generator.state = state["rng"]

    def _probabilities(self, view: View[np.ndarray]) -> np.ndarray:
        """Equation (1), [B, N, A] float64; 0 where illegal."""
        mask = view.action_mask
        weight = np.where(mask, self._log_weights(view), -np.inf)
        weight = np.exp(weight - weight.max(-1, keepdims=True))
        even = mask / mask.sum(-1, keepdims=True)
        return (1 - self.gamma) * weight / weight.sum(-1, keepdims=True) + self.gamma * even

    def _log_weights(self, view: View[np.ndarray]) -> np.ndarray:
        known = arms(view, self.sizes, self.sharing)
        return self._log_weight[np.where(known < len(self._log_weight), known, 0)]


class Exp3Actor:
    """Plays what an Exp3 has learnt, and learns nothing."""

    def __init__(self, learner: Exp3, rng: np.random.Generator):
        self._learner = learner
        self._rng = rng

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N]: drawn by (1), or the heaviest arms."""
        return self._learner.play(view, self._rng, explore=explore)[0]

    def state_dict(self) -> dict[str, Any]:
        """What decides its future draws."""
        return {"rng": self._rng.bit_generator.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self._rng.bit_generator.state = state["rng"]
