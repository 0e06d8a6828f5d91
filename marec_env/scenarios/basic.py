"""basic-v0: the plain game. N users, one agent each; a pick pays its similarity-weighted rating.

    payoff_u = s(e_u, e_i) r_ui                      i the item picked, 0 for a skip            (1)
    r(A_u)   = sum over the picks i of an episode of s(e_u, e_i) r_ui                           (5)

Nothing couples the agents but their objective: each does best by taking the candidate of highest
s r, of which it sees s and has to learn r. The episode is cut after T steps.

Tension: none between agents; between what is similar, which shows, and what is good, which is
hidden.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ..arrays import Array
from ..scenario import Outcome, Scenario
from ..stages import Stage, StockStage
from ..streams import Streams
from ..world import Episode, Slate


class State(NamedTuple):
    """B games."""

    step: Array  # t [B] int64
    episode: Episode
    slate: Slate


@dataclass(frozen=True, kw_only=True)
class Basic(Scenario[State]):
    """The plain game: a pick pays its similarity-weighted rating."""

    name: ClassVar[str] = "basic-v0"

    num_agents: int = 8  # N, users that take part, 1 <= N <= U
    pool_size: int = 40  # M, items that take part, K <= M <= I

    def reset(self, streams: Streams) -> State:
        return State(*self.begin(streams))

    def step(self, state: State, actions: Array, streams: Streams) -> tuple[State, Outcome]:
        picked = self.picked(state, actions)
        slate = self.world.slate(state.episode, streams)
        following = State(state.step + 1, state.episode, slate)
        return following, Outcome.of(picked, picked.factors())

    def one_shot(self, alone: State) -> Stage:
        plenty = np.full(self.pool_size, self.num_agents)  # of everything for all, at every step
        return StockStage.of(
            self, alone, stock=plenty, load=np.zeros_like(plenty), window=int(alone.step[0])
        )
