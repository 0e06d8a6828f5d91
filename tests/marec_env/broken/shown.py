"""Scenarios that show what has no place: other axes, types and ranges than agreed."""

import numpy as np

from marec_env.layout import Column
from marec_env.scenarios.basic import Basic
from tests.marec_env.broken.spoilt import Shows


class ShowsInfinity(Shows):
    def shown(self, state):
        return np.full(state.slate.slots.shape, np.inf)


class ShowsOneOfAll(Shows):
    def shown(self, state):
        return state.slate.similarity[:, 0]


class ShowsAgentsAsSlots(Basic):
    def slot_quantities(self, state):
        return (state.slate.similarity[:, :, 0],)

    def quantity_columns(self):
        return [Column("level", 1, "of the wrong axis")]


class CountsAgents(Basic):
    def counts(self, state):
        return (state.episode.users.astype(np.int32),)

    def quantity_columns(self):
        return [Column("count", 1, "of the wrong axis")]


class CountsDebts(CountsAgents):
    def counts(self, state):
        return (np.full(state.episode.pool.shape, -1, np.int32),)


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
    def private(self, state):
        return np.zeros((len(state.step), 1, 1))

    def private_columns(self):
        return [Column("secret", 1, "of one agent")]


class TellsMoreThanItSays(Basic):
    def public(self, state):
        return np.repeat(super().public(state), 2, axis=1)


class Stocked(Basic):
    """Shows people a level."""

    level_name = "stock"

    def level(self, state):
        return np.full(state.episode.pool.shape, self.left)

    left = 1.0


class HasMoreThanAll(Stocked):
    left = 1.5


class OwesItems(Stocked):
    left = -0.25


class HasOneLevel(Stocked):
    def level(self, state):
        return super().level(state)[:, 0]


class LevelsNothingNamed(Stocked):
    level_name = ""


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
    ShowsInfinity: "each of quantities must be finite, got NaN or infinity",
    ShowsOneOfAll: r"each of quantities must be float64 \[B, N, K\] = \(3, 5, 4\), got .* \(3, 4\)",
    ShowsAgentsAsSlots: r"each of slot_quantities must be float64 \[B, M\] = \(3, 12\), got",
    CountsAgents: r"each of counts must be int32 \[B, M\] = \(3, 12\), got int32 \(3, 5\)",
    CountsDebts: "each of counts must be >= 0, got -1",
    MasksAgents: r"available's result must be of integers \[B, M\] = \(3, 12\), got int64 \(3, 5\)",
    MasksByShares: r"available's result must be of integers .* got float64 \(3, 12\)",
    TastesInFloat64: r"taste's result must be float32 \[B, N, D\] = \(3, 5, 4\), got float64",
    TellsOneOfThem: r"private's result must be float64 \[B, N, P\] = \(3, 5, 1\), got",
    TellsMoreThanItSays: r"public's result must be float64 \[B, Q\] = \(3, 1\), got .* \(3, 2\)",
    HasMoreThanAll: r"level must be in \[0, 1\], got 1\.5 to 1\.5",
    OwesItems: r"level must be in \[0, 1\], got -0\.25 to -0\.25",
    HasOneLevel: r"level's result must be float64 \[B, M\] = \(3, 12\), got float64 \(3,\)",
    LevelsNothingNamed: "level_name must say what level is of, got ''",
    BefriendsNobodyKnown: r"neighbours must be in -1 ... N - 1, got \[5\]",
    BefriendsThemselves: "neighbours must be others, but an agent has its own seat for one",
}
