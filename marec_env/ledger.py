"""What the running episodes of B copies have brought so far, for what is said at their end."""

import numpy as np

from .arrays import Array
from .compiled import compiled
from .metrics import History
from .scenario import Outcome


class Ledger:
    """Written at every step; read and cleared where an episode ends."""

    def __init__(self, num_envs: int, horizon: int, num_agents: int):
        shape = (num_envs, horizon, num_agents)
        self.history = History(
            slots=np.full(shape, -1, np.int32),
            payoff=np.zeros(shape),
            served=np.ones(shape, np.bool_),
            items=np.full(shape, -1, np.int32),
        )
        self._all = np.ones((num_envs, num_agents), np.bool_)

    def add(self, step: Array, outcome: Outcome) -> None:
        """Enters what happened at `step` [B] of each copy."""
        served = outcome.diagnostics.get("served", self._all)
        slot, item, _ = outcome.picks
        _enter(*self.history, step, slot, item, outcome.payoff, served)

    def clear(self, copies: Array) -> None:
        """Empties the rows of `copies`, a mask [B]."""
        rows = slice(None) if copies.all() else copies  # several times faster
        self.history.slots[rows] = -1
        self.history.payoff[rows] = 0
        self.history.served[rows] = True
        self.history.items[rows] = -1


@compiled
def _enter(slots, payoffs, all_served, items, step, slot, item, payoff, served):
    num_copies, num_agents = payoff.shape
    for b in range(num_copies):
        for n in range(num_agents):
            slots[b, step[b], n] = slot[b, n]
            items[b, step[b], n] = item[b, n]
            payoffs[b, step[b], n] = payoff[b, n]
            all_served[b, step[b], n] = served[b, n]
