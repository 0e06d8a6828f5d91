"""What the agents of foreign environments see and may do, padded to one shape for all of them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces

from marec_env.arrays import Array
from marec_env.timestep import Timestep


class Seat(NamedTuple):
    """The spaces of one agent."""

    space: spaces.Space  # of the observation proper, without a mask
    observation_size: int
    num_actions: int
    first: int  # Discrete(n, start=first) counts from there

    @classmethod
    def of(cls, env: Any, name: str) -> "Seat":
        """The spaces of agent `name`; raises ValueError if its actions are not Discrete."""
        space, actions = env.observation_space(name), env.action_space(name)
        if not isinstance(actions, spaces.Discrete):
            raise ValueError(f"actions must be Discrete, got {actions} for {name} of {env}")
        if isinstance(space, spaces.Dict) and "action_mask" in space.spaces:
            space = space["observation"]
        return cls(space, spaces.flatdim(space), int(actions.n), int(actions.start))

    def read(self, seen: Any, info: Mapping[str, Any], acts: bool) -> tuple[Array, Array]:
        """Observation [observation_size] and mask [num_actions] from what the environment gave.

        Raises:
            ValueError: if the mask has another shape, or forbids everything to an agent that acts.
        """
        mask = info.get("action_mask")
        if isinstance(seen, Mapping) and "action_mask" in seen:
            seen, mask = seen["observation"], seen["action_mask"]
        legal = np.ones(self.num_actions, bool) if mask is None else np.asarray(mask, bool)
        if legal.shape != (self.num_actions,) or (acts and not legal.any()):
            raise ValueError(
                f"an action mask must hold {self.num_actions} entries, one of them 1, got {mask}"
            )
        if not legal.any():
            legal = nothing_legal(self.num_actions)
        return np.asarray(spaces.flatten(self.space, seen), np.float32), legal


class Sight(NamedTuple):
    """What the agents of B copies see."""

    observation: Array  # [B, N, S] float32
    action_mask: Array  # [B, N, A] bool
    alive: Array  # [B, N] bool
    state: Array | None  # [B, G] float32

    def with_rows(self, copies: Iterable[int], other: "Sight") -> "Sight":
        """A copy in which the rows `copies` are those of `other`."""
        rows = list(copies)

        def merged(old: Array, new: Array) -> Array:
            mixed = old.copy()
            mixed[rows] = new[rows]
            return mixed

        return Sight(
            merged(self.observation, other.observation),
            merged(self.action_mask, other.action_mask),
            merged(self.alive, other.alive),
            None if self.state is None or other.state is None else merged(self.state, other.state),
        )

    def without(self, gone: Array) -> "Sight":
        """A copy in which the agents `gone` [B, N] see nothing."""
        observation, mask = self.observation.copy(), self.action_mask.copy()
        observation[gone], mask[gone] = 0, nothing_legal(mask.shape[-1])
        return Sight(
            observation, mask, self.alive & ~gone, None if self.state is None else self.state.copy()
        )


def nothing_legal(num_actions: int) -> Array:
    """The mask [A] of an agent that cannot act."""
    return np.arange(num_actions) == 0  # every row keeps one action to play


def timestep(
    now: Sight,
    final: Sight,
    start: Array,
    reward: Array,
    terminated: Array,
    truncated: Array,
    info: dict[str, Array],
) -> Timestep:
    """What `PettingZooVec` reports: `now` [B, ...] of what comes, `final` of what was."""
    nothing: Any = None  # ours always have items and truth, foreign ones never
    return Timestep(
        observation=now.observation,
        action_mask=now.action_mask,
        alive=now.alive,
        start=start,
        items=nothing,
        state=now.state,
        truth=nothing,
        reward=reward,
        payoff=reward,
        terminated=terminated,
        truncated=truncated,
        final_observation=final.observation,
        final_action_mask=final.action_mask,
        final_alive=final.alive,
        final_state=final.state,
        final_items=nothing,
        info=info,
    )
