"""Sound scenarios with one place to be spoilt in."""

from typing import Any

from marec_env.layout import Column
from marec_env.scenarios.basic import Basic


class Broken(Basic):
    """A plain game whose step is spoilt by `spoil`."""

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        return self.spoil(state, actions, streams, following, outcome)

    def spoil(self, state, actions, streams, following, outcome) -> Any:
        raise NotImplementedError


class Shows(Basic):
    """Shows a candidate's quantity `shown(state)` [B, N, K]."""

    def quantities(self, state):
        return (self.shown(state),)

    def quantity_columns(self):
        return [Column("shown", 1, "what should not be")]

    def shown(self, state) -> Any:
        raise NotImplementedError
