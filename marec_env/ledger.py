"""What the running episodes of B copies have brought so far, for what is said at their end."""

import numpy as np

from .arrays import Array
from .compiled import compiled
from .flags import are_all
from .metrics import History
from .scenario import Outcome

_EMPTY = -1, 0.0, True, -1  # slot, payoff, service and item of steps that never came


class Ledger:
    """Written at every step; read and cleared where an episode ends."""

    def __init__(self, num_envs: int, horizon: int, num_agents: int):
        shape = (num_envs, horizon, num_agents)
        self.history = History(
            slots=np.empty(shape, np.int32),
            payoff=np.empty(shape),
            served=np.empty(shape, np.bool_),
            items=np.empty(shape, np.int32),
        )
        self.clear(np.ones(num_envs, np.bool_))
        self._all = np.ones((num_envs, num_agents), np.bool_)

    def add(self, step: Array, outcome: Outcome) -> Array:
        """Enters what happened at `step` [B] of each copy; returns its payoffs [B, N] float32."""
        served = outcome.diagnostics.get("served", self._all)
        slot, item, *_ = outcome.picks
        paid = np.empty(outcome.payoff.shape, np.float32)
        _enter(*self.history, step, slot, item, outcome.payoff, served, paid)
        return paid

    def clear(self, copies: Array) -> None:
        """Empties the rows of `copies`, a mask [B]."""
        where = ... if are_all(copies) else copies
        for rows, empty in zip(self.history, _EMPTY, strict=True):
            rows[where] = empty


@compiled
def _enter(slots, payoffs, all_served, items, step, slot, item, payoff, served, paid):
    num_copies, num_agents = payoff.shape
    for b in range(num_copies):
        for n in range(num_agents):
            slots[b, step[b], n] = slot[b, n]
            items[b, step[b], n] = item[b, n]
            payoffs[b, step[b], n] = paid[b, n] = payoff[b, n]
            all_served[b, step[b], n] = served[b, n]
