"""Players that know which item is which: they go by the ratings that the catalogue knows.

    popularity   the item most often rated; ties by its mean rating
    item_knn     the highest s(e_u, e_i) r^_ui, r^ predicted from u's ratings of similar items
    user_knn     the highest s(e_u, e_i) r^_ui, r^ predicted from similar users' ratings of i

They are what a recommender would do who has the history of the data and is blind to the game: no
stock, no crowd, no friends. No prediction knows the rating that it predicts (neighbours.py). A
catalogue without known ratings, as invented ones are, gives them nothing to go by.
"""

import abc
from typing import Any, ClassVar

import numpy as np

from ..arrays import Array
from .neighbours import Neighbours
from .player import Player, best, truth


class ByItem(Player):
    """Gives every candidate a score that depends on its item and on the user alone."""

    name: ClassVar[str]

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        if not self.plays(scenario):
            raise ValueError(f"{self.name} needs a catalogue with known ratings, this one has none")

    @classmethod
    def plays(cls, scenario: Any) -> bool:
        """Whether any rating is known."""
        return len(scenario.catalogue.ratings.known.values) > 0

    def act(self, view: Any, *, explore: bool) -> Array:
        """The legal candidate of highest score."""
        del explore
        _, state, _ = truth(view)
        slate = state.slate
        users = np.broadcast_to(state.episode.users[..., None], slate.items.shape)
        score = self.score(users, slate.items, slate.similarity)
        return best(score, view.action_mask[..., :-1])

    @abc.abstractmethod
    def score(self, users: Array, items: Array, similarity: Array) -> Array:
        """What candidates with these ids and similarities are worth, [B, N, K] float64."""


class Popularity(ByItem):
    """What most people have rated, whoever asks."""

    name: ClassVar[str] = "popularity"

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        known, num_items = scenario.catalogue.ratings.known, scenario.catalogue.num_items
        count = np.bincount(known.indices, minlength=num_items)
        total = np.bincount(known.indices, known.values, num_items)
        self._rank = count + total / (2 * np.maximum(count, 1))  # half a mean is less than one

    def score(self, users: Array, items: Array, similarity: Array) -> Array:
        """How often each was rated, and by how much within that."""
        del users, similarity
        return self._rank[items]


class Knn(ByItem):
    """Similarity times a rating predicted from neighbours; each pair is predicted once."""

    is_by_item: ClassVar[bool]

    def __init__(self, scenario: Any, seed: int = 0):
        super().__init__(scenario, seed)
        catalogue = scenario.catalogue
        self._num_items = catalogue.num_items
        self._neighbours = Neighbours(
            catalogue.ratings.known, self._num_items, by_item=self.is_by_item
        )
        self._pairs = np.zeros(0, np.int64)  # user * I + item, ascending
        self._ratings = np.zeros(0)

    def score(self, users: Array, items: Array, similarity: Array) -> Array:
        """By similarity and prediction."""
        pairs, where = np.unique(users * self._num_items + items, return_inverse=True)
        new = np.setdiff1d(pairs, self._pairs, assume_unique=True)
        if len(new):
            predicted = self._neighbours.predict(*np.divmod(new, self._num_items))
            places = np.searchsorted(self._pairs, new)
            self._pairs = np.insert(self._pairs, places, new)
            self._ratings = np.insert(self._ratings, places, predicted)
        ratings = self._ratings[np.searchsorted(self._pairs, pairs)]
        return similarity * ratings[where].reshape(items.shape)


class ItemKnn(Knn):
    """Knows what its user thinks of similar items."""

    name: ClassVar[str] = "item_knn"
    is_by_item: ClassVar[bool] = True


class UserKnn(Knn):
    """Knows what similar users think of an item."""

    name: ClassVar[str] = "user_knn"
    is_by_item: ClassVar[bool] = False
