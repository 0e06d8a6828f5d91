"""What the running episodes of B copies have brought so far, for the metrics at their end."""

from typing import Any, NamedTuple

import numpy as np

from .arrays import Array
from .scenario import Outcome, Scenario


class Entries(NamedTuple):
    """Rows of steps that are still to come hold skips and zeros."""

    slots: Array  # [B, T, N] int32: pool slot picked, -1 for a skip
    payoff: Array  # [B, T, N] float64
    served: Array  # [B, T, N] bool: the pick was served; True for a skip


class Ledger:
    """Written at every step, read and cleared where an episode ends."""

    def __init__(self, num_envs: int, horizon: int, num_agents: int):
        shape = (num_envs, horizon, num_agents)
        self._entries = Entries(
            np.full(shape, -1, np.int32), np.zeros(shape), np.ones(shape, np.bool_)
        )
        self._copies = np.arange(num_envs)

    def add(self, step: Array, outcome: Outcome) -> None:
        """Enters what happened at `step` [B] of each copy."""
        self._entries.slots[self._copies, step] = outcome.picks.slot
        self._entries.payoff[self._copies, step] = outcome.payoff
        if "served" in outcome.diagnostics:
            self._entries.served[self._copies, step] = outcome.diagnostics["served"]

    def close(self, done: Array, scenario: Scenario, state: Any) -> dict[str, Array]:
        """Metrics of the episodes that ended in copies `done` [B]: "episode/..." [B], else NaN."""
        entries = Entries(*(x[done] for x in self._entries))
        found = {"welfare": entries.payoff.mean(axis=(1, 2))}
        out = {}
        for name, values in found.items():
            out[f"episode/{name}"] = np.full((len(done), *values.shape[1:]), np.nan)
            out[f"episode/{name}"][done] = values
        return out

    def clear(self, copies: Array) -> None:
        """Empties the rows of `copies`, a mask [B]."""
        self._entries.slots[copies] = -1
        self._entries.payoff[copies] = 0
        self._entries.served[copies] = True

    def arrays(self) -> Entries:
        """All there is, for a snapshot."""
        return self._entries

    def load(self, entries: Entries) -> None:
        """Goes on from `entries`."""
        self._entries = entries
