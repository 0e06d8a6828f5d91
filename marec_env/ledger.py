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
        _clear(*self.history, copies)


@compiled
def _clear(slots, payoffs, all_served, items, copies):
    num_copies, num_steps, num_agents = slots.shape
    for b in range(num_copies):
        for t in range(num_steps if copies[b] else 0):
            for n in range(num_agents):
                slots[b, t, n], items[b, t, n] = -1, -1
                payoffs[b, t, n], all_served[b, t, n] = 0.0, True


@compiled
def _enter(slots, payoffs, all_served, items, step, slot, item, payoff, served):
    num_copies, num_agents = payoff.shape
    for b in range(num_copies):
        for n in range(num_agents):
            slots[b, step[b], n] = slot[b, n]
            items[b, step[b], n] = item[b, n]
            payoffs[b, step[b], n] = payoff[b, n]
            all_served[b, step[b], n] = served[b, n]
