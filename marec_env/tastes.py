"""Tastes that friends and picks move, as unit vectors, in a world where they may drift as well."""

import functools
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .models.drift import turned
from .models.graph import Friends
from .models.influence import directions, next_taste
from .offers import Episode, Slate
from .streams import Streams
from .world import World


@dataclass(frozen=True)
class Tastes:
    """Where users are, by equation (1) of models/influence.py; each first drifts, where it does."""

    world: World
    friends: Friends
    lam: float  # pull of friends, >= 0, per step
    rho: float  # pull of the own beginning, >= 0, per step
    alpha: float  # pull of what was consumed, >= 0, per step

    def __post_init__(self):
        if self.lam + self.rho > 1:
            raise ValueError(f"lam + rho must be <= 1, got {self.lam + self.rho}")
        if self.are_moved and not self.world.is_centred:
            raise ValueError(
                "centred must be True where lam or alpha move tastes, which are unit vectors, "
                "got False"
            )

    @property
    def are_moved(self) -> bool:
        """Whether anybody moves a taste; if not, nothing is kept of them, D = 0."""
        return self.lam > 0 or self.alpha > 0

    def first(self, episode: Episode) -> Array:
        """At the beginning, [B, N, D] float32."""
        if not self.are_moved:
            return np.empty((*episode.users.shape, 0), np.float32)
        return self._users[episode.users]

    def slate(
        self, episode: Episode, streams: Streams, taste: Array, news: Array | None = None
    ) -> Slate:
        """By the `taste` of now, and with `news`, as `World.slate` says."""
        return self.world.slate(episode, streams, taste if self.are_moved else None, news)

    def following(self, taste: Array, episode: Episode, step: Array, item: Array) -> Array:
        """A step later: at `step` [B], after picks of `item` [B, N], -1 for a skip."""
        if not self.are_moved:
            return taste
        world, beginning, rows = self.world, self._users, episode.users
        drifted = world.taste(episode, step)
        if drifted is not None:
            taste = turned(taste, world.user_vectors, rows, episode.turn, world.drift)
            beginning = directions(drifted.reshape(-1, drifted.shape[2]))
            rows = np.arange(rows.size).reshape(rows.shape)
        return next_taste(
            taste, beginning, rows, self._items, item, self.friends, self.lam, self.rho, self.alpha
        )

    def as_directions(self, taste: Array | None, episode: Episode) -> Array:
        """Unit vectors [B, N, D] float32 of where users are; None: where they always are."""
        if taste is None:
            return self._users[episode.users]
        if self.are_moved:
            return taste
        return directions(taste.reshape(-1, taste.shape[2])).reshape(taste.shape)

    @functools.cached_property
    def _users(self) -> Array:
        """[U, D] float32."""
        return directions(self.world.user_vectors)

    @functools.cached_property
    def _items(self) -> Array:
        """[I, D] float32."""
        return directions(self.world.item_vectors)
