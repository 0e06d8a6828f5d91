"""What the running episodes of B copies have brought so far, for the metrics at their end."""

import numpy as np

from .arrays import Array
from .metrics import History, episode_metrics
from .scenario import Outcome


class Ledger:
    """Written at every step; read and cleared where an episode ends."""

    def __init__(self, num_envs: int, horizon: int, num_agents: int, pool_size: int):
        shape = (num_envs, horizon, num_agents)
        self.history = History(
            slots=np.full(shape, -1, np.int32),
            payoff=np.zeros(shape),
            served=np.ones(shape, np.bool_),
        )
        self._pool_size = pool_size
        self._copies = np.arange(num_envs)

    def add(self, step: Array, outcome: Outcome) -> None:
        """Enters what happened at `step` [B] of each copy."""
        self.history.slots[self._copies, step] = outcome.picks.slot
        self.history.payoff[self._copies, step] = outcome.payoff
        if "served" in outcome.diagnostics:
            self.history.served[self._copies, step] = outcome.diagnostics["served"]

    def close(self, done: Array) -> dict[str, Array]:
        """Metrics of the episodes that ended in copies `done` [B]: "episode/..." [B], else NaN."""
        found = episode_metrics(History(*(x[done] for x in self.history)), self._pool_size)
        metrics = {f"episode/{name}": np.full(len(done), np.nan) for name in found}
        for name, values in found.items():
            metrics[f"episode/{name}"][done] = values
        return metrics

    def clear(self, copies: Array) -> None:
        """Empties the rows of `copies`, a mask [B]."""
        self.history.slots[copies] = -1
        self.history.payoff[copies] = 0
        self.history.served[copies] = True
