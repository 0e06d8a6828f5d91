"""Rows to learn from, and what a critic is told besides what an agent sees.

All agents of a step may be told the same: the state, say. It is then kept once, and joined to what
each of them sees piece by piece, when a network asks for it: N copies of a state that grows with N
are never made at a time.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Told(NamedTuple):
    """Columns that only the critic reads, for R rows of n agents; none if C = 0."""

    columns: Tensor  # [R / repeat, 1 or n, C]
    repeat: int = 1  # rows in succession that are told the same: the agents of a step
    visible: Tensor | None = None  # [N, C]: 1 where an agent is told the column, else 0

    def at(self, rows: Tensor) -> "Told":
        """What some of the rows are told."""
        found = self.columns.index_select(0, rows // self.repeat)
        if self.visible is None:
            return Told(found)
        if self.repeat > 1:
            return Told(found * self.visible.index_select(0, rows % self.repeat).unsqueeze(1))
        return Told(found * self.visible)

    def joined(self, observation: Tensor) -> Tensor:
        """Observations [R, n, S] of the same rows -> [R, n, S + C]."""
        if self.columns.shape[-1] == 0:
            return observation
        return torch.cat([observation, self.columns.expand(*observation.shape[:-1], -1)], -1)


class Batch(NamedTuple):
    """R rows of n agents to learn from; n is 1 where the networks treat all agents alike.

    What is gathered together lies together: a gradient step makes many small calls.
    """

    observation: Tensor  # [R, n, S]
    action_mask: Tensor  # [R, n, A]
    action: Tensor  # [R, n] int64
    told: Told
    known: Tensor  # [R, n, 2 or more]: log-probability when it acted, A, what errors are made of

    def at(self, rows: Tensor) -> "Batch":
        """Some of the rows."""
        return Batch(
            observation=self.observation.index_select(0, rows),
            action_mask=self.action_mask.index_select(0, rows),
            action=self.action.index_select(0, rows),
            told=self.told.at(rows),
            known=self.known.index_select(0, rows),
        )
