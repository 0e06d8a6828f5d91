"""What passes between an environment and a policy: what it may see, and what it then plays.

A policy is any object with `act(view, *, explore)`. It sees no truth unless its class says
`privileged = True`, and no central state unless that or `is_central = True`.
"""

from typing import Any, NamedTuple, Protocol

import numpy as np

from .arrays import Array
from .timestep import Timestep


class View(NamedTuple):
    """What N agents of B environments see before they act."""

    observation: Array  # [B, N, S] float32
    action_mask: Array  # [B, N, A] bool; True is legal
    alive: Array  # [B, N] bool; the actions of others are ignored
    start: Array  # [B] bool; an episode begins here
    items: Array | None = None  # [B, N, K] int32 item ids of the slate, where there are items
    state: Array | None = None  # [B, G] float32, for central critics
    truth: Any = None  # for privileged players only: the game and its hidden state


class Policy(Protocol):
    """Chooses for all N agents."""

    def act(self, view: Any, *, explore: bool) -> Array:
        """Legal actions [B, N] int64; without `explore` the best ones."""
        ...


class IllegalAction(ValueError):
    """A policy played what the mask forbids; the message is one sentence."""


def look(timestep: Timestep, policy: Any) -> View:
    """What `policy` may see: no truth and no state unless its class says that it needs them."""
    return View(
        observation=timestep.observation,
        action_mask=timestep.action_mask,
        alive=timestep.alive,
        start=timestep.start,
        items=timestep.items,
        state=timestep.state if wants_state(policy) else None,
        truth=timestep.truth if wants_truth(policy) else None,
    )


def wants_state(policy: Any) -> bool:
    """Does the policy, or its class, ask for the central state?"""
    return getattr(policy, "is_central", False) or wants_truth(policy)


def wants_truth(policy: Any) -> bool:
    """Does the policy, or its class, have to know the game?"""
    return getattr(policy, "privileged", False)


def act(policy: Policy, view: Any, *, explore: bool) -> Array:
    """The policy's actions [B, N] int64.

    Raises:
        IllegalAction: if their shape or type is wrong, or a living agent's action is illegal.
    """
    action = np.asarray(policy.act(view, explore=explore))
    name = type(policy).__name__
    if action.shape != view.alive.shape or action.dtype.kind not in "iu":
        raise IllegalAction(
            f"{name}.act must return integers of shape [B, N] = {view.alive.shape}, "
            f"got {action.dtype} of shape {action.shape}"
        )
    num_actions = view.action_mask.shape[-1]
    inside = (action >= 0) & (action < num_actions)
    at = np.where(inside, action, 0)[..., None]
    legal = inside & np.take_along_axis(view.action_mask, at, axis=-1)[..., 0]
    if not (legal | ~view.alive).all():
        b, n = np.argwhere(~legal & view.alive)[0]
        raise IllegalAction(
            f"{name}.act must return legal actions, got {action[b, n]} for agent {n} of copy {b}, "
            f"where {np.flatnonzero(view.action_mask[b, n]).tolist()} are legal"
        )
    return action.astype(np.int64, copy=False)
