"""Independent PPO: every agent runs proximal policy optimisation on its own observations.

    ratio_n  = pi(a_n | o_n) / pi_old(a_n | o_n)
    policy   = -mean min(ratio A, clip(ratio, 1 - clip, 1 + clip) A) - entropy_bonus H(pi)      (1)
    value    =  mean huber(V(o_n) - (A + V_old(o_n)))             in units of a running norm    (2)

A is the generalised advantage (gae.py), normalised over the living entries of a set of weights.
Policy and value have networks of their own.

Sources: Schulman et al. (2017), "Proximal policy optimization algorithms"; de Witt et al. (2020),
"Is independent learning all you need in the StarCraft multi-agent challenge?".
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import gae
from ..actors import CategoricalActor
from ..checks import check_finite, check_not_negative, check_positive, check_shares
from ..contract import Sizes, Transition, View
from ..critic import Critic
from ..exploration import linear
from ..networks import Architecture, Body, Heads
from ..optimiser import SetAdam
from ..rollout import Rollout, Steps
from ..sharing import Sharing
from ..tensors import copied, find_device, load_module, log_probabilities, to_tensor


class Batch(NamedTuple):
    """R rows of n agents to learn from; n is 1 where the networks treat all agents alike.

    What is gathered together lies together: a gradient step makes many small calls.
    """

    observation: Tensor  # [R, n, S]
    action_mask: Tensor  # [R, n, A]
    action: Tensor  # [R, n] int64
    known: Tensor  # [R, n, 3]: log-probability when it acted; advantage and target, normalised


MEASURED = ("policy_loss", "value_loss", "entropy", "clip_fraction", "approx_kl")


@dataclass(eq=False)
class IPPO:
    """Independent proximal policy optimisation."""

    sizes: Sizes
    seed: int = 0
    sharing: Sharing = "all"  # of weights between agents: none, all, or a group id for each
    body: Body = "auto"  # of the networks: candidates, flat, or auto: candidates where possible
    hidden_size: int = 48  # neurons in a hidden layer
    num_layers: int = 2  # hidden layers
    agent_id: bool | None = None  # shared weights are told whom they play; None: if few and fixed
    rollout_steps: int = 20  # steps of every environment between two updates
    num_epochs: int = 3  # passes over a rollout
    minibatch_size: int = 4096  # agent-steps of one gradient step
    learning_rate: float = 1e-3  # of Adam, at first
    learning_rate_end: float = 1e-4  # of Adam, at last
    learning_rate_steps: int = 200_000  # environment steps of that change; set it with --steps
    discount: float = 0.99  # gamma, in [0, 1], per step
    trace_decay: float = 0.9  # lambda of the generalised advantage, in [0, 1]
    clip: float = 0.2  # largest useful change of a probability ratio
    entropy_bonus: float = 0.005  # weight of the entropy, in units of the normalised advantage
    huber_delta: float = 10.0  # value errors beyond it count linearly, in standard deviations
    gradient_norm: float = 10.0  # gradients are clipped to it, per network and set of weights
    bootstrap_at_horizon: bool | None = (
        None  # a cut episode has a value; None: unless time left is seen
    )
    device: str = "cpu"  # or cuda

    def __post_init__(self):
        check_shares(discount=self.discount, trace_decay=self.trace_decay)
        check_positive(
            num_epochs=self.num_epochs,
            minibatch_size=self.minibatch_size,
            learning_rate=self.learning_rate,
            clip=self.clip,
            huber_delta=self.huber_delta,
            gradient_norm=self.gradient_norm,
        )
        check_not_negative(
            learning_rate_end=self.learning_rate_end,
            learning_rate_steps=self.learning_rate_steps,
            entropy_bonus=self.entropy_bonus,
        )
        check_finite(
            learning_rate=self.learning_rate,
            learning_rate_end=self.learning_rate_end,
            entropy_bonus=self.entropy_bonus,
        )
        self._device = find_device(self.device)
        architecture = Architecture.of(self, self._device)
        self.policy = architecture.build(Heads(has_scores=True, gain=0.01))
        value = architecture.build(Heads(has_value=True))
        self._sets = self.policy.row_sets
        self.critic = Critic(value, self._sets, self._device)
        self._optimiser = SetAdam([self.policy, value], self.gradient_norm)
        self._rollout = Rollout(self.rollout_steps)
        self._at_horizon = gae.bootstraps_at_horizon(self.sizes, self.bootstrap_at_horizon)
        self._rng = np.random.default_rng([self.seed, 0])
        self._player = CategoricalActor(self.policy, self._device, self._rng)
        self._log_prob = np.zeros(0)
        self.env_steps = 0

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Draws from the policy if `explore`, else its most likely action."""
        if not explore:
            return self._player.act(view, explore=False)
        action, self._log_prob = self._player.draw(view)
        return action

    def actor(self) -> CategoricalActor:
        """Plays with the present weights and a stream of its own."""
        return CategoricalActor(self.policy, self._device, np.random.default_rng([self.seed, 1]))

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Remembers the step; updates once `rollout_steps` of them have come together."""
        view, continues = transition.view, gae.continues(transition, self._at_horizon)
        step = Steps(
            observation=view.observation,
            action_mask=view.action_mask,
            alive=view.alive,
            action=transition.action,
            log_prob=self._log_prob,
            reward=transition.reward,
            continues=continues,
            is_linked=~(transition.terminated | transition.truncated),
            cut_value=self.critic.value_where(
                transition.truncated & continues, transition.next_view
            ),
        )
        self._rollout.add(step)
        self.env_steps += len(transition.action)
        if not self._rollout.is_full:
            return {}
        last_value = self.critic.value_where(np.ones_like(continues), transition.next_view)
        return self._update(self._rollout.take(), last_value)

    def _update(self, steps: Steps, last_value: np.ndarray) -> dict[str, float]:
        batch, alive, explained = self._batch(steps, last_value)
        rows = np.flatnonzero(alive.numpy(force=True).any(1))
        size = self.policy.piece_rows
        num_minibatches = max(1, round(len(rows) * self._sets.num_agents / self.minibatch_size))
        rate = linear(
            self.learning_rate, self.learning_rate_end, self.learning_rate_steps, self.env_steps
        )
        total = torch.zeros(len(MEASURED), device=self._device)
        norms = []
        for _ in range(self.num_epochs):
            shuffled = to_tensor(self._rng.permutation(rows), self._device)
            for chosen in shuffled.tensor_split(num_minibatches):
                weight = self._sets.mean_weight(alive.index_select(0, chosen))
                pieces = zip(chosen.split(size), weight.split(size), strict=True)
                losses = (self._loss(batch, rows, weight, total) for rows, weight in pieces)
                norms.append(self._optimiser.step(losses, rate))
        means = total / (self._sets.num_sets * len(norms))
        return dict(zip(MEASURED, means.tolist(), strict=True)) | {
            "explained_variance": explained,
            "gradient_norm": torch.stack(norms).mean().item(),
            "learning_rate": rate,
        }

    def _loss(self, batch: Batch, rows: Tensor, weight: Tensor, total: Tensor) -> Tensor:
        """Equations (1) and (2) on some `rows`; adds what is worth plotting to `total`."""
        observation, action_mask, action, known = (x.index_select(0, rows) for x in batch)
        old_log_prob, advantage, target = known.unbind(-1)
        scores = self.policy(observation, action_mask).scores
        log_probability = log_probabilities(scores, action_mask)  # [A, R, n]
        log_prob = log_probability.gather(0, action[None]).squeeze(0)
        log_ratio = (log_prob - old_log_prob).where(weight > 0, 0)  # the dead do anything
        ratio = log_ratio.exp()
        clipped = ratio.clamp(1 - self.clip, 1 + self.clip)
        gain = torch.minimum(ratio * advantage, clipped * advantage)
        probability = log_probability.clamp(min=-80).exp()  # exp is slow where it underflows
        entropy = -(probability * log_probability).sum(0)
        value = self.critic(observation, action_mask)
        error = F.huber_loss(value, target, reduction="none", delta=self.huber_delta)
        with torch.no_grad():
            kl = ratio - 1 - log_ratio
            seen = torch.stack([-gain, error, entropy, (ratio != clipped).float(), kl])
            total += (seen * weight).sum((1, 2))
        return (weight * (error - gain - self.entropy_bonus * entropy)).sum()

    def _batch(self, steps: Steps, last_value: np.ndarray) -> tuple[Batch, Tensor, float]:
        """A rollout as rows; who of [R, n] was alive; the share of the targets explained."""

        def rows(array: np.ndarray, *columns: int) -> Tensor:
            return to_tensor(array.reshape(-1, self._sets.num_agents, *columns), self._device)

        observation = rows(steps.observation, self.sizes.observation_size)
        action_mask = rows(steps.action_mask, self.sizes.num_actions)
        alive = rows(steps.alive)
        value = self.critic.value(observation, action_mask).cpu().numpy()
        value = value.reshape(steps.reward.shape)
        after = np.concatenate([value[1:], last_value[None]])
        advantage = gae.advantages(
            steps.reward,
            value,
            np.where(steps.is_linked, after, steps.cut_value) * steps.continues,
            steps.is_linked,
            self.discount,
            self.trace_decay,
        )
        target = value + advantage
        known = (
            rows(steps.log_prob),
            self._sets.standardised(rows(advantage), alive),
            self.critic.normalised(rows(target), alive),
        )
        batch = Batch(observation, action_mask, rows(steps.action), torch.stack(known, -1))
        return batch, alive, gae.explained_variance(target[steps.alive], value[steps.alive])

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {
            **self.weights(),
            "critic": self.critic.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "rollout": self._rollout.state_dict(),
            "rng": self._rng.bit_generator.state,
            "env_steps": self.env_steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.load_weights(state)
        self.critic.load_state_dict(state["critic"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._rollout.load_state_dict(state["rollout"])
        self._rng.bit_generator.state = state["rng"]
        self.env_steps = state["env_steps"]

    def weights(self) -> dict[str, Any]:
        """What decides how it plays."""
        return {"policy": copied(self.policy.state_dict())}

    def load_weights(self, state: dict[str, Any]) -> None:
        """The exact inverse of `weights`."""
        load_module(self.policy, state["policy"])
