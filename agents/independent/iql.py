"""Independent Q-learning: every agent runs a double, dueling DQN and takes the others for world.

    Q(o, a) = V(o) + S(o, a) - mean over legal a' of S(o, a')                  dueling          (1)
    y_n     = r_n + gamma c_n Q'(o'_n, argmax over legal a' of Q(o'_n, a'))    target network Q' (2)
    loss    = mean huber(Q(o_n, a_n) - y_n)                                                     (3)

c is 0 where nothing follows (gae.py). Updates keep pace with experience: each agent-transition is
replayed `replay_ratio` times on average, however many environments deliver them.

Sources: Tan (1993), "Multi-agent reinforcement learning: independent vs. cooperative agents"; Mnih
et al. (2015), "Human-level control through deep reinforcement learning"; van Hasselt et al. (2016)
on double, Wang et al. (2016) on dueling networks.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import gae
from ..actors import EpsilonActor
from ..checks import check_finite, check_not_negative, check_positive, check_shares
from ..contract import Sizes, Transition, View
from ..exploration import linear
from ..networks import Architecture, Body, Heads, Network
from ..optimiser import SetAdam
from ..replay import Experience, Replay
from ..sharing import Sharing
from ..tensors import copied, find_device, load_module, only_legal, to_tensor

MEASURED = ("loss", "td_error", "q", "target")


@dataclass(eq=False)
class IQL:
    """Independent Q-learning with a double, dueling network."""

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
        self.target_q = architecture.build(heads).requires_grad_(False)
        self.target_q.load_state_dict(self.q.state_dict())
        self._optimiser = SetAdam([self.q], self.gradient_norm)
        self._sets = self.q.row_sets
        self._replay = Replay(self.replay_capacity, self._sets.num_agents)
        self._at_horizon = gae.bootstraps_at_horizon(self.sizes, self.bootstrap_at_horizon)
        self._rng = np.random.default_rng([self.seed, 0])
        self._player = EpsilonActor(self.q, self._device, self._rng)
        self.env_steps = 0
        self.updates = 0
        self._due = 0.0  # agent-transitions yet to be replayed

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
        view, following = transition.view, transition.next_view
        step = Experience(
            observation=view.observation,
            action_mask=view.action_mask,
            alive=view.alive,
            action=transition.action,
            reward=transition.reward,
            continues=gae.continues(transition, self._at_horizon),
            next_observation=following.observation,
            next_action_mask=following.action_mask,
        )
        self._due += self.replay_ratio * self._replay.add(step)
        self.env_steps += len(transition.action)
        row_agents, capacity = self._sets.num_agents, self._replay.capacity
        if self._replay.size * row_agents < min(self.warmup, capacity * row_agents):
            self._due = 0.0
            return {}
        metrics: dict[str, float] = {}
        while self._due >= self.batch_size:
            metrics = self._update()
            self._due -= self.batch_size
        return metrics

    def _update(self) -> dict[str, float]:
        num_rows = max(1, self.batch_size // self._sets.num_agents)
        sampled = self._replay.sample(num_rows, self._rng)
        batch = [to_tensor(x, self._device) for x in sampled]
        weight = self._sets.mean_weight(batch[2])
        size, total = self.q.piece_rows, torch.zeros(len(MEASURED), device=self._device)
        pieces = zip(weight.split(size), *(x.split(size) for x in batch), strict=True)
        rate = linear(
            self.learning_rate, self.learning_rate_end, self.learning_rate_steps, self.env_steps
        )
        norm = self._optimiser.step((self._loss(total, *piece) for piece in pieces), rate)
        self.updates += 1
        if self.updates % self.target_period == 0:
            self._move_target()
        means = (total / self._sets.num_sets).tolist()
        return dict(zip(MEASURED, means, strict=True)) | {
            "gradient_norm": norm.item(),
            "epsilon": self.epsilon,
            "learning_rate": rate,
        }

    def _loss(
        self,
        total: Tensor,
        weight: Tensor,
        observation: Tensor,
        action_mask: Tensor,
        alive: Tensor,
        action: Tensor,
        reward: Tensor,
        continues: Tensor,
        next_observation: Tensor,
        next_action_mask: Tensor,
    ) -> Tensor:
        """Equation (3) on some rows [R, n, ...]; adds what is worth plotting to `total`."""
        del alive  # is in the weight
        with torch.no_grad():
            online = self.q(next_observation, next_action_mask).scores  # [R, n, A]
            best = only_legal(online, next_action_mask).argmax(-1)
            following = _dueling(self.target_q, next_observation, next_action_mask, best)
            target = reward + self.discount * following.where(continues, 0)
        q = _dueling(self.q, observation, action_mask, action)
        error = F.huber_loss(q, target, reduction="none", delta=self.huber_delta)
        with torch.no_grad():
            seen = torch.stack([error, (q - target).abs(), q, target])
            total += (seen * weight).sum((1, 2))
        return (weight * error).sum()

    @torch.no_grad()
    def _move_target(self) -> None:
        pairs = zip(self.target_q.parameters(), self.q.parameters(), strict=True)
        for target, source in pairs:
            target.lerp_(source, self.target_rate)

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {
            **self.weights(),
            "target_q": copied(self.target_q.state_dict()),
            "optimiser": self._optimiser.state_dict(),
            "replay": self._replay.state_dict(),
            "rng": self._rng.bit_generator.state,
            "env_steps": self.env_steps,
            "updates": self.updates,
            "due": self._due,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.load_weights(state)
        load_module(self.target_q, state["target_q"])
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


def _dueling(q: Network, observation: Tensor, action_mask: Tensor, action: Tensor) -> Tensor:
    """Equation (1) at the actions [R, n] taken."""
    scores, value = q(observation, action_mask)
    legal = action_mask.float()
    mean = (scores * legal).sum(-1) / legal.sum(-1).clamp(min=1)
    return value + scores.gather(-1, action.unsqueeze(-1)).squeeze(-1) - mean
