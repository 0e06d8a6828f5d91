"""Loads what a user names by its place: a class or function of a file or of a module.

    my_file.py:MyPolicy      an attribute of a file, no package needed
    my_pkg.my_module:MyGame  an attribute of an importable module

Nothing is registered and no base class is asked for: the attribute is used as it is.
"""

import difflib
import hashlib
import importlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from agents.naming import import_file


class UnknownName(ValueError):
    """A name stands for nothing; the message is one sentence for the user."""


def load(name: str, what: str) -> Any:
    """The attribute that `place:attribute` points to.

    Args:
        name: as typed by the user.
        what: the flag it was typed for, for the error message.

    Raises:
        UnknownName: if there is no such file, module or attribute, or its import fails.
    """
    place, _, attribute = name.rpartition(":")
    module = import_place(place, what)
    if not hasattr(module, attribute):
        names = [n for n in vars(module) if not n.startswith("_")]
        raise UnknownName(f"{what}: {place} has no {attribute!r}; {suggestion(attribute, names)}")
    return getattr(module, attribute)


def import_place(place: str, what: str) -> ModuleType:
    """The module at a path that ends in `.py`, or of a dotted name; raises as `load`."""
    try:
        return import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    except Exception as error:  # a plug-in may fail in any way when it is imported
        reason = str(error) if isinstance(error, FileNotFoundError) else f"{_described(error)}"
        raise UnknownName(f"{what}: {place!r} cannot be imported: {reason}") from error


def digests(*names: str | None) -> dict[str, str]:
    """SHA-256 of the file behind each of the names that is a plug-in, by its place."""
    found = {}
    for name in names:
        if name and ":" in name:
            place = name.rpartition(":")[0]
            spec = None if place.endswith(".py") else importlib.util.find_spec(place)
            path = Path(place if place.endswith(".py") else (spec and spec.origin) or "")
            if path.is_file():
                found[place] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean 'iql'?`, or the list of what there is."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"


def _import_module(name: str) -> ModuleType:
    if name.startswith("."):
        raise FileNotFoundError("a module is named from its top package")
    return importlib.import_module(name)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")
