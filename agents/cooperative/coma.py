"""COMA: an agent is credited with what its action added, all others' actions being what they were.

    A_n     = Q(s, o_n, a_-n, a_n) - sum over legal a of pi(a | o_n) Q(s, o_n, a_-n, a)         (1)
    error_n = huber(Q(s, o_n, a_-n, a_n) - y),   y = lambda-return of the mean payoff and Q'    (2)

Q says in one pass what each of n's actions is worth beside the actions a_-n of the others; the sum
in (1) does not depend on a_n and so adds no bias. Q' lags behind Q. After the last step of a
rollout, and after a cut that has a value, Q' is asked about actions drawn from the policy.

The critic reads N A columns of actions beside the state, for each of N agents: a step of the team
costs of the order of N (G + N A), quadratic in N at best.

Source: Foerster et al. (2018), "Counterfactual multi-agent policy gradients".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..actors import CategoricalActor
from ..batch import Batch
from ..checks import check_shares
from ..contract import Transition, View
from ..critic import Critic
from ..independent.ia2c import IA2C
from ..memory import LiveMemory
from ..networks import Architecture, Heads
from ..rollout import Steps
from ..sharing import SetModule
from ..tensors import copied, load_module, log_probabilities, move_towards
from .central import CentralCritic


class ActionCritic(Critic):
    """Q of the actions that were played, in place of a value."""

    def scores(self, piece: Batch) -> Tensor:
        """Q of every action, legal or not, in units of the norm: [R, n, A]."""
        return self.network(piece.told.joined(piece.observation), piece.action_mask).scores

    def __call__(self, piece: Batch) -> Tensor:
        """Q of the actions played, in units of the norm [R, n]."""
        return self.scores(piece).gather(-1, piece.action.unsqueeze(-1)).squeeze(-1)


@dataclass(eq=False)
class COMA(CentralCritic, IA2C):
    """Counterfactual multi-agent policy gradients."""

    trace_decay: float = 0.8  # lambda of the returns that Q is moved towards, in [0, 1]
    target_rate: float = 0.05  # share of Q that moves into Q' at every update; 1 is a hard copy

    def __post_init__(self):
        check_shares(target_rate=self.target_rate)
        super().__post_init__()
        self._foresight = CategoricalActor(self.policy, self._device, self._rng)
        self._foresight.memory = LiveMemory(None)  # it is told what is remembered

    def _critics(self, architecture: Architecture) -> Sequence[SetModule]:
        num_agents, num_actions = self.sizes.num_agents, self.sizes.num_actions
        wider = self._wider(architecture, others=num_agents * num_actions)
        online, lagging = (wider.build(Heads(has_scores=True)) for _ in range(2))
        lagging.requires_grad_(False)
        lagging.load_state_dict(online.state_dict())
        self.critic = self._q = ActionCritic(online, self._sets, self._device)
        self._judge = ActionCritic(lagging, self._sets, self._device)
        self._judge.norm = self.critic.norm
        own = torch.eye(num_agents, device=self._device).repeat_interleave(num_actions, 1)
        self._visible = torch.cat([own.new_ones(num_agents, self.sizes.state_size), 1 - own], 1)
        return [online]

    def _told(self, view: View[np.ndarray], action: np.ndarray) -> np.ndarray:
        chosen = np.arange(self.sizes.num_actions) == action[..., None]  # [B, N, A]
        chosen &= view.alive[..., None]
        joint = chosen.reshape(len(action), -1).astype(np.float32)
        return np.concatenate([self._state(view), joint], -1)[:, None]

    def _next_action(self, view: View[np.ndarray]) -> np.ndarray:
        return self._foresight.draw(view)[0]

    @torch.no_grad()
    def _merit(self, batch: Batch, advantage: Tensor) -> Tensor:
        """A of equation (1) in units of the norm, in place of the advantage of a return."""
        rows = torch.arange(len(advantage), device=self._device)
        size = self.critic.network.piece_rows
        return torch.cat([self._counterfactual(batch.at(part)) for part in rows.split(size)])

    def _counterfactual(self, piece: Batch) -> Tensor:
        scores = self.policy(piece.observation, piece.action_mask).scores
        probability = log_probabilities(scores, piece.action_mask).exp().movedim(0, -1)
        q = self._q.scores(piece)  # [R, n, A]
        return q.gather(-1, piece.action.unsqueeze(-1)).squeeze(-1) - (probability * q).sum(-1)

    def _update(self, steps: Steps, last: Transition[np.ndarray]) -> dict[str, float]:
        metrics = super()._update(steps, last)
        move_towards(self._judge.network, self.critic.network, self.target_rate)
        return metrics

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {**super().state_dict(), "target": copied(self._judge.network.state_dict())}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        super().load_state_dict(state)
        load_module(self._judge.network, state["target"])
