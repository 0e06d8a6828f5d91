"""The one loop: environment -> policy -> records. Everything else is before it or after it.

`Training` cannot tell an algorithm that learns at every step from one that learns now and then, and
it knows no writer: it returns Records, and whoever wants to evaluate, to keep its state or to stop
does so between two of them. `evaluate` plays on environments of its own, with a copy of the policy
that has the same weights but its own memory and random stream, so that it never changes training.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from agents.contract import Learner, Policy, Transition, View, actor_of
from marec_env.arrays import Array
from marec_env.timestep import Timestep

from .acting import Env, act, look, wants_state
from .divergence import check_reported
from .records import Record, known_mean

EPISODE = "episode/"  # keys of Timestep.info with this prefix are NaN where no episode ended


class Evaluation(NamedTuple):
    """E whole episodes."""

    payoff: Array  # [E, N] float64: noise-free, before the objective, summed over the episode
    length: Array  # [E] int64: steps
    metrics: dict[str, Array]  # name -> [E], or [E, N] per agent: what is said of whole episodes
    actions: Array  # [A] int64: how often each action was played
    items: dict[int, int]  # item id -> how often it was picked

    @property
    def returns(self) -> Array:
        """Mean payoff of an agent over the episode, [E] float64; a departed seat pays 0."""
        return self.payoff.mean(axis=1)


class Training:
    """Plays and learns, a step of all copies at a time; what it is at now can be kept."""

    def __init__(self, env: Env, learner: Learner, seed: int):
        """Starts the first episodes.

        Args:
            env: B copies, autoreset.
            learner: is told about every step exactly once.
            seed: copy b is seeded with seed + b.
        """
        self.step = 0  # environment steps so far, summed over the copies
        self._env, self._learner = env, learner
        self._view = look(env.reset(seed), learner)

    def advance(self) -> Record:
        """One step of every copy.

        Raises:
            Diverged: if the learner says that its loss is not finite.
        """
        view, learner = self._view, self._learner
        action = act(learner, view, explore=True)
        then = self._env.step(action)
        learned = learner.learn(
            Transition(
                view=view,
                action=action,
                reward=then.reward,
                payoff=then.payoff,
                terminated=then.terminated,
                truncated=then.truncated,
                next_view=_successor(then, learner),
            )
        )
        self.step += self._env.num_envs
        check_reported(learned, learner, self.step)
        self._view = look(then, learner)
        return _record(self.step, view, action, then, learned)

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future."""
        return {
            "step": self.step,
            "env": self._env.snapshot(),
            "learner": self._learner.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`; raises ValueError where the state does not fit."""
        self._learner.load_state_dict(state["learner"])
        self._view = look(self._env.restore(state["env"]), self._learner)
        self.step = state["step"]


def train(env: Env, learner: Learner, steps: int, seed: int) -> Iterator[Record]:
    """A whole training of `steps` environment steps, a record for each time all copies made one."""
    training = Training(env, learner, seed)
    while training.step + env.num_envs <= steps:
        yield training.advance()


def evaluate(env: Env, policy: Policy, episodes: int, seed: int, *, explore: bool) -> Evaluation:
    """Plays whole episodes; episode e is seeded with seed + e, however many copies there are.

    Args:
        env: environments that nobody trains on.
        policy: what `actor_of` returns plays in its stead.
        episodes: E.
        seed: of the first episode.
        explore: sampled actions instead of the best ones.
    """
    player = actor_of(policy)
    rounds = [
        _play(env, player, seed + first, min(env.num_envs, episodes - first), explore)
        for first in range(0, episodes, env.num_envs)
    ]
    items: dict[int, int] = {}
    for played in rounds:
        for item, count in played.items.items():
            items[item] = items.get(item, 0) + count
    return Evaluation(
        payoff=np.concatenate([played.payoff for played in rounds]),
        length=np.concatenate([played.length for played in rounds]),
        metrics={
            name: np.concatenate([played.metrics[name] for played in rounds])
            for name in rounds[0].metrics
        },
        actions=np.sum([played.actions for played in rounds], axis=0),
        items=items,
    )


def _successor(timestep: Timestep, policy: Policy) -> View[Array]:
    """What follows the step in the same episode, where `observation` may show the next one."""
    return View(
        observation=timestep.final_observation,
        action_mask=timestep.final_action_mask,
        alive=timestep.final_alive,
        start=np.zeros_like(timestep.start),
        items=timestep.final_items,
        state=timestep.final_state if wants_state(policy) else None,
        truth=None,
    )


def _record(
    step: int, view: View[Array], action: Array, then: Timestep, learned: dict[str, float]
) -> Record:
    values = {"train/reward": float(then.reward.mean()), "train/payoff": float(then.payoff.mean())}
    values["train/alive"] = float(view.alive.mean())
    ended = then.start.any()
    for name, value in then.info.items():
        if ended and name.startswith(EPISODE) and not math.isnan(mean := known_mean(value)):
            values[name] = mean
    values |= {f"learner/{name}": float(value) for name, value in learned.items()}
    picked = np.bincount(action[view.alive], minlength=view.action_mask.shape[-1])
    return Record(step, values, {"train/actions": picked})


def _play(env: Env, player: Policy, seed: int, episodes: int, explore: bool) -> Evaluation:
    """The first episode of the first `episodes` copies; what the others do is not counted."""
    now = env.reset(seed)
    num_agents, num_actions = now.action_mask.shape[1:]
    payoff = np.zeros((env.num_envs, num_agents))
    length = np.zeros(env.num_envs, np.int64)
    metrics: dict[str, Array] = {}
    actions = np.zeros(num_actions, np.int64)
    items: list[Array] = []
    playing = np.arange(env.num_envs) < episodes
    while playing.any():
        view = look(now, player)
        action = act(player, view, explore=explore)
        counted = view.alive & playing[:, None]
        actions += np.bincount(action[counted], minlength=num_actions)
        if view.items is not None:
            picks = counted & (action < view.items.shape[-1])
            chosen = np.minimum(action, view.items.shape[-1] - 1)[..., None]
            items.append(np.take_along_axis(view.items, chosen, axis=-1)[..., 0][picks])
        now = env.step(action)
        payoff[playing] += now.payoff[playing]
        length += playing
        for name, value in now.info.items():
            if name.startswith(EPISODE):
                kept = metrics.setdefault(name.removeprefix(EPISODE), np.full(value.shape, np.nan))
                over = playing & now.start
                kept[over] = value[over]
        playing &= ~now.start
    ids, times = np.unique(np.concatenate(items or [np.zeros(0, np.int64)]), return_counts=True)
    return Evaluation(
        payoff=payoff[:episodes],
        length=length[:episodes],
        metrics={name: value[:episodes] for name, value in metrics.items()},
        actions=actions,
        items=dict(zip(ids.tolist(), times.tolist(), strict=True)),
    )
