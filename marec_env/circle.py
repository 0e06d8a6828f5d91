"""A circle of friends who are examples to each other, and who talk: models/company.py in a world.

Ratings conform to those of friends by equation (2) of models/company.py, and what friends have just
picked is heard of. Both go by picks of the last steps, which a state keeps as `picked_at`.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Array
from .models import company
from .models.graph import Friends
from .models.pick import Picks
from .ratings import R_MIN
from .streams import Purpose, Streams
from .tastes import Tastes


@dataclass(frozen=True)
class Circle:
    """What the picks of friends do to those who see them and those who hear of them."""

    friends: Friends
    tastes: Tastes
    conformity: float  # c, weight of the friends' ratings, in [0, 1]
    memory: int  # steps for which a friend's pick is an example, >= 1
    chance: float  # that a friend's pick is heard of, in [0, 1]

    def ratings(self, state: Any, slots: Array, items: Array) -> tuple[Array, Array]:
        """r_ui and r'_ui of what stands at `slots` and `items` [B, N, K], float64 each."""
        catalogue, users = self.tastes.world.catalogue, state.episode.users[..., None]
        items = np.maximum(items, 0)
        own = catalogue.rating(users, items)
        if self.conformity == 0:
            return own, own
        theirs = catalogue.rating(users[:, self.friends.friend], items[:, self.friends.agent])
        seen = state.picked_at, slots, self.friends, state.step - self.memory
        return own, company.conformed(own, theirs, *seen, self.conformity)

    def ratings_of_picks(self, state: Any, picked: Picks) -> tuple[Array, Array]:
        """The same of picks, [B, N] each; any equal numbers for a skip."""
        own = np.maximum(picked.rating, R_MIN)  # no rating is below, but that of a skip
        if self.conformity == 0:
            return own, own
        catalogue, items = self.tastes.world.catalogue, np.maximum(picked.item, 0)
        pairs = state.episode.users[:, self.friends.friend], items[:, self.friends.agent]
        table = catalogue.rating_table
        theirs = catalogue.rating(*pairs) if table is None else table[pairs].astype(np.float64)
        seen = state.picked_at, picked.slot[..., None], self.friends, state.step - self.memory
        found = company.conformed(own[..., None], theirs[..., None], *seen, self.conformity)
        return own, found[..., 0]

    def examples(self, state: Any) -> Array:
        """Share of an agent's friends who picked each candidate lately, [B, N, K] float64."""
        since = state.step - self.memory
        return company.examples(state.picked_at, state.slate.slots, self.friends, since)

    def heard(self, slot: Array, streams: Streams) -> Array | None:
        """What each agent hears of picks [B, N], [B, N, K / 2] int32; None: nobody talks."""
        num_ends = len(self.friends.friend)
        if self.chance == 0 or num_ends == 0:
            return None
        most = self.tastes.world.slate_size // 2
        loudness = streams.uniform(Purpose.CASCADE, rows=1, row_size=num_ends)[:, 0]
        return company.heard(slot, loudness, self.friends, self.chance, most)

    def neighbours(self, num_copies: int) -> Array:
        """The friends of each, [B, N, J] int32, -1 where there are fewer than J."""
        return np.repeat(self._padded, num_copies, axis=0)

    @functools.cached_property
    def _padded(self) -> Array:
        return self.friends.padded[None]
