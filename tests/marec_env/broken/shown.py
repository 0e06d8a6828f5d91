"""Scenarios that show what has no place: other axes, types and ranges than agreed."""

import numpy as np

from marec_env.scenarios.basic import Basic
from marec_env.shown import count, level, of_agent, of_slot, of_time
from tests.marec_env.broken.spoilt import Shows


class ShowsInfinity(Shows):
    def secret(self, state):
        return np.full(state.slate.slots.shape, np.inf)


class ShowsOneOfAll(Shows):
    def secret(self, state):
        return state.slate.similarity[:, 0]


class ShowsAgentsAsSlots(Basic):
    def shows(self):
        return [of_slot("wide", "of the wrong axis", lambda state: state.slate.similarity[:, :, 0])]


class CountsAgents(Basic):
    def shows(self):
        return [count("users", "of the wrong axis", lambda state: state.episode.users)]


class CountsDebts(Basic):
    def shows(self):
        return [
            count("debts", "below 0", lambda state: np.full_like(state.episode.pool, -1, np.int32))
        ]


class MasksAgents(Basic):
    def available(self, state):
        return np.ones_like(state.episode.users)


class MasksByShares(Basic):
    def available(self, state):
        return np.ones(state.episode.pool.shape)


class TastesInFloat64(Basic):
    def taste(self, state):
        return self.world.user_vectors[state.episode.users].astype(np.float64)


class TellsOneOfThem(Basic):
    def shows(self):
        return [of_agent("secret", "of one agent", lambda state: np.zeros((len(state.step), 1)))]


class EndsTheDayEarly(Basic):
    def shows(self):
        return [of_time("daylight", "of the steps but the last", lambda t: t[:-1] / 2)]


class Stocked(Basic):
    """Shows people a level."""

    left = 1.0

    def shows(self):
        return [level("stock", read=lambda state: np.full(state.episode.pool.shape, self.left))]


class HasMoreThanAll(Stocked):
    left = 1.5


class OwesItems(Stocked):
    left = -0.25


class HasOneLevel(Basic):
    def shows(self):
        return [level("stock", read=lambda state: np.ones(len(state.step)))]


class Befriends(Basic):
    """Has two neighbours for everybody, the seats `friends`."""

    friends = (-1, -1)

    def __init__(self, **constants):
        super().__init__(**constants, sees="neighbours")

    def neighbours(self, state):
        return np.array(self.friends, np.int32) + np.zeros(
            (*state.episode.users.shape, 1), np.int32
        )


class BefriendsNobodyKnown(Befriends):
    friends = (-1, 5)


class BefriendsThemselves(Befriends):
    friends = (-1, 4)


BROKEN = {
    ShowsInfinity: "of_candidate 'secret' must be finite, got NaN or infinity",
    ShowsOneOfAll: r"of_candidate 'secret' must be float64 \[B, N, K\] = \(3, 5, 4\), .* \(3, 4\)",
    ShowsAgentsAsSlots: r"of_slot 'wide' must be float64 \[B, M\] = \(3, 12\), got .* \(3, 5\)",
    CountsAgents: r"count 'users' must be int32 \[B, M\] = \(3, 12\), got int64 \(3, 5\)",
    CountsDebts: "count 'debts' must be >= 0, got -1",
    MasksAgents: r"available's result must be of integers \[B, M\] = \(3, 12\), got int64 \(3, 5\)",
    MasksByShares: r"available's result must be of integers .* got float64 \(3, 12\)",
    TastesInFloat64: r"taste's result must be float32 \[B, N, D\] = \(3, 5, 4\), got float64",
    TellsOneOfThem: r"of_agent 'secret' must be float64 \[B, N\] = \(3, 5\), got float64 \(3, 1\)",
    EndsTheDayEarly: r"of_time 'daylight' must be float64 \[T \+ 1\] = \(6,\), got float64 \(5,\)",
    HasMoreThanAll: r"level 'stock' must be in \[0, 1\], got 1\.5 to 1\.5",
    OwesItems: r"level 'stock' must be in \[0, 1\], got -0\.25 to -0\.25",
    HasOneLevel: r"level 'stock' must be float64 \[B, M\] = \(3, 12\), got float64 \(3,\)",
    BefriendsNobodyKnown: r"neighbours must be in -1 ... N - 1, got \[5\]",
    BefriendsThemselves: "neighbours must be others, but an agent has its own seat for one",
}
