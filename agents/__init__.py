"""Policies and learners: they see arrays and sizes, never an environment.

`AGENTS` names the classes without importing them, so that what needs no torch does not load it.
"""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from .contract import Layout as Layout
from .contract import Learner as Learner
from .contract import Policy as Policy
from .contract import Sizes as Sizes
from .contract import Transition as Transition
from .contract import View as View

_PLACES = {  # command-line name -> module and class
    "random": ("random", "Random"),
    "linucb": ("linucb", "LinUCB"),
    "iql": ("independent.iql", "IQL"),
    "ippo": ("independent.ippo", "IPPO"),
}


class _Table(Mapping[str, type[Any]]):
    """Name -> class, imported when asked for."""

    def __getitem__(self, name: str) -> type[Any]:
        module, attribute = _PLACES[name]
        return getattr(importlib.import_module(f"{__name__}.{module}"), attribute)

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


AGENTS: Mapping[str, type[Any]] = _Table()
