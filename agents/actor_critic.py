"""What learners with a policy and a value network of its own have in common.

    A_n   = generalised advantage of r_n and V (gae.py)                                         (1)
    error = huber(V(o_n) - (A_n + V_old(o_n)))                    in units of a running norm    (2)

Whose reward r is, and what the critic sees instead of the observation o, is for a subclass to say
(team_critic.py), as is what the policy makes of the advantage.

Sources: Konda and Tsitsiklis (2000), "Actor-critic algorithms"; Schulman et al. (2016),
"High-dimensional continuous control using generalized advantage estimation".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from . import gae
from .checks import check_positive, check_shares
from .contract import Transition, View
from .critic import Critic
from .networks import Architecture, Heads
from .on_policy import Batch, OnPolicy
from .rollout import Steps
from .sharing import SetModule


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
        return [value]

    def _told(self, view: View[np.ndarray]) -> np.ndarray:
        """[B, N or 1, C]: columns that only the critic sees; none."""
        return np.zeros((*view.alive.shape, 0), np.float32)

    def _critic_sees(self, observation: np.ndarray, told: np.ndarray) -> np.ndarray:
        """What was observed [..., N, S] and what is `told` [..., N or 1, C] in one."""
        if told.shape[-1] == 0:
            return observation
        told = np.broadcast_to(told, (*observation.shape[:-1], told.shape[-1]))
        return np.concatenate([observation, told], -1)

    def _fate(self, transition: Transition[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Whether anything is worth counting after the step, and whether the next belongs to it."""
        is_linked = ~(transition.terminated | transition.truncated)
        return gae.continues(transition, self._at_horizon), is_linked

    def _worth(self, value: np.ndarray, alive: np.ndarray) -> np.ndarray:
        """[..., N]: what each seat counts on, given the critic's word and who is there."""
        del alive
        return value

    def _value_after(self, transition: Transition[np.ndarray], is_wanted: np.ndarray) -> np.ndarray:
        """[B, N], 0 where it is not wanted: the value of what followed a step."""
        following = transition.next_view
        seen = self._critic_sees(following.observation, self._told(following))
        value = self.critic.value_where(is_wanted, following._replace(observation=seen))
        return self._worth(value, transition.view.alive & ~transition.terminated)

    def _step(self, transition: Transition[np.ndarray]) -> Steps:
        continues, is_linked = self._fate(transition)
        return (
            super()
            ._step(transition)
            ._replace(
                continues=continues,
                is_linked=is_linked,
                cut_value=self._value_after(transition, continues & ~is_linked),
                told=self._told(transition.view),
            )
        )

    def _batch(self, steps: Steps, last: Transition[np.ndarray]) -> tuple[Batch, dict[str, float]]:
        seen = self._critic_sees(steps.observation, steps.told)
        rows = self._rows(seen, seen.shape[-1])
        mask = self._rows(steps.action_mask, steps.action_mask.shape[-1])
        value = self.critic.value(rows, mask).cpu().numpy().reshape(steps.reward.shape)
        value = self._worth(value, steps.alive)
        last_value = self._value_after(last, np.ones_like(steps.continues[-1]))
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
        batch = self._joined(
            steps,
            self._sets.standardised(self._rows(advantage), alive),
            self.critic.normalised(self._rows(target), alive),
            critic_sees=rows if steps.told.shape[-1] else None,
        )
        explained = gae.explained_variance(target[steps.alive], value[steps.alive])
        return batch, {"explained_variance": explained}

    def _errors(self, piece: Batch) -> dict[str, Tensor]:
        seen = piece.observation if piece.critic_sees is None else piece.critic_sees
        value = self.critic(seen, piece.action_mask)
        target = piece.known[..., 2]
        error = F.huber_loss(value, target, reduction="none", delta=self.huber_delta)
        return {"value_loss": error}

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {**super().state_dict(), "critic": self.critic.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        super().load_state_dict(state)
        self.critic.load_state_dict(state["critic"])
