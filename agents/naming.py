"""Names of classes that a file can hold: `ippo`, `package.module:Class`, `my_file.py:Class`."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from . import table


def name_of(policy_class: type[Any]) -> str:
    """The shortest name under which `find_class` finds it."""
    place = (policy_class.__module__, policy_class.__qualname__)
    known = {
        (f"{__package__}.{module}", name): short for short, (module, name) in table.PLACES.items()
    }
    return known.get(place, ":".join(place))


def find_class(name: str) -> Any:
    """The class called `name`.

    Raises:
        ValueError: if there is none, or it cannot act.
    """
    place, colon, attribute = name.rpartition(":")
    if not colon:
        if name not in table.AGENTS:
            raise ValueError(f"the saved class must be one of {list(table.AGENTS)}, got {name!r}")
        return table.AGENTS[name]
    try:
        module = (
            import_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
        )
        found = getattr(module, attribute)
    except (ImportError, AttributeError, OSError) as error:
        raise ValueError(f"the saved class {name!r} cannot be imported: {error}") from error
    if not hasattr(found, "act"):
        raise ValueError(f"the saved class {name!r} must be a policy, it has no method act")
    return found


def import_file(path: Path) -> ModuleType:
    """The module in a file that ends in `.py`, which need not be importable by name.

    Raises:
        FileNotFoundError: if there is no such file; besides, whatever the file raises.
    """
    if not path.is_file():
        raise FileNotFoundError("there is no such file")
    name = f"plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # true of every path that ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and get_type_hints look their module up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
