"""Value decomposition: the value of a joint action is the sum of what each agent says of its own.

    Q_tot(o, a) = sum over living n of Q(o_n, a_n)                                              (1)
    y           = r + gamma sum over n that go on of Q'(o'_n, argmax over legal a' of Q(o'_n, a'))
    loss        = mean huber(Q_tot(o, a) - y),      r = mean payoff over all N seats            (2)

The greedy joint action is what each agent finds best alone, so that acting needs no communication;
through (2) an agent's Q is what it adds to the team. Q is that of q_learning.py; nothing follows
an agent that left, and the team goes on while anybody does.

Source: Sunehag et al. (2018), "Value-decomposition networks for cooperative multi-agent learning
based on team reward".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import gae
from ..contract import Transition
from ..q_learning import QLearning, dueling
from .team import TeamExperience, remembered


@dataclass(eq=False)
class VDN(QLearning):
    """Value decomposition with double, dueling networks."""

    is_cooperative: ClassVar[bool] = True  # trains on the mean payoff, whatever the rewards are
    _row_type = TeamExperience

    @property
    def _row_agents(self) -> int:
        return self.sizes.num_agents

    def _step(self, transition: Transition[np.ndarray]) -> TeamExperience[np.ndarray]:
        return remembered(transition, gae.continues(transition, self._at_horizon))

    def _losses(self, rows: TeamExperience[Tensor], seen: Tensor) -> Iterator[Tensor]:
        num_rows = len(rows.reward)
        size = max(1, self.q.piece_rows * self.q.row_sets.num_agents // self.sizes.num_agents)
        for piece in zip(*(x.split(size) for x in rows), strict=True):
            error, q, target = self._errors(rows._make(piece))
            with torch.no_grad():
                seen += torch.stack([error, (q - target).abs(), q, target]).sum(1) / num_rows
            yield error.sum() / num_rows

    def _errors(self, rows: TeamExperience[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """The huber loss of every row [R], its Q_tot and its target."""
        with torch.no_grad():
            following = self._following(rows).where(rows.continues, 0)
            following = self._total(following, rows.next_state, is_target=True)
            target = rows.reward + self.discount * following * rows.continues.any(1)
        q = dueling(self.q, rows.observation, rows.action_mask, rows.action)
        q = self._total(q.where(rows.alive, 0), rows.state, is_target=False)
        return F.huber_loss(q, target, reduction="none", delta=self.huber_delta), q, target

    def total(self, q: Tensor, state: Tensor) -> Tensor:
        """Q_tot [R] of the values [R, N] of all agents, 0 for who is not there, in a state."""
        return self._total(q, state, is_target=False)

    def _total(self, q: Tensor, state: Tensor, *, is_target: bool) -> Tensor:
        """Equation (1) of Q [R, N], which is 0 for who is not there, or of Q': [R]."""
        del state, is_target  # for mixtures of other kinds
        return q.sum(1)
