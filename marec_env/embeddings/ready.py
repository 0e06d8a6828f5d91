"""Items by vectors that were made elsewhere, for instance by the interface of a language model.

A file has one vector an item, found by the item's id:

    .safetensors   `vectors` [n, D] and, as metadata, `ids`: a JSON list of n texts
    .npy           [I, D], in the order of the data's items; a pickle is refused
    .csv, .tsv     id, then D numbers, a row an item, with or without a header
    .jsonl         {"id": ..., "vector": [...]}, a line an item
    .parquet       columns `id` and `vector`, a list of numbers

Vectors of items that the data do not have are left out. Users follow from their histories
(profiles.py).
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..datasets.files import decode
from ..datasets.interactions import DataError, Interactions
from ..datasets.parquet import read as read_parquet
from .profiles import Described, Profiled
from .text_models import first_line


class Found(NamedTuple):
    """What is in a file."""

    ids: list[str] | None  # n; None: in the order of the data's items
    vectors: Array  # [n, D]


@dataclass(frozen=True, kw_only=True)
class Ready(Profiled):
    """Vectors of a file."""

    name: ClassVar[str] = "vectors"

    file: str = ""  # .safetensors, .npy, .csv, .tsv, .jsonl or .parquet
    licence: str = "as the source says"  # of the vectors

    def describe(self, interactions: Interactions) -> Described:
        """The vector of each item, float32."""
        path = Path(self.file)
        if path.suffix not in READERS:
            raise DataError(
                f"ready vectors must be a file that ends in one of {', '.join(READERS)}, "
                f"got {self.file!r}"
            )
        if not path.is_file():
            raise DataError(f"ready vectors must be in a file that is there, {path} is not")
        try:
            found = READERS[path.suffix](path)
        except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(
                f"{path.name} must hold ids and vectors: {first_line(error)}"
            ) from error
        items = matched(found, interactions.item_ids, path.name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return Described(items, str(path), self.licence, {"file_sha256": digest})


def matched(found: Found, item_ids: tuple[str, ...], file: str) -> Array:
    """The vectors of `item_ids`, [I, D] float32.

    Raises:
        DataError: if one is missing, given twice, or not finite, or there are not I without ids.
    """
    ids, vectors = found
    if vectors.ndim != 2 or not vectors.shape[1] or vectors.dtype.kind not in "fiu":
        raise DataError(
            f"{file} must hold vectors [items, size] of numbers, got {vectors.dtype} "
            f"{vectors.shape}"
        )
    if ids is None:
        if len(vectors) != len(item_ids):
            raise DataError(
                f"{file} must hold a vector for each of the {len(item_ids):,} items, in their "
                f"order, it holds {len(vectors):,}"
            )
        ids = list(item_ids)
    if len(ids) != len(vectors):
        raise DataError(f"{file} must hold as many ids as vectors, got {len(ids)}, {len(vectors)}")
    place = {name: index for index, name in enumerate(ids)}
    if len(place) < len(ids):
        twice = next(name for index, name in enumerate(ids) if place[name] != index)
        raise DataError(f"{file} must hold one vector an item, it holds two of {twice!r}")
    missing = [name for name in item_ids if name not in place]
    if missing:
        raise DataError(
            f"{file} must hold a vector for every item of the data, it has none for "
            f"{len(missing):,} of {len(item_ids):,}, the first is {missing[0]!r}"
        )
    chosen = vectors[[place[name] for name in item_ids]].astype(np.float32)
    if not np.isfinite(chosen).all():
        bad = item_ids[int(np.argwhere(~np.isfinite(chosen))[0][0])]
        raise DataError(f"{file} must hold finite numbers, the vector of {bad!r} does not")
    return chosen


def _of_rows(rows: Iterable[tuple[int, str, Any]], file: str) -> Found:
    """From row number, id and numbers; all of one length."""
    ids: list[str] = []
    vectors: list[Array] = []
    for row, name, numbers in rows:
        try:
            vector = np.array(numbers, np.float64)
        except (ValueError, TypeError):
            raise DataError(f"row {row} of {file} must hold an id and numbers") from None
        if vector.ndim != 1 or (vectors and len(vector) != len(vectors[0])):
            expected = len(vectors[0]) if vectors else "some"
            raise DataError(
                f"row {row} of {file} must hold {expected} numbers like the others, it holds "
                f"{vector.size}"
            )
        ids.append(name)
        vectors.append(vector)
    return Found(ids, np.array(vectors) if vectors else np.zeros((0, 1)))


def _safetensors(path: Path) -> Found:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as opened:
            if "vectors" not in opened.keys():  # noqa: SIM118 - it is no mapping
                raise DataError(f"{path.name} must hold a tensor `vectors`, it does not")
            ids = json.loads((opened.metadata() or {}).get("ids", "null"))
            return Found(
                None if ids is None else [str(i) for i in ids], opened.get_tensor("vectors")
            )
    except SafetensorError as error:
        raise DataError(f"{path.name} must be a whole safetensors file: {error}") from error


def _npy(path: Path) -> Found:
    return Found(None, np.load(path, allow_pickle=False))


def _table(path: Path) -> Found:
    text = decode(path.read_bytes(), path.name)
    lines = csv.reader(text.splitlines(), delimiter="\t" if path.suffix == ".tsv" else ",")
    rows = [(row, fields) for row, fields in enumerate(lines, start=1) if fields]
    if rows and not _is_number(rows[0][1][-1]):
        rows = rows[1:]
    return _of_rows(((row, fields[0], fields[1:]) for row, fields in rows), path.name)


def _jsonl(path: Path) -> Found:
    text = decode(path.read_bytes(), path.name)
    lines = ((row, json.loads(t)) for row, t in enumerate(text.splitlines(), 1) if t.strip())
    return _of_rows(((row, str(one["id"]), one["vector"]) for row, one in lines), path.name)


def _parquet(path: Path) -> Found:
    table = read_parquet(path)
    columns = (table.column(name).to_pylist() for name in ("id", "vector"))
    rows = enumerate(zip(*columns, strict=True), start=1)
    return _of_rows(((row, str(name), vector) for row, (name, vector) in rows), path.name)


def _is_number(text: str) -> bool:
    """Also where it is not finite: such a row is no header."""
    try:
        float(text)
    except ValueError:
        return False
    return True


READERS: dict[str, Callable[[Path], Found]] = {
    ".safetensors": _safetensors,
    ".npy": _npy,
    ".csv": _table,
    ".tsv": _table,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}
