"""MADDPG: a central critic knows what all do, and every policy climbs it by its own action.

    a_n    = one-hot of argmax u_n,   u_n = softmax(log pi(. | o_n) + g),  g Gumbel noise       (1)
    y_n    = r + gamma Q'_n(s', o'_n, a'_1, ..., a'_N),   a'_m = argmax of the target policy    (2)
    critic = mean huber(Q_n(s, o_n, a_1, ..., a_N) - y_n),     r = mean payoff over all N seats
    policy = - mean Q_n(s, o_n, a_1, ..., a_n of (1), ..., a_N) + rho mean score_n^2            (3)

Actions are discrete, and no gradient passes an argmax: in (3) it passes it straight through, as if
a_n were u_n. The others' actions are those that were played. Illegal actions are in no softmax.
Play is (1) as well, which is to draw from pi; evaluation takes the most likely action.

A team goes on while anybody does: who left counts in (2) on the mean Q' of those who go on. Own
actions are columns of their candidates, where there are any, those of others are columns of the
agent. Their slots mean what s says of their slates.

Sources: Lowe et al. (2017), "Multi-agent actor-critic for mixed cooperative-competitive
environments"; Jang et al. (2017), "Categorical reparameterization with Gumbel-softmax"; rho and the
hard samples are those of Papoudakis et al. (2021), "Benchmarking multi-agent deep reinforcement
learning algorithms in cooperative tasks".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Categorical
from torch.nn import functional as F

from .. import gae
from ..actors import CategoricalActor
from ..checks import check_not_negative
from ..contract import Sizes, Transition, View
from ..memory import LiveMemory
from ..networks import Architecture, Heads, Network
from ..replayed import ReplayLearner
from ..sharing import SetModule
from ..tensors import only_legal, to_tensor
from ..wider import add_to_candidates, joined, with_agent_columns, with_candidate_columns
from .team import TeamExperience, check_state, remembered


@dataclass(eq=False)
class MADDPG(ReplayLearner):
    """Multi-agent deterministic policy gradient with straight-through Gumbel-softmax."""

    is_central: ClassVar[bool] = True  # learns with the global state, acts without
    is_cooperative: ClassVar[bool] = True  # trains on the mean payoff, whatever the rewards are
    _row_type = TeamExperience
    _plays = "policy"
    _measured = ("loss", "td_error", "q", "target", "policy_loss", "entropy")

    score_penalty: float = 1e-3  # rho: keeps scores small, and so the policy from being certain

    def __post_init__(self):
        check_not_negative(score_penalty=self.score_penalty)
        check_state(self)
        super().__post_init__()
        self._player = CategoricalActor(self.policy, self._device, self._rng)

    def _networks(self, architecture: Architecture) -> dict[str, tuple[SetModule, SetModule]]:
        self._critic_sees = critic_sizes(self.sizes, self.memory_size)
        central = replace(architecture, sizes=self._critic_sees, memory_size=0)
        policies = Heads(has_scores=True, gain=0.01)
        self.policy, self.target_policy = (architecture.build(policies) for _ in range(2))
        self.critic, self.target_critic = (central.build(Heads(has_value=True)) for _ in range(2))
        return {
            "policy": (self.policy, self.target_policy),
            "critic": (self.critic, self.target_critic),
        }

    @property
    def _row_agents(self) -> int:
        return self.sizes.num_agents

    @property
    def _live(self) -> LiveMemory:
        return self._player.memory

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Draws from the policy if `explore`, else its most likely action."""
        return self._player.act(view, explore=explore)

    def actor(self) -> CategoricalActor:
        """Plays with the present weights and a stream of its own."""
        return CategoricalActor(self.policy, self._device, np.random.default_rng([self.seed, 1]))

    def _step(self, transition: Transition[np.ndarray]) -> TeamExperience[np.ndarray]:
        return remembered(transition, gae.continues(transition, self._at_horizon))

    def _losses(self, rows: TeamExperience[Tensor], seen: Tensor) -> Iterator[Tensor]:
        sets, num_agents = self.critic.sets, self.sizes.num_agents
        size = max(1, self.critic.piece_rows * self.critic.row_sets.num_agents // num_agents)
        weight = sets.mean_weight(rows.alive)
        pieces = zip(weight.split(size), *(x.split(size) for x in rows), strict=True)
        for weight, *piece in pieces:
            losses, measured = self._errors(rows._make(piece))
            with torch.no_grad():
                seen += (torch.stack(measured) * weight).sum((1, 2)) / sets.num_sets
            yield (weight * losses).sum()

    def _errors(self, rows: Any) -> tuple[Tensor, list[Tensor]]:
        """The losses of (3) of every agent [R, N], added up, and what is `_measured`."""
        with torch.no_grad():
            target = self._target(rows)
        # the critic does not train what the policies remember
        seen, played = rows.observation.detach(), one_hot(rows.action, rows.action_mask, rows.alive)
        step = Joint(seen, rows.action_mask, played, rows.state)
        q = self._judged(self.critic, step, played)
        error = F.huber_loss(q, target, reduction="none", delta=self.huber_delta)

        scores = self.policy(rows.observation, rows.action_mask).scores
        legal = rows.action_mask.float()
        noise = self._rng.gumbel(size=tuple(scores.shape)).astype(np.float32)
        drawn = straight_through(only_legal(scores, rows.action_mask) + to_tensor(noise, q.device))
        own = drawn.detach().requires_grad_()
        worth = self._judged(self.critic, step, own)
        (slope,) = torch.autograd.grad(worth.sum(), own)  # of Q_n, by a_n alone
        penalty = (scores.square() * legal).sum(-1) / legal.sum(-1).clamp(min=1)
        climb = self.score_penalty * penalty - (slope * drawn).sum(-1)

        entropy = Categorical(logits=only_legal(scores.detach(), rows.action_mask)).entropy()
        policy_loss = self.score_penalty * penalty - worth
        return error + climb, [error, (q - target).abs(), q, target, policy_loss, entropy]

    def _target(self, rows: Any) -> Tensor:
        """Equation (2), [R, N]."""
        goes_on, mask, seen = rows.continues, rows.next_action_mask, self._target_sees(rows)
        best = only_legal(self.target_policy(seen, mask).scores, mask).argmax(-1)
        played = one_hot(best, mask, goes_on)
        step = Joint(seen, mask, played, rows.next_state)
        q = self._judged(self.target_critic, step, played).where(goes_on, 0)
        mean = q.sum(1, keepdim=True) / goes_on.sum(1, keepdim=True).clamp(min=1)
        return rows.reward.unsqueeze(1) + self.discount * q.where(goes_on, mean)

    def _judged(self, critic: Network, step: "Joint", own: Tensor) -> Tensor:
        """Q [R, N] where each agent plays `own` [R, N, A] and the others what they played."""
        num_agents = own.shape[1]
        is_other = 1 - torch.eye(num_agents, device=own.device).unsqueeze(-1)
        others = step.played.unsqueeze(1) * is_other  # [R, N, N, A]
        state = step.state.unsqueeze(1).expand(-1, num_agents, -1)
        seen = step.observation
        if self.sizes.layout is not None:
            seen = add_to_candidates(seen, own[..., :-1].unsqueeze(-1), self.sizes)
        return critic(joined(seen, own, others.flatten(2), state), step.action_mask).value


class Joint(NamedTuple):
    """R steps of a team, as a critic is asked about them."""

    observation: Tensor  # [R, N, S]
    action_mask: Tensor  # [R, N, A]
    played: Tensor  # [R, N, A] float32: one-hot, 0 for who is not there
    state: Tensor  # [R, G]


def critic_sizes(sizes: Sizes, memory_size: int) -> Sizes:
    """Of what the critic of an agent reads, in this order; the order of `_judged`."""
    num_agents, num_actions = sizes.num_agents, sizes.num_actions
    central = {"own": num_actions, "others": num_agents * num_actions, "state": sizes.state_size}
    if memory_size:
        central = {"memory": memory_size, **central}
    if sizes.layout is not None:
        sizes = with_candidate_columns(sizes, picked=1)
    return with_agent_columns(sizes, **central)


def one_hot(action: Tensor, action_mask: Tensor, alive: Tensor) -> Tensor:
    """[R, N] -> [R, N, A] float32, 0 for who is not there; of as many actions as the mask has."""
    return F.one_hot(action, action_mask.shape[-1]).float() * alive.unsqueeze(-1)


def straight_through(scores: Tensor) -> Tensor:
    """One-hot of the highest score [..., A], with the gradient of their softmax."""
    soft = scores.softmax(-1)
    hard = F.one_hot(scores.argmax(-1), scores.shape[-1]).float()
    return hard + (soft - soft.detach())
