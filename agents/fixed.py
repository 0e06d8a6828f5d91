"""A policy that stays as it is: in a population it plays some seats of the world it was built for.

A trained policy knows all seats of its world, by weights or ids of their own. So it is shown all of
them, as it was in training, and what it does in the seats of others is dropped.
"""

from typing import Any

import numpy as np

from .contract import View, actor_of, tell


class Fixed:
    """Plays with the weights of another policy, never learns, and never disturbs it."""

    sees_all = True  # seats of a population, not only its own

    def __init__(self, policy: Any, *, explore: bool | None = None):
        """Takes the policy's actor.

        Args:
            policy: built for the sizes of the whole world.
            explore: how it plays whatever it is asked: sampled (True) or argmax (False).
        """
        self.policy, self.explore = policy, explore
        self.privileged = getattr(policy, "privileged", False)
        self._player = actor_of(policy)

    def act(self, view: View[np.ndarray], *, explore: bool) -> np.ndarray:
        """Legal actions [B, N]."""
        way = explore if self.explore is None else self.explore
        return self._player.act(view, explore=way)

    def played(self, view: View[np.ndarray], action: np.ndarray, seats: np.ndarray) -> None:
        """Tells its player, who acts for all seats, what was really played."""
        del seats
        tell(self._player, view, action, np.arange(action.shape[1]))

    def actor(self) -> "Fixed":
        """The same with a memory and a stream of its own."""
        return Fixed(self.policy, explore=self.explore)

    def state_dict(self) -> dict[str, Any]:
        """What its player draws and remembers next; its weights are the policy's."""
        return self._player.state_dict() if hasattr(self._player, "state_dict") else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The exact inverse of `state_dict`."""
        if hasattr(self._player, "load_state_dict"):
            self._player.load_state_dict(state)
