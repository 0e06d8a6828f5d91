"""The plain model: predicts what an action pays, and plays what it predicts to pay most.

    f(x) = w . relu(W x + b) + c,      loss = mean (f(x_a) - payoff)^2                          (1)

x are the columns of a candidate and of the agent where there is a layout, and the whole observation
otherwise, where f has an output per action. No discount, no bootstrap, no objective: what a step
pays the agent itself is all that is asked, so that its distance to the learners of values is what
looking ahead, or at others, is worth.

Schedule: data come from play that is random with probability epsilon, as that of the learners of
values (epsilon_greedy.py). Whenever `epoch_period` further agent-steps have come together, an epoch
goes over all that is remembered, every row once; a step is thus learnt from `capacity /
epoch_period` times before it is forgotten. Loss and accuracy, the share of the predictions within
`tolerance` of the payoff, are those of an epoch, each row's before its gradient step.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple

import numpy as np
import torch
from torch import Tensor

from .checks import check_not_negative, check_positive
from .contract import Array, Transition
from .epsilon_greedy import EpsilonGreedy
from .networks import Heads
from .optimiser import SetAdam
from .replay import Replay
from .tensors import copied, load_module, to_tensor


class Outcomes(NamedTuple, Generic[Array]):
    """What R rows of n agents saw, did and were paid."""

    observation: Array  # [R, n, S] float32
    action_mask: Array  # [R, n, A] bool
    alive: Array  # [R, n] bool
    action: Array  # [R, n] int64
    payoff: Array  # [R, n] float32


@dataclass(eq=False)
class Supervised(EpsilonGreedy):
    """Regression of payoffs, then greedy on its predictions."""

    num_layers: int = field(default=1, init=False)  # equation (1)
    memory_size: int = field(default=0, init=False)
    discount: float = field(default=0.0, init=False)  # nothing is looked forward to
    learning_rate_end: float | None = 1e-3  # of Adam, at last; None: a tenth of the first
    capacity: int = 100_000  # agent-steps that are remembered, the last ones
    epoch_period: int = 20_000  # agent-steps between two epochs
    batch_size: int = 512  # agent-steps of one gradient step
    tolerance: float = 0.1  # a prediction that misses by no more is counted as right, in payoff

    def __post_init__(self):
        super().__post_init__()
        check_positive(epoch_period=self.epoch_period, batch_size=self.batch_size)
        check_not_negative(tolerance=self.tolerance)
        self.network = self._architecture().build(Heads(has_scores=True))
        self._sets = self.network.row_sets
        self._optimiser = SetAdam([self.network], self.gradient_norm)
        self._replay = Replay(self.capacity, self._sets.num_agents, Outcomes)
        self._rng = np.random.default_rng([self.seed, 0])
        self._play(self.network, self._rng)
        self._waiting = 0  # agent-steps since the last epoch

    def predicted(self, observation: Tensor, action_mask: Tensor) -> Tensor:
        """What every action is thought to pay, [R, n, A]."""
        return self.network(observation, action_mask).scores

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Remembers the step; an epoch if one is due."""
        view = transition.view
        step = (view.observation, view.action_mask, view.alive)
        self._waiting += self._replay.add(Outcomes(*step, transition.action, transition.payoff))
        self.env_steps += len(transition.action)
        if self._waiting < self.epoch_period:
            return {}
        self._waiting = 0
        return self._epoch()

    def _epoch(self) -> dict[str, float]:
        seen = torch.zeros(3, device=self._device)  # squared errors, those within reach, all
        num_rows = max(1, self.batch_size // self._sets.num_agents)
        norms = [
            self._optimiser.step(self._losses(rows, seen), self.rate)
            for rows in self._replay.epoch(num_rows, self._rng)
        ]
        loss, accuracy = (seen[:2] / seen[2]).tolist()
        return {
            "loss": loss,
            "accuracy": accuracy,
            "gradient_norm": torch.stack(norms).mean().item(),
            "epsilon": self.epsilon,
            "learning_rate": self.rate,
        }

    def _losses(self, sampled: Outcomes[np.ndarray], seen: Tensor) -> Iterator[Tensor]:
        """Equation (1); adds to `seen`."""
        rows = Outcomes(*(to_tensor(x, self._device) for x in sampled))
        scores = self.predicted(rows.observation, rows.action_mask)
        error = scores.gather(-1, rows.action.unsqueeze(-1)).squeeze(-1) - rows.payoff
        with torch.no_grad():
            measured = [error.square(), error.abs() <= self.tolerance, torch.ones_like(error)]
            seen += (torch.stack(measured) * rows.alive).sum((1, 2))
        yield (self._sets.mean_weight(rows.alive) * error.square()).sum()

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {
            **self.weights(),
            "optimiser": self._optimiser.state_dict(),
            "replay": self._replay.state_dict(),
            "rng": self._rng.bit_generator.state,
            "env_steps": self.env_steps,
            "waiting": self._waiting,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.load_weights(state)
        self._optimiser.load_state_dict(state["optimiser"])
        self._replay.load_state_dict(state["replay"])
        self._rng.bit_generator.state = state["rng"]
        self.env_steps, self._waiting = state["env_steps"], state["waiting"]

    def weights(self) -> dict[str, Any]:
        """What decides how it plays."""
        return {"network": copied(self.network.state_dict())}

    def load_weights(self, state: dict[str, Any]) -> None:
        """The exact inverse of `weights`."""
        load_module(self.network, state["network"])
