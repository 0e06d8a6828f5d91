"""A fitted encoder on disk: a folder with `vectors.safetensors` and `card.json`, never a pickle.

The arrays are those of the Vectors. The card says the rest: the encoder and its settings, what it
was fitted to (with a hash), what it reached, with which versions, and whose vectors they are.
"""

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions
from ..whole_folder import check, replacing
from .encoder import Settings, Vectors
from .histories import from_ids
from .table import ENCODERS
from .text_models import PICKLES

FORMAT = "marec-encoder-1"
ARRAYS, CARD = "vectors.safetensors", "card.json"
KIND = "an encoder"
OF_VECTORS = ("users", "items")
NAMES = ("name", "source", "licence", "record")  # of Vectors, in the card
PACKAGES = ("numpy", "scipy", "torch", "implicit")


@dataclass(frozen=True, eq=False)
class Trained:
    """An encoder with what it has learnt."""

    encoder: Settings
    vectors: Vectors
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    card: Mapping[str, Any]  # what else there is to say, JSON-able

    @classmethod
    def of(
        cls,
        encoder: Settings,
        interactions: Interactions,
        vectors: Vectors | None = None,
        metrics: Mapping[str, float] | None = None,
    ) -> "Trained":
        """Fits the encoder, unless its vectors are there already.

        Args:
            encoder: a dataclass out of ENCODERS.
            interactions: what it is fitted to.
            vectors: what it made of them.
            metrics: what the vectors reached, by name.
        """
        card = {
            "metrics": dict(metrics or {}),
            "data": {
                "name": interactions.name,
                "source": interactions.source,
                "licence": interactions.licence,
                "ratings": len(interactions),
                "sha256": digest(interactions),
            },
            "versions": {"python": platform.python_version(), **_versions()},
        }
        vectors = encoder.fit(interactions) if vectors is None else vectors
        return cls(encoder, vectors, interactions.user_ids, interactions.item_ids, card)

    def encode_users(self, lists: Sequence[Sequence[str]]) -> Array:
        """Vectors [H, D] float32 of people by the ids of what they turned to, oldest first.

        Raises:
            DataError: if an id is not of an item that has a vector.
        """
        return self.encoder.encode_users(self.vectors, from_ids(self.item_ids, lists))

    def save(self, folder: str | Path) -> Path:
        """Writes `folder`, replacing an older encoder there.

        Raises:
            ValueError: if something else is there already, or the encoder is not in the table.
        """
        from safetensors.numpy import save

        kind = type(self.encoder)
        known = [name for name, made in ENCODERS.items() if made is kind]
        if not known:
            raise ValueError(f"an encoder must be one of {', '.join(ENCODERS)}, got {kind}")
        arrays = {name: getattr(self.vectors, name) for name in OF_VECTORS}
        arrays |= {f"weights.{name}": value for name, value in self.vectors.weights.items()}
        content = save({name: np.ascontiguousarray(value) for name, value in arrays.items()})
        card = {
            "format": FORMAT,
            "encoder": known[0],
            "settings": asdict(self.encoder),
            "size": self.vectors.size,
            **{name: getattr(self.vectors, name) for name in NAMES},
            **self.card,
            "arrays_sha256": hashlib.sha256(content).hexdigest(),
            "user_ids": self.user_ids,
            "item_ids": self.item_ids,
        }
        text = json.dumps(card, indent=1, default=dict)
        with replacing(Path(folder), CARD, KIND) as written:
            (written / ARRAYS).write_bytes(content)
            (written / CARD).write_text(text + "\n", encoding="utf-8")
        return Path(folder)

    @classmethod
    def load(cls, folder: str | Path) -> "Trained":
        """Reads and checks a folder that `save` wrote.

        Raises:
            DataError: if it is not there, damaged, foreign, or holds pickled weights.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        folder = Path(folder)
        for name in (ARRAYS, CARD):
            if not (folder / name).is_file():
                raise DataError(_why_not(folder, name))
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            content = (folder / ARRAYS).read_bytes()
            _check(card, content)
            arrays = load(content)
            weights = {
                name.removeprefix("weights."): value
                for name, value in arrays.items()
                if name not in OF_VECTORS
            }
            vectors = Vectors(
                users=arrays["users"],
                items=arrays["items"],
                **{name: card.pop(name) for name in NAMES},
                weights=weights,
            )
            made = ENCODERS[card.pop("encoder")](**card.pop("settings"))
            ids = tuple(card.pop("user_ids")), tuple(card.pop("item_ids"))
        except (ValueError, KeyError, TypeError, SafetensorError, OSError, RecursionError) as error:
            raise DataError(f"{folder} must be an encoder as it was saved: {error}") from error
        rest = ("format", "size", "arrays_sha256")
        return cls(made, vectors, *ids, {k: v for k, v in card.items() if k not in rest})


def check_place(folder: Path) -> None:
    """Raises ValueError if `Trained.save` could not write `folder`."""
    check(folder, CARD, KIND)


def digest(interactions: Interactions) -> str:
    """The sha256 of who turned to what, how much it was liked and when, whatever the file."""
    said = hashlib.sha256()
    for array in (interactions.users, interactions.items, interactions.ratings):
        said.update(np.ascontiguousarray(array).tobytes())
    if interactions.timestamps is not None:
        said.update(np.ascontiguousarray(interactions.timestamps).tobytes())
    said.update(json.dumps([interactions.user_ids, interactions.item_ids]).encode())
    return said.hexdigest()


def _why_not(folder: Path, name: str) -> str:
    pickled = sorted(p.name for p in folder.glob("*") if p.suffix in PICKLES)
    if name == ARRAYS and pickled:
        return (
            f"{folder} must hold {ARRAYS}, it has {pickled[0]}, a pickle, which could run any code "
            "when it is read"
        )
    return f"{folder} must be the folder of an encoder, it has no {name}"


def _check(card: Any, content: bytes) -> None:
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise ValueError(f"{CARD} must say format {FORMAT!r}")
    found = hashlib.sha256(content).hexdigest()
    if found != card["arrays_sha256"]:
        raise ValueError(
            f"{ARRAYS} must have the sha256 {card['arrays_sha256'][:12]} that {CARD} names, it has "
            f"{found[:12]}"
        )


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
