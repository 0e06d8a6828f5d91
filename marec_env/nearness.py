"""Who or what is most like whom, where no table holds the similarities of all pairs."""

import numpy as np

from .arrays import Array
from .models import rank
from .similarity import Similarity

CHUNK = 2**24  # similarities that are held at a time, 128 MiB


def most_similar(
    similarity: Similarity, vectors: Array, others: Array, who: Array, among: Array, count: int
) -> Array:
    """Places in `among` of those who are most similar, computed for some agents at a time.

    Args:
        similarity: s.
        vectors: [U, D] float32.
        others: [V, D] float32.
        who: [B, N] integers, rows of `vectors`.
        among: [B, M] integers, rows of `others`.
        count: L <= M.

    Returns:
        [B, N, L] int32, the most similar first; ties go to the smaller place.
    """
    agents, copies = who.ravel(), np.arange(who.size) // who.shape[1]
    found = np.empty((who.size, count), np.int32)
    places = np.arange(among.shape[1])[None]
    some = max(1, CHUNK // among.shape[1])
    for start in range(0, who.size, some):
        few = slice(start, start + some)
        s = similarity.pairs(vectors, others, agents[few, None], among[copies[few]])
        rows = np.arange(len(s))[None]
        found[few] = rank.nearest_by_table(s, rows, places, count)[0]
    return found.reshape(*who.shape, count)


def alike(vectors: Array, users: Array, count: int) -> Array:
    """Seats of the users of the highest cosine to each, without its own, [B, N, count] int32.

    Args:
        vectors: [U, D] float32.
        users: [B, N] integers, rows of `vectors`.
        count: J < N.
    """
    if count == 0:
        return np.empty((*users.shape, 0), np.int32)
    found = most_similar(Similarity("cosine"), vectors, vectors, users, users, count + 1)
    is_dropped = found == np.arange(users.shape[1])[:, None]
    is_dropped[~is_dropped.any(axis=-1), -1] = True  # many equals, or a vector of zeros
    return found[~is_dropped].reshape(*users.shape, count)
