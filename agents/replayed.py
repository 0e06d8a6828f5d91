"""What learners from a replay have in common: rows, target networks, their pace, exact resume.

Updates keep pace with experience: each agent-transition is replayed `replay_ratio` times on
average, however many environments deliver them. What a row of the replay holds, which networks
there are and what they have to learn from it, is the idea of each learner.

Source: Mnih et al. (2015), "Human-level control through deep reinforcement learning".
"""

import abc
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from . import gae
from .checks import check_finite, check_not_negative, check_positive, check_shares
from .contract import Transition
from .memory import LiveMemory, Memory
from .network_learner import NetworkLearner
from .networks import Architecture
from .optimiser import SetAdam
from .replay import Replay
from .sequences import Sequences
from .sharing import SetModule
from .tensors import copied, load_module, move_towards, to_tensor


@dataclass(eq=False)
class ReplayLearner(NetworkLearner, abc.ABC):
    """Learns from a replay; a subclass says with which networks, from which rows, and what."""

    _row_type: ClassVar[Any]  # of the replay, a named tuple
    _plays: ClassVar[str]  # name of the network that decides how it plays
    _measured: ClassVar[tuple[str, ...]]  # metrics of an update

    sequence_steps: int = 16  # of a row of the replay, with a memory: as far back as it learns
    burn_in: int = 4  # steps before them that only bring the memory up to date
    replay_capacity: int = 200_000  # agent-transitions
    replay_ratio: float = 4.0  # times a transition is replayed on average
    batch_size: int = 2048  # agent-transitions of one gradient step
    warmup: int = 10_000  # agent-transitions before the first gradient step
    target_rate: float = 0.01  # share of a network that moves into its target; 1 is a hard copy
    target_period: int = 1  # gradient steps between two moves
    huber_delta: float = 1.0  # errors beyond it count linearly, in units of the reward
    bootstrap_at_horizon: bool | None = (
        None  # a cut episode has a value; None: unless time left is seen
    )

    def __post_init__(self):
        super().__post_init__()
        check_shares(target_rate=self.target_rate)
        check_positive(
            batch_size=self.batch_size,
            target_period=self.target_period,
            huber_delta=self.huber_delta,
        )
        check_not_negative(replay_ratio=self.replay_ratio, warmup=self.warmup)
        check_finite(replay_ratio=self.replay_ratio)
        self._pairs = self._networks(self._architecture())
        for online, target in self._pairs.values():
            target.requires_grad_(False)
            target.load_state_dict(online.state_dict())
        learnt = [online for online, _ in self._pairs.values()]
        self._optimiser = SetAdam(learnt, self.gradient_norm)
        self._sequences = self._row_sequences()
        row_type = self._sequences.row_type if self._sequences else self._row_type
        self._replay = Replay(self.replay_capacity, self._row_agents, row_type, self._row_steps)
        self._at_horizon = gae.bootstraps_at_horizon(self.sizes, self.bootstrap_at_horizon)
        self._rng = np.random.default_rng([self.seed, 0])
        self.updates = 0
        self._due = 0.0  # agent-transitions yet to be replayed

    @abc.abstractmethod
    def _networks(self, architecture: Architecture) -> dict[str, tuple[SetModule, SetModule]]:
        """Name -> a module that is learnt, and the one that follows it."""

    @property
    @abc.abstractmethod
    def _row_agents(self) -> int:
        """Agents in a row of the replay."""

    @abc.abstractmethod
    def _step(self, transition: Transition[np.ndarray]) -> Any:
        """What is remembered of a step of B environments."""

    @abc.abstractmethod
    def _losses(self, rows: Any, seen: Tensor) -> Iterator[Tensor]:
        """The loss of sampled rows in pieces; adds the means of what is `_measured` to `seen`."""

    def _row_sequences(self) -> Sequences | None:
        """What cuts steps into rows, if there is a memory."""
        if self.memory_size == 0:
            return None
        check_positive(sequence_steps=self.sequence_steps)
        check_not_negative(burn_in=self.burn_in)
        return Sequences(self._row_type, self._row_agents, self.sequence_steps, self.burn_in)

    @property
    def _row_steps(self) -> int:
        """Steps of a row of the replay that are learnt from."""
        return self.sequence_steps if self._sequences else 1

    @property
    @abc.abstractmethod
    def _live(self) -> LiveMemory:
        """What agents remember while they play."""

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Stores the step, then as many gradient steps as are due."""
        self._due += self.replay_ratio * self._store(transition)
        self.env_steps += len(transition.action)
        row_size, replay = self._row_agents * self._row_steps, self._replay
        if replay.size * row_size < max(1, min(self.warmup, replay.capacity * row_size)):
            self._due = 0.0
            return {}
        metrics: dict[str, float] = {}
        batch_size = self._num_rows * row_size
        while self._due >= batch_size:
            metrics = self._update()
        return metrics

    def _store(self, transition: Transition[np.ndarray]) -> int:
        """How many agents were alive."""
        step = self._step(transition)
        if self._sequences is None:
            return self._replay.add(step)
        rows = self._sequences.add(step, transition.view.start, self._live.before)
        if rows is not None:
            self._replay.add(rows)
        return int(step.alive.sum())

    @property
    def _num_rows(self) -> int:
        """Of one gradient step; whole rows, so that it may be of a few more or less agents."""
        return max(1, self.batch_size // (self._row_agents * self._row_steps))

    def _update(self) -> dict[str, float]:
        sampled = self._replay.sample(self._num_rows, self._rng)
        learnt = sampled.alive[:, self.burn_in :] if self._sequences else sampled.alive
        self._due -= max(1, int(learnt.sum()))  # whoever is not there teaches nothing
        rows = sampled._make(to_tensor(x, self._device) for x in sampled)
        seen = torch.zeros(len(self._measured), device=self._device)
        norm = self._optimiser.step(self._all_losses(rows, seen), self.rate)
        self.updates += 1
        if self.updates % self.target_period == 0:
            self._move_targets()
        return dict(zip(self._measured, seen.tolist(), strict=True)) | {
            "gradient_norm": norm.item(),
            "learning_rate": self.rate,
        }

    def _all_losses(self, rows: Any, seen: Tensor) -> Iterator[Tensor]:
        """Those of a learner, and what they are owed to what was remembered."""
        if self._sequences is None:
            return self._losses(rows, seen)
        own, target = (network.memory for network in self._pairs[self._plays])
        assert isinstance(own, Memory)
        assert isinstance(target, Memory)
        steps, past = self._sequences.unrolled(rows, own, target)
        return itertools.chain(self._losses(steps, seen), past)

    def _target_sees(self, rows: Any) -> Tensor:
        """What follows [R, n, S], with a memory of the target's own where there is any."""
        return rows.target_observation if self.memory_size else rows.next_observation

    def _move_targets(self) -> None:
        for online, target in self._pairs.values():
            move_towards(target, online, self.target_rate)

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        modules: dict[str, Any] = {}
        for name, (online, target) in self._pairs.items():
            modules[name] = copied(online.state_dict())
            modules[f"target_{name}"] = copied(target.state_dict())
        remembered = {}
        if self._sequences is not None:
            remembered["memory"] = self._live.state_dict()
            remembered["sequences"] = self._sequences.state_dict()
        return {
            **modules,
            **remembered,
            "optimiser": self._optimiser.state_dict(),
            "replay": self._replay.state_dict(),
            "rng": self._rng.bit_generator.state,
            "env_steps": self.env_steps,
            "updates": self.updates,
            "due": self._due,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        for name, (online, target) in self._pairs.items():
            load_module(online, state[name])
            load_module(target, state[f"target_{name}"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._replay.load_state_dict(state["replay"])
        if self._sequences is not None:
            self._live.load_state_dict(state["memory"])
            self._sequences.load_state_dict(state["sequences"])
        self._rng.bit_generator.state = state["rng"]
        self.env_steps, self.updates = state["env_steps"], state["updates"]
        self._due = state["due"]

    def weights(self) -> dict[str, Any]:
        """What decides how it plays."""
        return {self._plays: copied(self._pairs[self._plays][0].state_dict())}

    def load_weights(self, state: dict[str, Any]) -> None:
        """The exact inverse of `weights`."""
        load_module(self._pairs[self._plays][0], state[self._plays])
