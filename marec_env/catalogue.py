"""Catalogue: users, items and what the users think of the items; the one type data and games share.

A catalogue is a value: it never changes, and two of equal content are equal, whatever made them.
Its vectors are kept as the encoder gave them ("raw"); the centred ones (centring.py) are what
similarities are made of. Its ratings are the known ones as given and a model for all others
(ratings.py). On disk it is a folder of safetensors and JSON (catalogue_files.py).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import synthetic
from .arrays import Array
from .centring import centred
from .ratings import MAX_TABLE, Ratings


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogue:
    """U users and I items; compares and hashes by `digest`."""

    user_vectors: Array  # [U, D] float32, as the encoder gave them
    item_vectors: Array  # [I, D] float32
    ratings: Ratings  # U x I
    topics: Array = field(default_factory=lambda: np.zeros(0, np.int64))  # [I]; none: all 0
    topic_names: tuple[str, ...] = ()  # one a topic; "topic 0" ... by default
    titles: tuple[str, ...] = ()  # I, or none
    prices: Array | None = None  # [I] float64, >= 0
    user_ids: tuple[str, ...] = ()  # U names in the source, or none
    item_ids: tuple[str, ...] = ()  # I names in the source, or none
    provenance: Mapping[str, Any] = field(
        default_factory=dict
    )  # name, source, licence, encoder ...

    def __post_init__(self):
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        for name in ("user_vectors", "item_vectors"):
            put(name, _vectors(name, getattr(self, name)))
        if self.user_vectors.shape[1] != self.item_vectors.shape[1]:
            raise ValueError(
                "user_vectors and item_vectors must have one size D, got "
                f"{self.user_vectors.shape[1]} and {self.item_vectors.shape[1]}"
            )
        if self.ratings.shape != (self.num_users, self.num_items):
            raise ValueError(
                f"ratings must be of [U, I] = {(self.num_users, self.num_items)}, "
                f"got {self.ratings.shape}"
            )
        put("topics", _topics(self.topics, self.num_items))
        names = tuple(self.topic_names)
        names = names or tuple(f"topic {i}" for i in range(int(self.topics.max()) + 1))
        if self.topics.max() >= len(names):
            raise ValueError(f"topic {self.topics.max()} has no name among {len(names)}")
        put("topic_names", names)
        put("prices", _prices(self.prices, self.num_items))
        sizes = {"titles": self.num_items, "user_ids": self.num_users, "item_ids": self.num_items}
        for name, size in sizes.items():
            put(name, tuple(getattr(self, name)))
            if len(getattr(self, name)) not in (0, size):
                raise ValueError(f"{name} must have 0 or {size}, got {len(getattr(self, name))}")
        put("provenance", json.loads(json.dumps(dict(self.provenance))))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Catalogue):
            return NotImplemented
        return self is other or self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        name = self.provenance.get("name", "unnamed")
        return f"Catalogue({name!r}, {self.num_users} users, {self.num_items} items)"

    @property
    def num_users(self) -> int:
        """U."""
        return len(self.user_vectors)

    @property
    def num_items(self) -> int:
        """I."""
        return len(self.item_vectors)

    @property
    def embedding_size(self) -> int:
        """D."""
        return self.item_vectors.shape[1]

    @cached_property
    def centred_user_vectors(self) -> Array:
        """[U, D] float32: minus the mean user, unit length; see centring.py."""
        return _read_only(centred(self.user_vectors))

    @cached_property
    def centred_item_vectors(self) -> Array:
        """[I, D] float32: minus the mean item, unit length; see centring.py."""
        return _read_only(centred(self.item_vectors))

    @property
    def rating_table(self) -> Array | None:
        """Every rating, [U, I] float32, read-only; None where U * I > 1e8."""
        return self.ratings.table

    def rating(self, users: ArrayLike, items: ArrayLike) -> Array:
        """Ratings of broadcast ids, float64 in [r_min, 1]: the known one, else the model's."""
        return self.ratings.at(users, items)

    def title(self, item: int) -> str:
        """What people call an item."""
        return self.titles[item] if self.titles else f"item {item}"

    @cached_property
    def digest(self) -> str:
        """sha256 over all content, in hexadecimal."""
        content = hashlib.sha256(json.dumps(self.texts(), sort_keys=True).encode())
        for name, array in sorted(self.arrays().items()):
            content.update(f"{name} {array.dtype.str} {array.shape}".encode())
            content.update(array.reshape(-1).view(np.uint8).data)
        return content.hexdigest()

    def arrays(self) -> dict[str, Array]:
        """All content that is numbers, by name; with `texts` the whole catalogue."""
        found = {
            "user_vectors": self.user_vectors,
            "item_vectors": self.item_vectors,
            "topics": self.topics,
            **({} if self.prices is None else {"prices": self.prices}),
        }
        return found | self.ratings.arrays()

    def texts(self) -> dict[str, Any]:
        """All content that is words, by name, as JSON takes it."""
        names = ("topic_names", "titles", "user_ids", "item_ids")
        return {name: list(getattr(self, name)) for name in names} | {"provenance": self.provenance}

    def save(self, folder: str | Path) -> Path:
        """Writes the catalogue as a folder, whole or not at all; see catalogue_files.py."""
        from .catalogue_files import save  # imported late: games need no files

        return save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> "Catalogue":
        """Reads what `save` wrote and checks its digest; see catalogue_files.py."""
        from .catalogue_files import load

        return load(Path(folder))

    def describe(self) -> str:
        """Sizes, spread of similarities and ratings, warnings; see catalogue_report.py."""
        from .catalogue_report import describe

        return describe(self)

    @classmethod
    def synthetic(
        cls,
        seed: int = 0,
        num_users: int = 512,  # U
        num_items: int = 512,  # I
        embedding_size: int = 16,  # D
        num_topics: int = 3,
        item_spread: float = 1.0,  # length of what is an item's own, beside its topic's centre
        user_spread: float = 0.3,  # the same of a user; small: those of a topic agree on its items
        taste: float = 0.15,  # rating per standard deviation of the cosine
        quality: float = 0.25,  # standard deviation of the hidden quality of an item, in rating
        noise: float = 0.12,  # standard deviation of what is peculiar to a pair, in rating
    ) -> "Catalogue":
        """An invented world, the same bits for the same arguments; see synthetic.py."""
        constants = {name: value for name, value in locals().items() if name != "cls"}
        for name, least in (("num_users", 1), ("num_items", 1), ("num_topics", 1), ("seed", 0),
                            ("embedding_size", 1), ("item_spread", 0), ("user_spread", 0),
                            ("taste", 0), ("quality", 0),
                            ("noise", 0)):  # fmt: skip
            if not least <= constants[name] < np.inf:
                raise ValueError(f"{name} must be at least {least}, got {constants[name]}")
        named = num_users * num_items <= MAX_TABLE
        world = synthetic.world(**constants)
        return cls(
            **world._asdict(),
            topic_names=synthetic.topic_names(num_topics),
            titles=synthetic.titles(num_items) if named else (),
            provenance={
                "name": "synthetic",
                "source": "marec_env.Catalogue.synthetic",
                "licence": "none needed: invented",
                "encoder": "synthetic",
                "settings": constants,
                "seed": seed,
            },
        )


def _vectors(name: str, vectors: Array) -> Array:
    array = np.asarray(vectors)
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind != "f":
        raise ValueError(
            f"{name} must be floats [n, D] with n, D >= 1, got {array.dtype} {array.shape}"
        )
    with np.errstate(over="ignore"):
        kept = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(kept).all():
        row = int(np.flatnonzero(~np.isfinite(kept).all(1))[0])
        raise ValueError(f"{name} must be finite in float32, row {row} is not")
    return _read_only(kept)


def _topics(topics: Array, num_items: int) -> Array:
    array = np.asarray(topics) if len(topics) else np.zeros(num_items, np.int64)
    if array.shape != (num_items,) or array.dtype.kind not in "iu" or array.min() < 0:
        raise ValueError(
            f"topics must be ids >= 0 of shape ({num_items},), got {array.dtype} {array.shape}"
        )
    return _read_only(np.ascontiguousarray(array, np.int64))


def _prices(prices: Array | None, num_items: int) -> Array | None:
    if prices is None:
        return None
    array = np.ascontiguousarray(prices, np.float64)
    if array.shape != (num_items,) or not ((array >= 0) & (array < np.inf)).all():
        raise ValueError(f"prices must be finite, >= 0 and of shape ({num_items},)")
    return _read_only(array)


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view
