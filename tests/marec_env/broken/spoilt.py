"""Sound scenarios with one place to be spoilt in."""

from typing import Any

from marec_env.scenarios.basic import Basic
from marec_env.shown import of_candidate


class Broken(Basic):
    """A plain game whose step is spoilt by `spoil`."""

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        return self.spoil(state, actions, streams, following, outcome)

    def spoil(self, state, actions, streams, following, outcome) -> Any:
        raise NotImplementedError


class Shows(Basic):
    """Shows a candidate's `secret(state)` [B, N, K]."""

    def shows(self):
        return [of_candidate("secret", "what should not be", self.secret)]

    def secret(self, state) -> Any:
        raise NotImplementedError
