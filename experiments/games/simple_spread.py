"""simple_spread, batched: N agents cover N landmarks and keep out of one another's way.

    F_u   = 5 push_u + sum over v of 100 s log(1 + exp(-(d_uv - .3) / s)) (x_u - x_v) / d_uv     (1)
    v_u' <- .75 v_u + dt F_u,      x_u' <- x_u + dt v_u,      dt = .1,  s = .001                 (2)
    r_u   = (1 - w) (- sum over landmarks of the distance of the nearest agent)
            + w (- number of the others nearer than .3)                      w = `local_ratio`   (3)

Actions: stay, left, right, down, up. An agent sees its velocity, its place, where the landmarks and
the others are from there, and a zero pair for each of the others, who do not talk. All but velocity
is new in each episode, uniform in [-1, 1].

There are two versions of (2): in mpe2's simple_spread_v3 places move by the old velocity; in its
predecessors, which published results are of (`velocity_first`), by the new one.

Sources: Lowe et al. (2017), "Multi-agent actor-critic for mixed cooperative-competitive
environments"; mpe2, whose numbers it repeats.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from marec_env.arrays import Array

from .game import Draw, Game

DT = 0.1
KEPT = 0.75  # share of its velocity that an agent keeps
PUSH = 5.0
DIAMETER = 0.3
CONTACT_FORCE, CONTACT_MARGIN = 100.0, 1e-3
DIRECTIONS = np.array([[0.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]])


class State(NamedTuple):
    """Of B episodes."""

    place: Array  # [B, N, 2] float64
    velocity: Array  # [B, N, 2] float64
    landmark: Array  # [B, N, 2] float64


@dataclass(frozen=True)
class SimpleSpread(Game):
    """Cooperative navigation; constants are named as in mpe2."""

    N: int = 3  # agents, and landmarks
    local_ratio: float = 0.5  # weight of the collisions, in [0, 1]
    max_cycles: int = 25  # steps of an episode
    velocity_first: bool = False  # places move by the new velocity, as in published results

    num_actions = len(DIRECTIONS)

    def __post_init__(self):
        if self.N < 1 or self.max_cycles < 1:
            raise ValueError(f"N and max_cycles must be >= 1, got {self.N} and {self.max_cycles}")
        if not 0 <= self.local_ratio <= 1:
            raise ValueError(f"local_ratio must be in [0, 1], got {self.local_ratio}")

    @property
    def num_agents(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """N."""
        return self.N

    @property
    def horizon(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Steps of an episode."""
        return self.max_cycles

    def begin(self, draw: Draw, num_envs: int) -> State:
        """Everybody stands still somewhere."""
        places = 2 * draw(2 * self.N, 2) - 1
        agents, landmarks = places[:, : self.N], places[:, self.N :]
        return State(agents, np.zeros_like(agents), landmarks)

    def step(self, state: State, actions: Array) -> tuple[State, Array]:
        """Equations (1) to (3)."""
        force = PUSH * DIRECTIONS[actions] + _contact(state.place)
        velocity = KEPT * state.velocity + DT * force
        moved = velocity if self.velocity_first else state.velocity
        following = State(state.place + DT * moved, velocity, state.landmark)
        return following, self._reward(following)

    def observe(self, state: State) -> Array:
        """[B, N, 6 N] float32."""
        place, (num_envs, n, _) = state.place, state.place.shape
        others = ~np.eye(n, dtype=bool)
        to_others = _between(place, place)[:, others].reshape(num_envs, n, -1)  # [B, N, 2 (N - 1)]
        to_landmarks = _between(place, state.landmark).reshape(num_envs, n, -1)
        silence = np.zeros_like(to_others)
        seen = [state.velocity, place, to_landmarks, to_others, silence]
        return np.concatenate(seen, axis=-1).astype(np.float32)

    def _reward(self, state: State) -> Array:
        missed = _length(_between(state.place, state.landmark)).min(axis=1).sum(axis=1)  # [B]
        distance = _length(_between(state.place, state.place))  # [B, N, N]
        collisions = (distance < DIAMETER).sum(axis=2) - 1  # nobody collides with itself
        return -(1 - self.local_ratio) * missed[:, None] - self.local_ratio * collisions


def _contact(place: Array) -> Array:
    """What agents that touch do to one another, [B, N, 2]."""
    away = -_between(place, place)
    distance = _length(away) + np.eye(place.shape[1])  # of oneself: any but 0
    depth = CONTACT_MARGIN * np.logaddexp(0, (DIAMETER - distance) / CONTACT_MARGIN)
    return ((CONTACT_FORCE * depth / distance)[..., None] * away).sum(axis=2)


def _between(start: Array, end: Array) -> Array:
    """From each of `start` [B, N, 2] to each of `end` [B, M, 2]: [B, N, M, 2]."""
    return end[:, None] - start[:, :, None]


def _length(vector: Array) -> Array:
    """[..., 2] -> [...]."""
    return np.sqrt(vector[..., 0] ** 2 + vector[..., 1] ** 2)
