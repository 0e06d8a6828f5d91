"""What learners of action values have in common: exploration, replay, target networks, their pace.

    Q(o, a) = V(o) + S(o, a) - mean over legal a' of S(o, a')                  dueling          (1)

Updates keep pace with experience: each agent-transition is replayed `replay_ratio` times on
average, however many environments deliver them. What a row of the replay holds, and what it has to
teach, is the idea of each learner.

Sources: Mnih et al. (2015), "Human-level control through deep reinforcement learning"; Wang et al.
(2016), "Dueling network architectures for deep reinforcement learning".
"""

import abc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from . import gae
from .actors import EpsilonActor
from .checks import check_finite, check_not_negative, check_positive, check_shares
from .contract import Sizes, Transition, View
from .exploration import linear
from .networks import Architecture, Body, Heads, Network
from .optimiser import SetAdam
from .replay import Replay
from .sharing import SetModule, Sharing
from .tensors import copied, find_device, load_module, to_tensor

MEASURED = ("loss", "td_error", "q", "target")


@dataclass(eq=False)
class QLearning(abc.ABC):
    """Learns action values from a replay; a subclass says from which rows, and what."""

    _row_type: ClassVar[Any]  # of the replay, a named tuple

    sizes: Sizes
    seed: int = 0
    sharing: Sharing = "all"  # of weights between agents: none, all, or a group id for each
    body: Body = "auto"  # of the networks: candidates, flat, or auto: candidates where possible
    hidden_size: int = 48  # neurons in a hidden layer
    num_layers: int = 2  # hidden layers
    agent_id: bool | None = None  # shared weights are told whom they play; None: if few and fixed
    replay_capacity: int = 200_000  # agent-transitions
    replay_ratio: float = 4.0  # times a transition is replayed on average
    batch_size: int = 2048  # agent-transitions of one gradient step
    warmup: int = 10_000  # agent-transitions before the first gradient step
    learning_rate: float = 1e-3  # of Adam, at first
    learning_rate_end: float = 1e-4  # of Adam, at last
    learning_rate_steps: int = 200_000  # environment steps of that change; set it with --steps
    discount: float = 0.99  # gamma, in [0, 1], per step
    epsilon_start: float = 1.0  # probability of a random action while exploring, at first
    epsilon_end: float = 0.05  # the same, at last
    epsilon_steps: int = 50_000  # environment steps of that change; set it with --steps
    target_rate: float = 0.01  # share of Q that moves into Q' at a time; 1 is a hard copy
    target_period: int = 1  # gradient steps between two moves
    huber_delta: float = 1.0  # errors beyond it count linearly, in units of the reward
    gradient_norm: float = 10.0  # gradients are clipped to it, per set of weights
    bootstrap_at_horizon: bool | None = (
        None  # a cut episode has a value; None: unless time left is seen
    )
    device: str = "cpu"  # or cuda

    def __post_init__(self):
        check_shares(
            discount=self.discount,
            epsilon_start=self.epsilon_start,
            epsilon_end=self.epsilon_end,
            target_rate=self.target_rate,
        )
        check_positive(
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            target_period=self.target_period,
            huber_delta=self.huber_delta,
            gradient_norm=self.gradient_norm,
        )
        check_not_negative(
            replay_ratio=self.replay_ratio,
            warmup=self.warmup,
            learning_rate_end=self.learning_rate_end,
            learning_rate_steps=self.learning_rate_steps,
            epsilon_steps=self.epsilon_steps,
        )
        check_finite(
            learning_rate=self.learning_rate,
            learning_rate_end=self.learning_rate_end,
            replay_ratio=self.replay_ratio,
        )
        self._device = find_device(self.device)
        architecture = Architecture.of(self, self._device)
        heads = Heads(has_scores=True, has_value=True)
        self.q = architecture.build(heads)
        self.target_q = architecture.build(heads)
        self._pairs: dict[str, tuple[SetModule, SetModule]] = {
            "q": (self.q, self.target_q),
            **self._mixers(architecture.rng),
        }
        for online, target in self._pairs.values():
            target.requires_grad_(False)
            target.load_state_dict(online.state_dict())
        learnt = [online for online, _ in self._pairs.values()]
        self._optimiser = SetAdam(learnt, self.gradient_norm)
        self._replay = Replay(self.replay_capacity, self._row_agents, self._row_type)
        self._at_horizon = gae.bootstraps_at_horizon(self.sizes, self.bootstrap_at_horizon)
        self._rng = np.random.default_rng([self.seed, 0])
        self._player = EpsilonActor(self.q, self._device, self._rng)
        self.env_steps = 0
        self.updates = 0
        self._due = 0.0  # agent-transitions yet to be replayed

    @property
    @abc.abstractmethod
    def _row_agents(self) -> int:
        """Agents in a row of the replay."""

    @abc.abstractmethod
    def _step(self, transition: Transition[np.ndarray]) -> Any:
        """What is remembered of a step of B environments."""

    @abc.abstractmethod
    def _losses(self, rows: Any, seen: Tensor) -> Iterator[Tensor]:
        """The loss of sampled rows in pieces; adds the means of what is `MEASURED` to `seen`."""

    def _mixers(self, rng: torch.Generator) -> dict[str, tuple[SetModule, SetModule]]:
        """Name -> a module that is learnt besides Q, and the one that follows it."""
        del rng
        return {}

    @property
    def epsilon(self) -> float:
        """Today's probability of a random action while exploring."""
        return linear(self.epsilon_start, self.epsilon_end, self.epsilon_steps, self.env_steps)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Epsilon-greedy if `explore`, else greedy."""
        self._player.epsilon = self.epsilon
        return self._player.act(view, explore=explore)

    def actor(self) -> EpsilonActor:
        """Plays greedily with the present weights and a stream of its own."""
        return EpsilonActor(self.q, self._device, np.random.default_rng([self.seed, 1]))

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Stores the step, then as many gradient steps as are due."""
        self._due += self.replay_ratio * self._replay.add(self._step(transition))
        self.env_steps += len(transition.action)
        row_agents, capacity = self._row_agents, self._replay.capacity
        if self._replay.size * row_agents < min(self.warmup, capacity * row_agents):
            self._due = 0.0
            return {}
        metrics: dict[str, float] = {}
        batch_size = self._num_rows * row_agents
        while self._due >= batch_size:
            metrics = self._update()
            self._due -= batch_size
        return metrics

    @property
    def _num_rows(self) -> int:
        """Of one gradient step; whole rows, so that it may be of a few more or less agents."""
        return max(1, self.batch_size // self._row_agents)

    def _update(self) -> dict[str, float]:
        sampled = self._replay.sample(self._num_rows, self._rng)
        rows = sampled._make(to_tensor(x, self._device) for x in sampled)
        seen = torch.zeros(len(MEASURED), device=self._device)
        rate = linear(
            self.learning_rate, self.learning_rate_end, self.learning_rate_steps, self.env_steps
        )
        norm = self._optimiser.step(self._losses(rows, seen), rate)
        self.updates += 1
        if self.updates % self.target_period == 0:
            self._move_targets()
        return dict(zip(MEASURED, seen.tolist(), strict=True)) | {
            "gradient_norm": norm.item(),
            "epsilon": self.epsilon,
            "learning_rate": rate,
        }

    @torch.no_grad()
    def _move_targets(self) -> None:
        for online, target in self._pairs.values():
            for follower, source in zip(target.parameters(), online.parameters(), strict=True):
                follower.lerp_(source, self.target_rate)

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        modules: dict[str, Any] = {}
        for name, (online, target) in self._pairs.items():
            modules[name] = copied(online.state_dict())
            modules[f"target_{name}"] = copied(target.state_dict())
        return {
            **modules,
            "optimiser": self._optimiser.state_dict(),
            "replay": self._replay.state_dict(),
            "rng": self._rng.bit_generator.state,
            "env_steps": self.env_steps,
            "updates": self.updates,
            "due": self._due,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        for name, (online, target) in self._pairs.items():
            load_module(online, state[name])
            load_module(target, state[f"target_{name}"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._replay.load_state_dict(state["replay"])
        self._rng.bit_generator.state = state["rng"]
        self.env_steps, self.updates = state["env_steps"], state["updates"]
        self._due = state["due"]

    def weights(self) -> dict[str, Any]:
        """What decides how it plays."""
        return {"q": copied(self.q.state_dict())}

    def load_weights(self, state: dict[str, Any]) -> None:
        """The exact inverse of `weights`."""
        load_module(self.q, state["q"])


def dueling(q: Network, observation: Tensor, action_mask: Tensor, action: Tensor) -> Tensor:
    """Equation (1) at the actions [R, n] taken."""
    scores, value = q(observation, action_mask)
    legal = action_mask.float()
    mean = (scores * legal).sum(-1) / legal.sum(-1).clamp(min=1)
    return value + scores.gather(-1, action.unsqueeze(-1)).squeeze(-1) - mean
