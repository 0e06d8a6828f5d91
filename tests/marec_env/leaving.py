"""A game that agents leave one by one, at other times in every copy, for the tests of episodes."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from marec_env.scenarios.basic import Basic
from marec_env.world import Episode, Slate


class State(NamedTuple):
    step: np.ndarray  # [B] int64
    episode: Episode
    slate: Slate
    present: np.ndarray  # [B, N] bool


@dataclass(frozen=True, kw_only=True)
class Leaving(Basic):
    """The plain game, but whoever picks from the first slots of the pool leaves."""

    name: ClassVar[str] = "leaving"

    num_exits: int = 4  # slots that lead out

    def reset(self, streams) -> Any:
        begun = super().reset(streams)
        return State(*begun, np.ones(begun.episode.users.shape, bool))

    def step(self, state: Any, actions, streams) -> Any:
        following, outcome = super().step(state, actions, streams)
        slot = outcome.picks.slot
        leaves = (slot >= 0) & (slot < self.num_exits)
        following = State(*following, state.present & ~leaves)
        return following, outcome._replace(terminated=leaves)

    def present(self, state: Any):
        return state.present
