"""What learners of policies have in common: they learn from their own last steps, once.

    loss = - mean objective_n(pi(a_n | o_n), A_n) - entropy_bonus H(pi(. | o_n)) + errors_n     (1)

A_n says how much better the action was than expected, standardised over the living entries of a
set of weights. How it is found, what the objective makes of it, and what else has to fall (the
error of a critic, say) is the idea of each learner.

Source: Sutton et al. (2000), "Policy gradient methods for reinforcement learning with function
approximation".
"""

import abc
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from .actors import CategoricalActor
from .batch import Batch, Told
from .categorical import said_of
from .checks import check_finite, check_not_negative
from .contract import Transition, View
from .exploration import linear
from .network_learner import NetworkLearner
from .networks import Architecture, Heads
from .optimiser import SetAdam
from .recall import Recall, Single
from .rollout import Rollout, Steps
from .sharing import SetModule
from .tensors import copied, load_module, to_tensor


@dataclass(eq=False)
class OnPolicy(NetworkLearner, abc.ABC):
    """Learns a stochastic policy from whole rollouts of it."""

    shares_of_steps: ClassVar[Mapping[str, float]] = {"entropy_bonus_steps": 1.0}

    rollout_steps: int = 20  # steps of every environment between two updates
    entropy_bonus: float = 0.005  # weight of the entropy, in units of the normalised advantage
    entropy_bonus_end: float | None = None  # the same, at last; None: as at first
    entropy_bonus_steps: int = 200_000  # environment steps of that change; by default, all

    def __post_init__(self):
        super().__post_init__()
        end = self.entropy_bonus if self.entropy_bonus_end is None else self.entropy_bonus_end
        bonuses = {"entropy_bonus": self.entropy_bonus, "entropy_bonus_end": end}
        check_not_negative(**bonuses, entropy_bonus_steps=self.entropy_bonus_steps)
        check_finite(**bonuses)
        architecture = self._architecture()
        self.policy = architecture.build(Heads(has_scores=True, gain=0.01))
        self._sets = self.policy.row_sets
        self._visible: Tensor | None = None  # of what the critic is told (batch.py); None: all
        learnt = [self.policy, *self._critics(architecture.told_memory())]
        self._optimiser = SetAdam(learnt, self.gradient_norm)
        self._rollout = self._memory()
        self._rng = np.random.default_rng([self.seed, 0])
        self._player = CategoricalActor(self.policy, self._device, self._rng)
        self._log_prob = np.zeros(0)

    def _memory(self) -> Any:
        """Where steps wait until they are learnt from."""
        return Rollout(self.rollout_steps)

    def _critics(self, architecture: Architecture) -> Sequence[SetModule]:
        """The networks that are learnt besides the policy."""
        del architecture
        return ()

    @abc.abstractmethod
    def _batch(self, steps: Steps, last: Transition[np.ndarray]) -> tuple[Batch, dict[str, float]]:
        """A rollout, which ends with `last`, as rows; and what is worth plotting of it."""

    @abc.abstractmethod
    def _objective(
        self, log_prob: Tensor, old_log_prob: Tensor, advantage: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """What the policy shall raise, and what is worth plotting of it; all are [R, n]."""

    def _errors(self, piece: Batch) -> dict[str, Tensor]:
        """What shall fall besides, by the names of their tags; each [R, n]."""
        del piece
        return {}

    def _minibatches(self, units: np.ndarray, unit_steps: int) -> Iterator[Tensor]:
        """What each gradient step of an update is made of: some of the units (recall.py)."""
        del unit_steps
        yield to_tensor(units, self._device)

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
        self._rollout.add(self._step(transition))
        self.env_steps += len(transition.action)
        if not self._rollout.is_full:
            return {}
        return self._update(self._rollout.take(), transition)

    def _step(self, transition: Transition[np.ndarray]) -> Steps:
        """What is remembered of a step; nothing is worth counting after it."""
        view, alive, live = transition.view, transition.view.alive, self._player.memory
        nothing = np.zeros((*alive.shape, 0), np.float32)
        observation, before = view.observation, nothing
        if self.memory_size:
            before, now = live.before.numpy(force=True), live.now.numpy(force=True)
            observation = np.concatenate([observation, now], -1)
        return Steps(
            observation=observation,
            action_mask=view.action_mask,
            alive=alive,
            action=transition.action,
            log_prob=self._log_prob,
            reward=transition.reward,
            continues=np.zeros_like(alive),
            is_linked=~(transition.terminated | transition.truncated),
            cut_value=np.zeros(alive.shape, np.float32),
            start=view.start,
            memory=before,
            told=nothing,
        )

    def _following(self, view: View[np.ndarray]) -> View[np.ndarray]:
        """What follows the last step, with what the policy would remember there."""
        if self.memory_size == 0:
            return view
        told = (to_tensor(x, self._device) for x in (view.observation, view.action_mask))
        seen = self._player.memory.foresee(*told)
        return view._replace(observation=seen.numpy(force=True))

    def _update(self, steps: Steps, last: Transition[np.ndarray]) -> dict[str, float]:
        batch, metrics = self._batch(steps, last)
        alive, memory = self._rows(steps.alive), self.policy.memory
        lesson = Single(batch, alive) if memory is None else Recall(memory, steps, batch, alive)
        total: dict[str, Tensor] = {}
        norms: list[Tensor] = []
        for chosen in self._minibatches(lesson.units, lesson.unit_steps):
            norms.append(self._optimiser.step(self._losses(lesson, chosen, total), self.rate))
        count = self._sets.num_sets * len(norms)
        return {name: (x / count).item() for name, x in total.items()} | {
            **metrics,
            "gradient_norm": torch.stack(norms).mean().item(),
            "learning_rate": self.rate,
        }

    def _losses(
        self, lesson: Single | Recall, chosen: Tensor, total: dict[str, Tensor]
    ) -> Iterator[Tensor]:
        """Those of a minibatch, in pieces."""
        batch, rows, alive, past = lesson.take(chosen)
        weight, size = self._sets.mean_weight(alive), self.policy.piece_rows
        for part, of_part in zip(rows.split(size), weight.split(size), strict=True):
            yield self._loss(batch.at(part), of_part, total)
        yield from past

    def _loss(self, piece: Batch, weight: Tensor, total: dict[str, Tensor]) -> Tensor:
        """Equation (1) on some rows; adds what is worth plotting to `total`."""
        old_log_prob, advantage = piece.known[..., 0], piece.known[..., 1]
        scores = self.policy(piece.observation, piece.action_mask).scores
        log_prob, entropy = said_of(scores, piece.action_mask, piece.action)
        log_prob = log_prob.where(weight > 0, old_log_prob)  # the dead do anything
        gain, others = self._objective(log_prob, old_log_prob, advantage)
        errors = self._errors(piece._replace(observation=piece.observation.detach()))
        with torch.no_grad():
            seen = {"policy_loss": -gain, **errors, "entropy": entropy, **others}
            means = torch.stack(list(seen.values())).flatten(1) @ weight.flatten()
            for name, mean in zip(seen, means, strict=True):
                total[name] = total[name] + mean if name in total else mean
        return (weight * (sum(errors.values()) - gain - self.bonus * entropy)).sum()

    @property
    def bonus(self) -> float:
        """Today's weight of the entropy."""
        first, last = self.entropy_bonus, self.entropy_bonus_end
        if last is None:
            return first
        return linear(first, last, self.entropy_bonus_steps, self.env_steps)

    def _seen(
        self,
        observation: np.ndarray,  # [..., N, S]
        action_mask: np.ndarray,  # [..., N, A]
        action: np.ndarray,  # [..., N]
        told: np.ndarray,  # [..., 1 or N, C], for the critic
    ) -> Batch:
        """Rows of which no more is known."""
        *_, told_agents, num_columns = told.shape
        width = min(told_agents, self._sets.num_agents)
        num_rows = math.prod(told.shape[:-1]) // width
        columns = told.reshape(num_rows, width, num_columns)  # there may be none to count
        played = self._rows(action)
        return Batch(
            observation=self._rows(observation, observation.shape[-1]),
            action_mask=self._rows(action_mask, action_mask.shape[-1]),
            action=played,
            told=Told(
                columns=to_tensor(columns, self._device),
                repeat=len(played) // len(columns),
                visible=self._visible,
            ),
            known=torch.empty(*played.shape, 0, device=self._device),
        )

    def _rows(self, array: np.ndarray, *columns: int) -> Tensor:
        """[..., N, columns] as rows of n agents."""
        return to_tensor(array.reshape(-1, self._sets.num_agents, *columns), self._device)

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {
            **self.weights(),
            **({"memory": self._player.memory.state_dict()} if self.memory_size else {}),
            "optimiser": self._optimiser.state_dict(),
            "rollout": self._rollout.state_dict(),
            "rng": self._rng.bit_generator.state,
            "env_steps": self.env_steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        self.load_weights(state)
        if self.memory_size:
            self._player.memory.load_state_dict(state["memory"])
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
