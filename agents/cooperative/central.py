"""A critic that sees the global state and judges for the whole team.

    r = mean payoff over all N seats                                                            (1)
    V(o_n, s): what the team is still paid, as seen from seat n                                 (2)

The policies see no state: they act without it. The team goes on while anybody does, and what it is
paid later counts for every action before, also for the last one of an agent that leaves: a seat
that was left counts on the mean of what the critic says for those who are still there. It has no
part in any gradient.

Sources: Lowe et al. (2017), "Multi-agent actor-critic for mixed cooperative-competitive
environments"; Yu et al. (2022), "The surprising effectiveness of PPO in cooperative multi-agent
games", for o_n beside s.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from ..contract import Transition, View
from ..networks import Architecture
from ..sharing import SetModule
from ..wider import with_agent_columns
from .team import check_state, scaled

_Learner: Any = object  # whatever `CentralCritic` comes before; as a base, it would set constants


class CentralCritic(_Learner):
    """Comes before the actor-critic whose critic is to be the team's; its constants are that's."""

    is_central: ClassVar[bool] = True  # learns with the global state, acts without
    is_cooperative: ClassVar[bool] = True  # trains on the mean payoff, whatever the rewards are

    def _critics(self, architecture: Architecture) -> Sequence[SetModule]:
        return super()._critics(self._wider(architecture))

    def _wider(self, architecture: Architecture, **more: int) -> Architecture:
        """For networks that also read the state, and `more` columns: name -> number."""
        check_state(self)
        sizes = with_agent_columns(architecture.sizes, state=self.sizes.state_size, **more)
        return replace(architecture, sizes=sizes)

    def _told(self, view: View[np.ndarray], action: np.ndarray) -> np.ndarray:
        del action
        return self._state(view)[:, None]

    def _state(self, view: View[np.ndarray]) -> np.ndarray:
        """The state as the critic reads it, [B, G]."""
        assert view.state is not None  # an environment with state_size > 0 has one
        return scaled(view.state)

    def _reward(self, transition: Transition[np.ndarray]) -> np.ndarray:
        payoff = transition.payoff
        return np.broadcast_to(payoff.mean(1, keepdims=True), payoff.shape)

    def _fate(self, transition: Transition[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        continues, is_linked = super()._fate(transition)
        return self._anybody(transition, continues), self._anybody(transition, is_linked)

    def _anybody(self, transition: Transition[np.ndarray], is_so: np.ndarray) -> np.ndarray:
        """[B, N]: is it so of anybody who was there?"""
        alive = transition.view.alive
        return np.broadcast_to((alive & is_so).any(1, keepdims=True), alive.shape)

    def _worth(self, value: np.ndarray, alive: np.ndarray) -> np.ndarray:
        count = alive.sum(-1, keepdims=True).clip(1)
        mean = np.where(alive, value, 0).sum(-1, keepdims=True) / count
        return np.where(alive, value, mean).astype(np.float32)
