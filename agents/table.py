"""Name -> class. Nothing is imported before it is asked for: what needs no torch loads none."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

PLACES = {  # name on the command line -> module and class
    "random": ("random", "Random"),
    "linucb": ("linucb", "LinUCB"),
    "thompson": ("thompson", "Thompson"),
    "exp3": ("exp3", "Exp3"),
    "supervised": ("supervised", "Supervised"),
    "iql": ("independent.iql", "IQL"),
    "reinforce": ("independent.reinforce", "REINFORCE"),
    "ia2c": ("independent.ia2c", "IA2C"),
    "ippo": ("independent.ippo", "IPPO"),
    "vdn": ("cooperative.vdn", "VDN"),
    "qmix": ("cooperative.qmix", "QMIX"),
    "maa2c": ("cooperative.maa2c", "MAA2C"),
    "mappo": ("cooperative.mappo", "MAPPO"),
    "coma": ("cooperative.coma", "COMA"),
    "maddpg": ("cooperative.maddpg", "MADDPG"),
    "mean_field_q": ("large_population.mean_field_q", "MeanFieldQ"),
    "mean_field_ac": ("large_population.mean_field_ac", "MeanFieldAC"),
}


class _Table(Mapping[str, type[Any]]):
    def __getitem__(self, name: str) -> type[Any]:
        module, attribute = PLACES[name]
        return getattr(importlib.import_module(f"{__package__}.{module}"), attribute)

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


AGENTS: Mapping[str, type[Any]] = _Table()
