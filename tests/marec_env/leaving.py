"""A game that agents leave one by one, at other times in every copy, for the tests of episodes."""

from dataclasses import dataclass
from typing import ClassVar

from marec_env.scenarios.basic import Basic


@dataclass(frozen=True, kw_only=True)
class Leaving(Basic):
    """The plain game, but whoever picks from the first slots of the pool leaves."""

    name: ClassVar[str] = "leaving"

    num_exits: int = 4  # slots that lead out

    def step(self, state, actions, streams):
        following, outcome = super().step(state, actions, streams)
        slot = outcome.picks.slot
        leaves = (slot >= 0) & (slot < self.num_exits)
        return following, outcome._replace(terminated=leaves)
