"""Who of many takes part: some drawn by an address, and some kept apart from all the others.

    H = round(share U) of U users are held out; episodes draw from these or from the others

What is learnt with the others is about people as such only as far as it holds for those held out.
"""

import numpy as np

from .arrays import Array
from .models import draw
from .streams import Purpose, Streams, single


def drawn(streams: Streams, purpose: Purpose, population: int, count: int) -> Array:
    """`count` different ids below `population` for each copy, [B, count] int64, as drawn."""
    words = streams.words(purpose, rows=1, row_size=draw.words_needed(count))[:, 0]
    return draw.distinct(words, population, count)


def split(population: int, share: float, seed: int) -> tuple[Array, Array]:
    """Ids of those who are not held out and of the `share` who are, [U - H], [H] int64 ascending.

    A larger share holds out the same ones and more.
    """
    count = round(share * population)
    is_held_out = np.zeros(population, np.bool_)
    is_held_out[drawn(single(seed), Purpose.HELD_OUT, population, count)] = True
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)
