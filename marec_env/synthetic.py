"""An invented world of users and items: topics, tastes, and a quality of items that nobody can see.

    x_i = unit(c_topic(i) + item_spread g),  x_u = unit(c_topic(u) + user_spread g)            (1)
    r_ui = clip(.55 + taste z(cos_ui) + q_i + e_ui, r_min, 1)                                  (2)

with a random unit centre c for each topic, g ~ N(0, 1/D), q_i ~ N(0, quality), e ~ N(0, noise).
cos is taken of the centred vectors, z standardises it over all pairs. With the defaults a similar
item is the better bet, but the best items are found only by trying them: q_i shows nowhere.

Where U * I > 1e8 there is no room for e_ui: the same world without noise, as biases and factors.
"""

from typing import NamedTuple

import numpy as np

from .arrays import Array
from .centring import centred
from .ratings import MAX_TABLE, R_MIN, LowRank, Ratings, row_blocks

MEAN_RATING = 0.55
TOPIC_NAMES = (
    "Harbour",
    "Orchard",
    "Railway",
    "Theatre",
    "Mountain",
    "Kitchen",
    "Desert",
    "Library",
)
_COLOURS = ("Amber", "Azure", "Coral", "Crimson", "Golden", "Indigo", "Ivory", "Jade", "Olive",
            "Pearl", "Scarlet", "Silver", "Umber", "Violet")  # fmt: skip
_THINGS = ("Anchor", "Bell", "Compass", "Lantern", "Letter", "Mirror", "Parade", "River", "Secret",
           "Song", "Stranger", "Summer", "Winter")  # fmt: skip


class World(NamedTuple):
    """The parts of a synthetic catalogue."""

    user_vectors: Array  # [U, D] float32
    item_vectors: Array  # [I, D] float32
    topics: Array  # [I] int64
    ratings: Ratings


def world(
    seed: int,
    num_users: int,
    num_items: int,
    embedding_size: int,
    num_topics: int,
    item_spread: float,
    user_spread: float,
    taste: float,
    quality: float,
    noise: float,
) -> World:
    """Equations (1) and (2), the same bits for the same arguments."""
    rng = np.random.default_rng(seed)
    centres = _unit(rng.standard_normal((num_topics, embedding_size)))
    topics = rng.integers(num_topics, size=num_items)
    interests = rng.integers(num_topics, size=num_users)
    sides = []
    for topic, spread in ((interests, user_spread), (topics, item_spread)):
        around = rng.standard_normal((len(topic), embedding_size), dtype=np.float32)
        around *= spread / np.sqrt(embedding_size)
        around += centres[topic].astype(np.float32)
        sides.append(_unit(around))
    users, items = (centred(side) for side in sides)
    item_quality = quality * rng.standard_normal(num_items)
    mean, deviation = _cosine_moments(users, items)
    slope = taste / deviation if deviation > 0 else 0.0
    model = LowRank(
        mean=MEAN_RATING - slope * mean,
        user_bias=np.zeros(num_users, np.float32),
        item_bias=item_quality.astype(np.float32),
        user_factors=users * np.float32(slope),
        item_factors=items,
    )
    small = num_users * num_items <= MAX_TABLE
    ratings = Ratings(_noisy_table(model, noise, rng) if small else model)
    return World(sides[0], sides[1], topics, ratings)


def titles(num_items: int) -> tuple[str, ...]:
    """Readable invented names, all different: "Amber Lantern 17"."""
    return tuple(
        f"{_COLOURS[i % len(_COLOURS)]} {_THINGS[i % len(_THINGS)]} {i}" for i in range(num_items)
    )


def topic_names(num_topics: int) -> tuple[str, ...]:
    """Readable invented names, all different."""
    rounds = (f" {i // len(TOPIC_NAMES) + 1}" * (i >= len(TOPIC_NAMES)) for i in range(num_topics))
    return tuple(TOPIC_NAMES[i % len(TOPIC_NAMES)] + r for i, r in enumerate(rounds))


def _noisy_table(model: LowRank, noise: float, rng: np.random.Generator) -> Array:
    num_users, num_items = len(model.user_bias), len(model.item_bias)
    table = np.empty((num_users, num_items), np.float32)
    for rows in row_blocks(num_users, num_items):
        block = table[rows]
        rng.standard_normal(out=block, dtype=np.float32)
        block *= np.float32(noise)
        block += model.item_bias + np.float32(model.mean)
        # column by column rather than a matrix product, whose last bit depends on the processor
        for p, q in zip(model.user_factors[rows].T, model.item_factors.T, strict=True):
            block += p[:, None] * q
        np.clip(block, np.float32(R_MIN), 1, out=block)
    return table


def _cosine_moments(users: Array, items: Array) -> tuple[float, float]:
    """Mean and standard deviation of the cosine over all U x I pairs, without forming them."""
    mean = float(users.mean(0, dtype=np.float64) @ items.mean(0, dtype=np.float64))
    second = [side.T.astype(np.float64) @ side / len(side) for side in (users, items)]
    return mean, float(np.sqrt(max(0.0, (second[0] * second[1]).sum() - mean**2)))


def _unit(vectors: Array) -> Array:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
