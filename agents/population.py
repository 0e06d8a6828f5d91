"""A mixed population: several policies share the seats of one environment.

    Population({"user_0": IPPO, "user_[1-5]": partial(IQL, discount=0.9), "*": Random}, sizes)

Every seat goes to the first pattern that matches its name (fnmatch). A part is built with Sizes of
its own N and sees the columns of its own seats, so that anybody plays against anybody without
knowing. Who says `sees_all` (fixed.py), or is privileged and reads the truth, which is about the
whole game, is shown all seats, and what it does in those of others is dropped. Who has `played` is
told what everybody did (contract.py).
"""

import copy
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np

from .contract import Sizes, Transition, View, actor_of, tell


class Part(NamedTuple):
    """Who plays the seats of one pattern."""

    pattern: str
    seats: np.ndarray  # [n] int64
    policy: Any  # Policy or Learner

    @property
    def is_privileged(self) -> bool:
        """Whether the policy reads the truth."""
        return getattr(self.policy, "privileged", False)

    @property
    def sees_all(self) -> bool:
        """Whether the policy is shown the seats of others too."""
        return self.is_privileged or getattr(self.policy, "sees_all", False)


class Population:
    """A policy made of policies; each part that can learn does."""

    def __init__(self, parts: Mapping[str, Callable[..., Any]], sizes: Sizes, seed: int = 0):
        """Builds every part as `make(sizes of its seats, seed=a seed of its own)`.

        Args:
            parts: pattern of seat names -> class of a policy, or a function that makes one.
            sizes: of the whole world, with the names of the agents.
            seed: decides the seeds of the parts.

        Raises:
            ValueError: if a seat matches no pattern, or a pattern is left without a seat.
        """
        seats = _deal(list(parts), sizes)
        seeds = np.random.SeedSequence(seed).generate_state(len(parts)).tolist()
        self.sizes, self.seed = sizes, seed
        self.parts = tuple(
            Part(pattern, seats[pattern], make(_sizes_of(sizes, seats[pattern]), seed=part_seed))
            for (pattern, make), part_seed in zip(parts.items(), seeds, strict=True)
        )
        self.privileged = self._has("privileged")
        self.is_central = self._has("is_central")
        self.is_cooperative = self._has("is_cooperative")

    def _has(self, trait: str) -> bool:
        return any(getattr(part.policy, trait, False) for part in self.parts)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N], those of each seat from its own part."""
        action = np.zeros(view.alive.shape, np.int64)
        for part in self.parts:
            played = part.policy.act(_view_of(view, part), explore=explore)
            action[:, part.seats] = played[:, part.seats] if part.sees_all else played
        self.played(view._replace(state=None, truth=None), action, np.arange(self.sizes.num_agents))
        return action

    def played(self, view: View[np.ndarray], action: np.ndarray, seats: np.ndarray) -> None:
        """Tells all parts what everybody did; `seats` are those of the population."""
        for part in self.parts:
            tell(part.policy, view, action, seats if part.sees_all else seats[part.seats])

    def actor(self) -> "Population":
        """The actors of all parts."""
        actors = copy.copy(self)
        actors.parts = tuple(part._replace(policy=actor_of(part.policy)) for part in self.parts)
        return actors

    def learn(self, transition: Transition[np.ndarray]) -> dict[str, float]:
        """Shows each learner what happened at its seats; metrics are named pattern/metric."""
        metrics = {}
        for part in self.parts:
            if hasattr(part.policy, "learn"):
                learned = part.policy.learn(_transition_of(transition, part))
                metrics |= {f"{part.pattern}/{name}": value for name, value in learned.items()}
        return metrics

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides the future, by pattern."""
        return {p.pattern: p.policy.state_dict() for p in self.parts if _has_state(p.policy)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        own = [part for part in self.parts if _has_state(part.policy)]
        if {part.pattern for part in own} != set(state):
            raise ValueError(f"parts must be {[part.pattern for part in own]}, got {list(state)}")
        for part in own:
            part.policy.load_state_dict(state[part.pattern])


def _deal(patterns: list[str], sizes: Sizes) -> dict[str, np.ndarray]:
    if len(sizes.agent_names) != sizes.num_agents:
        raise ValueError(
            f"sizes must name all {sizes.num_agents} agents, got {len(sizes.agent_names)} names"
        )
    seats: dict[str, list[int]] = {pattern: [] for pattern in patterns}
    for seat, name in enumerate(sizes.agent_names):
        first = next((p for p in patterns if fnmatchcase(name, p)), None)
        if first is None:
            raise ValueError(f"every agent must match a pattern of {patterns}, {name!r} does not")
        seats[first].append(seat)
    for pattern, dealt in seats.items():
        if not dealt:
            raise ValueError(
                f"pattern {pattern!r} must be the first to match some agent of "
                f"{sizes.agent_names[0]!r} ... {sizes.agent_names[-1]!r}, it is for none"
            )
    return {pattern: np.array(dealt) for pattern, dealt in seats.items()}


def _sizes_of(sizes: Sizes, seats: np.ndarray) -> Sizes:
    names = tuple(sizes.agent_names[seat] for seat in seats)
    return sizes._replace(num_agents=len(seats), agent_names=names)


def _view_of(view: View[np.ndarray], part: Part) -> View[np.ndarray]:
    if part.is_privileged:
        return view
    if part.sees_all:
        return view._replace(state=None, truth=None)
    seats = part.seats
    return View(
        observation=view.observation[:, seats],
        action_mask=view.action_mask[:, seats],
        alive=view.alive[:, seats],
        start=view.start,
        items=None if view.items is None else view.items[:, seats],
        state=view.state if getattr(part.policy, "is_central", False) else None,
    )


def _transition_of(transition: Transition[np.ndarray], part: Part) -> Transition[np.ndarray]:
    if part.sees_all:
        return transition
    seats = part.seats
    return Transition(
        view=_view_of(transition.view, part),
        action=transition.action[:, seats],
        reward=transition.reward[:, seats],
        payoff=transition.payoff[:, seats],
        terminated=transition.terminated[:, seats],
        truncated=transition.truncated[:, seats],
        next_view=_view_of(transition.next_view, part),
    )


def _has_state(policy: Any) -> bool:
    return hasattr(policy, "state_dict")
