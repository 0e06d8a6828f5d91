"""Independent Q-learning: every agent runs a double, dueling DQN and takes the others for world.

    y_n     = r_n + gamma c_n Q'(o'_n, argmax over legal a' of Q(o'_n, a'))    target network Q' (1)
    loss    = mean huber(Q(o_n, a_n) - y_n)                                                     (2)

c is 0 where nothing follows (gae.py); Q is that of q_learning.py.

Sources: Tan (1993), "Multi-agent reinforcement learning: independent vs. cooperative agents"; van
Hasselt et al. (2016), "Deep reinforcement learning with double Q-learning".
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import gae
from ..contract import Transition
from ..q_learning import QLearning, dueling
from ..replay import Experience


@dataclass(eq=False)
class IQL(QLearning):
    """Independent Q-learning with a double, dueling network."""

    _row_type = Experience

    @property
    def _row_agents(self) -> int:
        """One where the networks treat all agents alike, else all."""
        return self.q.row_sets.num_agents

    def _step(self, transition: Transition[np.ndarray]) -> Experience[np.ndarray]:
        view, following = transition.view, transition.next_view
        return Experience(
            observation=view.observation,
            action_mask=view.action_mask,
            alive=view.alive,
            action=transition.action,
            reward=transition.reward,
            continues=gae.continues(transition, self._at_horizon),
            next_observation=following.observation,
            next_action_mask=following.action_mask,
        )

    def _losses(self, rows: Experience[Tensor], seen: Tensor) -> Iterator[Tensor]:
        sets, size = self.q.row_sets, self.q.piece_rows
        weight = sets.mean_weight(rows.alive)
        pieces = zip(weight.split(size), *(x.split(size) for x in rows), strict=True)
        for weight, *piece in pieces:
            error, q, target = self._errors(rows._make(piece))
            with torch.no_grad():
                means = torch.stack([error, (q - target).abs(), q, target]) * weight
                seen += means.sum((1, 2)) / sets.num_sets
            yield (weight * error).sum()

    def _errors(self, rows: Experience[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """The huber loss of every agent [R, n], its Q and its target."""
        with torch.no_grad():
            following = self._following(rows).where(rows.continues, 0)
            target = rows.reward + self.discount * following
        q = dueling(self.q, rows.observation, rows.action_mask, rows.action)
        return F.huber_loss(q, target, reduction="none", delta=self.huber_delta), q, target
