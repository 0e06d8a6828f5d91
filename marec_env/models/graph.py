"""Who is whose friend: an undirected graph of N seats, kept as the list of friends of each.

    W_uv = 1 / (number of u's friends) if v is one of them, else 0;  W_uu = 1 without friends    (1)

so that W is row-stochastic. Friendship is mutual, but a friend of few friends counts more than one
of many: W is not symmetric.

Sources: Watts and Strogatz (1998), "Collective dynamics of small-world networks"; Barabasi and
Albert (1999), "Emergence of scaling in random networks"; Erdos and Renyi (1959), "On random
graphs I".
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from ..arrays import Array

Kind = Literal["watts-strogatz", "barabasi-albert", "erdos-renyi"]


class Friends(NamedTuple):
    """Every friendship twice, once from either side: E is twice the number of edges."""

    start: Array  # [N + 1] int64: those of u are at start[u] ... start[u + 1] - 1
    agent: Array  # [E] int64: u, ascending
    friend: Array  # [E] int64: v, ascending for each u

    @property
    def number(self) -> Array:
        """How many friends each has, [N] int64."""
        return np.diff(self.start)

    @property
    def padded(self) -> Array:
        """The friends of each, [N, J] int32, -1 where there are fewer than J."""
        out = np.full((len(self.number), int(self.number.max(initial=0))), -1, np.int32)
        out[self.agent, np.arange(len(self.agent)) - self.start[self.agent]] = self.friend
        return out

    @property
    def weights(self) -> Array:
        """Equation (1), [N, N] float64."""
        out = np.diag((self.number == 0) * 1.0)
        out[self.agent, self.friend] = 1.0 / self.number[self.agent]
        return out

    def per_agent(self, values: Array) -> Array:
        """Sums over the friends of each agent, [..., N] of integers [..., E]; exact."""
        total = np.zeros((*values.shape[:-1], values.shape[-1] + 1), np.int64)
        np.cumsum(values, axis=-1, out=total[..., 1:])
        return total[..., self.start[1:]] - total[..., self.start[:-1]]


def pairs(seats: Sequence[int]) -> list[tuple[int, int]]:
    """Of a list u, v, u, v, ...

    Raises:
        ValueError: if one is left over.
    """
    if len(seats) % 2:
        raise ValueError(f"edges must be pairs u,v,u,v,... of seats, got {len(seats)} numbers")
    return list(zip(seats[::2], seats[1::2], strict=True))


def friends(edges: Iterable[tuple[int, int]], num_agents: int) -> Friends:
    """From pairs of seats, in any order.

    Raises:
        ValueError: if a pair is of no two seats in 0 ... N - 1.
    """
    pairs = np.array(list(edges), np.int64).reshape(-1, 2)
    is_pair = (pairs >= 0).all(1) & (pairs < num_agents).all(1) & (pairs[:, 0] != pairs[:, 1])
    if not is_pair.all():
        wrong = pairs[~is_pair][0].tolist()
        raise ValueError(f"friends must be two of the seats 0 ... {num_agents - 1}, got {wrong}")
    both = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    number = np.bincount(both[:, 0], minlength=num_agents)
    start = np.concatenate([[0], np.cumsum(number)])
    return Friends(start, np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1]))


def friends_of(
    edges: Sequence[int], num_agents: int, kind: Kind, degree: int, rewiring: float, seed: int
) -> Friends:
    """Those of `edges` u, v, u, v, ... if there are any, else `drawn` by the other arguments.

    Raises:
        ValueError: if edges are no pairs of seats, or no such graph has this degree.
    """
    if edges:
        return friends(pairs(edges), num_agents)
    if degree % 2 and kind != "erdos-renyi":
        raise ValueError(f"degree must be even for {kind}, got {degree}")
    return drawn(kind, num_agents, degree, rewiring, seed)


def drawn(kind: Kind, num_agents: int, degree: int, rewiring: float, seed: int) -> Friends:
    """A random graph, the same for the same arguments.

    Args:
        kind: a ring of neighbours of which some edges are rewired; or one that grows, each newcomer
            preferring those with many friends; or every pair with the same probability.
        num_agents: N.
        degree: friends of each on average, at most N - 1; of the first two kinds even.
        rewiring: probability that an edge of the ring is rewired, in [0, 1].
        seed: >= 0.
    """
    import networkx  # imported late: a seventh of a second, and needed by one game only

    most = max(num_agents - 1, 0)
    if degree >= most:
        return friends([(u, v) for u in range(num_agents) for v in range(u)], num_agents)
    if kind == "watts-strogatz":
        graph = networkx.watts_strogatz_graph(num_agents, degree, rewiring, seed=seed)
    elif kind == "barabasi-albert":
        graph = networkx.barabasi_albert_graph(num_agents, max(1, degree // 2), seed=seed)
    else:
        graph = networkx.gnp_random_graph(num_agents, degree / most, seed=seed)
    return friends(graph.edges, num_agents)
