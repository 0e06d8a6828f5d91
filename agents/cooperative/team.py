"""What teams have in common: joint steps, paid together, and a global state."""

from typing import Any, Generic, NamedTuple

import numpy as np

from ..contract import Array, Transition


class TeamExperience(NamedTuple, Generic[Array]):
    """R steps of N agents, or a step of B environments."""

    observation: Array  # [R, N, S] float32
    action_mask: Array  # [R, N, A] bool
    alive: Array  # [R, N] bool
    action: Array  # [R, N] int64
    reward: Array  # [R] float32: the mean payoff of all N seats
    continues: Array  # [R, N] bool; the agent goes on, and the target counts what follows
    next_observation: Array  # [R, N, S] float32
    next_action_mask: Array  # [R, N, A] bool
    state: Array  # [R, G] float32, `scaled`; G = 0 where it is not kept
    next_state: Array  # [R, G] float32


def remembered(
    transition: Transition[np.ndarray], continues: np.ndarray
) -> TeamExperience[np.ndarray]:
    """A step of B environments; `continues` [B, N] of the living counts."""
    view, following = transition.view, transition.next_view
    nothing = np.zeros((len(view.start), 0), np.float32)
    return TeamExperience(
        observation=view.observation,
        action_mask=view.action_mask,
        alive=view.alive,
        action=transition.action,
        reward=transition.payoff.mean(axis=1),
        continues=view.alive & continues,
        next_observation=following.observation,
        next_action_mask=following.action_mask,
        state=nothing if view.state is None else scaled(view.state),
        next_state=nothing if following.state is None else scaled(following.state),
    )


def scaled(state: np.ndarray) -> np.ndarray:
    """A state [B, G] as networks read it: s / sqrt(G).

    A step of Adam moves each weight by as much, so that many columns, as they are, would move what
    a network says further than all that the agents see, and in step.
    """
    return state * np.float32(state.shape[-1] ** -0.5)


def check_state(learner: Any) -> None:
    """Raises ValueError unless the environment of a central `learner` has a global state."""
    if learner.sizes.state_size < 1:
        name = type(learner).__name__.lower()
        raise ValueError(f"{name} needs a global state, got none from this environment")
