"""Which set of weights plays which seat; independence is visible here and nowhere else.

G sets of weights serve N agents. All products are batched over an axis Q of sets in use: where one
set serves everybody, Q = 1 and the agents are rows of one large product; otherwise Q = N, every
agent meets its own (or its group's) weights, and no loop over agents is needed.

Every mean of a loss is taken within a set and summed over the sets, so that no learner's gradient
depends on how many others there are.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

Sharing = Literal["none", "all"] | tuple[int, ...]


class WeightSets:
    """The map from N agents to G sets, and the reshaping that it asks for."""

    def __init__(self, sharing: Sharing, num_agents: int, device: torch.device | None = None):
        self.of_agent = _set_of_agent(sharing, num_agents)  # N ids, each below G
        self.num_agents = num_agents  # N
        self.num_sets = max(self.of_agent) + 1  # G
        self.is_single = self.num_sets == 1
        self.is_private = self.of_agent == tuple(range(num_agents))
        self._index = torch.tensor(self.of_agent, device=device)  # [N] int64

    def split(self, x: Tensor) -> Tensor:
        """[R, N, ...] -> [Q, M, ...] with Q * M = R * N."""
        if self.is_single:
            return x.reshape(1, -1, *x.shape[2:])
        return x.transpose(0, 1)

    def join(self, x: Tensor, num_rows: int) -> Tensor:
        """[Q, M, ...] -> [R, N, ...], the inverse of `split`; R is `num_rows`."""
        if self.is_single:
            return x.reshape(num_rows, -1, *x.shape[2:])
        return x.transpose(0, 1)

    def select(self, weight: Tensor) -> Tensor:
        """[G, ...] -> [Q, ...]: the weights that meet the slices of `split`."""
        return weight if self.is_single or self.is_private else weight[self._index]

    def share(self, x: Tensor) -> Tensor:
        """[G] -> [N], or [1] for all: to every agent what belongs to its set."""
        return x if self.is_single else x[self._index]

    def sum(self, x: Tensor) -> Tensor:
        """[R, N] -> [G]: total over the rows and the agents of a set."""
        if self.is_single:
            return x.sum().unsqueeze(0)
        return x.new_zeros(self.num_sets).index_add_(0, self._index, x.sum(0))

    def mean_weight(self, alive: Tensor) -> Tensor:
        """[R, N] bool -> [R, N] float32: 1 / (entries alive in the set) where alive, else 0.

        `(weight * loss).sum()` is then the sum over sets of the mean over alive entries.
        """
        weight = alive.float()
        return weight / self.share(self.sum(weight).clamp(min=1))

    def standardised(self, x: Tensor, alive: Tensor, least: float = 1e-8) -> Tensor:
        """X [R, N] with mean 0 and variance 1 over the living entries of each set.

        `least` is added to the deviation: what is not above it is noise, and not made 1 of.
        """
        weight = self.mean_weight(alive)
        centred = x - self.share(self.sum(weight * x))
        variance = self.sum(weight * centred.square())
        return centred / (self.share(variance).sqrt() + least)


class SetModule(nn.Module):
    """A module that says which sets of weights its parameters hold."""

    sets: WeightSets


def _set_of_agent(sharing: Sharing, num_agents: int) -> tuple[int, ...]:
    if sharing == "all":
        return (0,) * num_agents
    if sharing == "none":
        return tuple(range(num_agents))
    if isinstance(sharing, str) or not isinstance(sharing, Sequence):
        raise ValueError(f"sharing must be 'none', 'all' or a group id per agent, got {sharing!r}")
    groups = tuple(sharing)
    if len(groups) != num_agents:
        raise ValueError(
            f"sharing must name a group for each of {num_agents} agents, got {len(groups)} ids"
        )
    if set(groups) != set(range(max(groups) + 1)):
        raise ValueError(f"sharing must use the group ids 0, 1, ... without gaps, got {groups}")
    return groups
