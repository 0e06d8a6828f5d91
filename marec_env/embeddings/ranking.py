"""How well vectors foretell what a user turns to next: protocol A.

    1. all ratings count as "turned to it"; each user's last item is test, the one before it is
       validation (splits.last_of_each_user); constants are chosen by validation, then the encoder
       is fitted to train and validation
    2. the test item is ranked among all items; the others of train and validation are left out
    3. HR@k = mean [rank <= k],   NDCG@k = mean [rank <= k] / log2(1 + rank)                    (1)
       rank = 1 + #(better) + #(equal) / 2: a tie is half a loss, so that a constant gains nothing

Whether seen items are left out decides the figures: with them among the candidates the same model
has about two thirds. A score that is not finite would look like a perfect rank and is refused.

Source: Krichene and Rendle (2020), "On sampled metrics for item recommendation", for ranking among
all items.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..datasets import splits
from ..datasets.interactions import DataError, Interactions
from ..ratings import row_blocks
from .encoder import Encoder, Vectors

DEPTH = 10  # k

Scores = Callable[[Array], Array]  # user ids [Q] -> scores of all items [Q, I]


class Ranked(NamedTuple):
    """Equation (1), with what it is the mean of."""

    ranks: Array  # [Q] float64, of the test item of each user who has one

    @property
    def hits(self) -> float:
        """HR@10."""
        return float((self.ranks <= DEPTH).mean())

    @property
    def ndcg(self) -> float:
        """NDCG@10."""
        return float(np.where(self.ranks <= DEPTH, 1 / np.log2(1 + self.ranks), 0.0).mean())

    def __str__(self) -> str:
        return (
            f"HR@{DEPTH} {self.hits:.4f}  NDCG@{DEPTH} {self.ndcg:.4f}  ({len(self.ranks)} users)"
        )


def deal(interactions: Interactions) -> tuple[Interactions, Interactions]:
    """Train and validation together, and test.

    Raises:
        DataError: if nobody has three items.
    """
    train, validation, test = splits.last_of_each_user(interactions)
    if not len(test):
        raise DataError(
            f"{interactions.name} must have a user with at least 3 ratings, it has none"
        )
    return interactions.take(np.sort(np.append(train, validation))), interactions.take(test)


def by_vectors(vectors: Vectors) -> Scores:
    """Scores of items by their vectors."""
    return lambda users: vectors.users[users] @ vectors.items.T


def by_popularity(seen: Interactions) -> Scores:
    """The most often seen first, whoever asks."""
    counts = np.bincount(seen.items, minlength=seen.num_items).astype(np.float64)
    return lambda users: np.broadcast_to(counts, (len(users), len(counts)))


def rank(scores: Scores, seen: Interactions, test: Interactions) -> Ranked:
    """Steps 2 and 3, a block of users at a time.

    Raises:
        ValueError: if a score is not finite.
    """
    has_seen = np.zeros((seen.num_users, seen.num_items), bool)
    has_seen[seen.users, seen.items] = True
    found = [
        mid_ranks(scores(test.users[rows]), test.items[rows], has_seen[test.users[rows]])
        for rows in row_blocks(len(test), seen.num_items)
    ]
    return Ranked(np.concatenate(found))


def judge(encoder: Encoder, interactions: Interactions) -> tuple[Ranked, Vectors]:
    """All of protocol A for one encoder."""
    seen, test = deal(interactions)
    vectors = encoder.fit(seen)
    return rank(by_vectors(vectors), seen, test), vectors


def choose(encoders: Iterable[Encoder], interactions: Interactions) -> int:
    """Which of them, fitted to train, has the highest NDCG@10 on validation; the first of equals.

    The test items play no part.
    """
    train, validation, _ = map(interactions.take, splits.last_of_each_user(interactions))
    found = [rank(by_vectors(encoder.fit(train)), train, validation).ndcg for encoder in encoders]
    return int(np.argmax(found))


def mid_ranks(scores: Array, targets: Array, left_out: Array) -> Array:
    """The rank of item `targets` [Q] by `scores` [Q, I], without `left_out` [Q, I]; [Q] float64.

    Raises:
        ValueError: if a score is not finite.
    """
    if not np.isfinite(scores).all():
        row, item = np.argwhere(~np.isfinite(scores))[0]
        raise ValueError(f"scores must be finite, got {scores[row, item]} for item {item}")
    own = scores[np.arange(len(targets)), targets][:, None]
    others = ~left_out
    others[np.arange(len(targets)), targets] = False
    better, equal = ((others & sign).sum(1) for sign in (scores > own, scores == own))
    return 1 + better + equal / 2
