"""A catalogue on disk: a folder with `arrays.safetensors` and `catalogue.json`, never a pickle.

The folder appears whole or not at all. Loading recomputes the digest, so that a file that was cut,
edited or exchanged is an error.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .arrays import Array
from .ratings import Ratings
from .whole_folder import check, replacing

if TYPE_CHECKING:
    from .catalogue import Catalogue

FORMAT = "marec-catalogue-1"
_ARRAYS, _TEXTS = "arrays.safetensors", "catalogue.json"
KIND = "a catalogue"


def check_place(folder: Path) -> None:
    """Raises ValueError if `save` could not write `folder`."""
    check(folder, _TEXTS, KIND)


def save(catalogue: "Catalogue", folder: Path) -> Path:
    """Writes `folder`, replacing an older catalogue there.

    Raises:
        ValueError: if something else than a catalogue is there already.
    """
    from safetensors.numpy import save_file

    with replacing(folder, _TEXTS, KIND) as written:
        save_file(
            {k: v.copy() if v.size == 0 else v for k, v in catalogue.arrays().items()},
            written / _ARRAYS,
        )
        texts = {"format": FORMAT, "digest": catalogue.digest, **catalogue.texts()}
        (written / _TEXTS).write_text(json.dumps(texts, indent=1) + "\n", encoding="utf-8")
    return folder


def load(folder: Path) -> "Catalogue":
    """Reads and checks a folder that `save` wrote.

    Raises:
        FileNotFoundError: if there is no such catalogue.
        ValueError: if a file is truncated, foreign, edited, or holds impossible values.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    from .catalogue import Catalogue

    for name in (_TEXTS, _ARRAYS):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} must be a catalogue folder, it has no {name}")
    texts = _read_texts(folder / _TEXTS)
    try:
        arrays = load_file(folder / _ARRAYS)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{folder / _ARRAYS} must be a whole safetensors file: {error}") from error
    digest = texts.pop("digest")
    try:
        catalogue = _assemble(Catalogue, arrays, texts)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{folder} must hold the parts of a catalogue: {error!r}") from error
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from error
    if catalogue.digest != digest:
        raise ValueError(
            f"{folder} must have the digest {digest[:12]} written in it, its content has "
            f"{catalogue.digest[:12]}: it was edited or damaged"
        )
    return catalogue


def _read_texts(path: Path) -> dict[str, Any]:
    try:
        texts = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # not UTF-8, or not JSON, or nested beyond use
        raise ValueError(f"{path} must be whole UTF-8 JSON: {error}") from error
    if not isinstance(texts, dict) or texts.pop("format", None) != FORMAT:
        raise ValueError(f"{path} must say format {FORMAT!r}, it is something else")
    if not isinstance(texts.get("digest"), str):
        raise ValueError(f"{path} must name its digest, it has none")
    return texts


def _assemble(
    kind: "type[Catalogue]", arrays: dict[str, Array], texts: dict[str, Any]
) -> "Catalogue":
    ratings = Ratings.from_arrays(arrays)
    rest = {name: value for name, value in arrays.items() if name not in ratings.arrays()}
    return kind(**rest, ratings=ratings, **texts)
