"""What learners with a policy and a value network of its own have in common.

    A_n   = generalised advantage of r_n and V (gae.py)                                         (1)
    error = huber(V(o_n) - (A_n + V_old(o_n)))                    in units of a running norm    (2)

Whose reward r is, and what the critic is told besides the observation o, is for a subclass to say
(cooperative/central.py), as is what the policy makes of the advantage.

Sources: Konda and Tsitsiklis (2000), "Actor-critic algorithms"; Schulman et al. (2016),
"High-dimensional continuous control using generalized advantage estimation".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from . import gae
from .batch import Batch
from .checks import check_positive, check_shares
from .contract import Transition, View
from .critic import Critic
from .networks import Architecture, Heads
from .on_policy import OnPolicy
from .rollout import Steps
from .sharing import SetModule

LEAST_ADVANTAGE = 1e-3  # in deviations of values: where no action matters, errors are all there is


@dataclass(eq=False)
class ActorCritic(OnPolicy):
    """A policy, judged by a value network."""

    trace_decay: float = 0.9  # lambda of the generalised advantage, in [0, 1]
    huber_delta: float = 10.0  # value errors beyond it count linearly, in standard deviations
    bootstrap_at_horizon: bool | None = (
        None  # a cut episode has a value; None: unless time left is seen
    )

    def __post_init__(self):
        check_shares(trace_decay=self.trace_decay)
        check_positive(huber_delta=self.huber_delta)
        super().__post_init__()
        self._at_horizon = gae.bootstraps_at_horizon(self.sizes, self.bootstrap_at_horizon)

    def _critics(self, architecture: Architecture) -> Sequence[SetModule]:
        value = architecture.build(Heads(has_value=True))
        self.critic = Critic(value, self._sets, self._device)
        self._judge = self.critic  # who says what follows: itself, or one that lags behind it
        return [value]

    def _reward(self, transition: Transition[np.ndarray]) -> np.ndarray:
        """[B, N]: what the advantage is made of."""
        return transition.reward

    def _told(self, view: View[np.ndarray], action: np.ndarray) -> np.ndarray:
        """[B, 1 or N, C]: columns that only the critic reads; none."""
        del action
        return np.zeros((*view.alive.shape, 0), np.float32)

    def _fate(self, transition: Transition[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """[B, N]: is anything worth counting after the step, and does the next belong to it?"""
        is_linked = ~(transition.terminated | transition.truncated)
        return gae.continues(transition, self._at_horizon), is_linked

    def _worth(self, value: np.ndarray, alive: np.ndarray) -> np.ndarray:
        """[..., N]: what every seat counts on, given the critic's word and who is there."""
        del alive
        return value

    def _next_action(self, view: View[np.ndarray]) -> np.ndarray:
        """[B, N]: what a critic of actions is asked about after the last step; nothing here."""
        return np.zeros(view.alive.shape, np.int64)

    def _merit(self, batch: Batch, advantage: Tensor) -> Tensor:
        """[R, n]: what the policy is told of its actions, given the advantage of (1)."""
        del batch
        return advantage

    def _value(self, view: View[np.ndarray]) -> np.ndarray:
        """What the critic says of every seat, [B, N], in units of the reward.

        The view is joined with what is remembered; a critic of actions draws some for it.
        """
        action = self._next_action(view)
        told = self._told(view, action)
        batch = self._seen(view.observation, view.action_mask, action, told)
        return self._judge.value(batch).cpu().numpy().reshape(action.shape)

    def _value_after(self, transition: Transition[np.ndarray], is_wanted: np.ndarray) -> np.ndarray:
        """[B, N], 0 where it is not wanted: what the seats count on after a step."""
        value = np.zeros(is_wanted.shape, np.float32)
        chosen = is_wanted.any(1)
        if chosen.any():
            following = self._following(transition.next_view)
            goes_on = transition.view.alive & ~transition.terminated
            wanted = View(
                observation=following.observation[chosen],
                action_mask=following.action_mask[chosen],
                alive=goes_on[chosen],
                start=following.start[chosen],
                state=None if following.state is None else following.state[chosen],
            )
            value[chosen] = self._worth(self._value(wanted), goes_on[chosen])
        return value * is_wanted

    def _step(self, transition: Transition[np.ndarray]) -> Steps:
        continues, is_linked = self._fate(transition)
        plain = super()._step(transition)
        return plain._replace(
            reward=self._reward(transition),
            continues=continues,
            is_linked=is_linked,
            cut_value=self._value_after(transition, continues & ~is_linked),
            told=self._told(transition.view, transition.action),
        )

    def _batch(self, steps: Steps, last: Transition[np.ndarray]) -> tuple[Batch, dict[str, float]]:
        seen = self._seen(steps.observation, steps.action_mask, steps.action, steps.told)
        said = self._judge.value(seen).cpu().numpy().reshape(steps.reward.shape)
        value = self._worth(said, steps.alive)
        last_value = self._value_after(last, steps.continues[-1] & steps.is_linked[-1])
        after = np.concatenate([value[1:], last_value[None]])
        advantage = gae.advantages(
            steps.reward,
            value,
            np.where(steps.is_linked, after, steps.cut_value) * steps.continues,
            steps.is_linked,
            self.discount,
            self.trace_decay,
        )
        target, alive = value + advantage, self._rows(steps.alive)
        normalised = self.critic.normalised(self._rows(target), alive)
        merit = self._merit(seen, self.critic.scaled(self._rows(advantage)))
        merit = self._sets.standardised(merit, alive, LEAST_ADVANTAGE)
        known = self._rows(steps.log_prob), merit, normalised
        explained = gae.explained_variance(target[steps.alive], value[steps.alive])
        return seen._replace(known=torch.stack(known, -1)), {"explained_variance": explained}

    def _errors(self, piece: Batch) -> dict[str, Tensor]:
        value, target = self.critic(piece), piece.known[..., 2]
        error = F.huber_loss(value, target, reduction="none", delta=self.huber_delta)
        return {"value_loss": error}

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {**super().state_dict(), "critic": self.critic.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        super().load_state_dict(state)
        self.critic.load_state_dict(state["critic"])
