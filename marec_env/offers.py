"""What an episode draws once, and what is offered at a step."""

from typing import NamedTuple

from .arrays import Array


class Episode(NamedTuple):
    """What an episode draws once; where items arrive, with the pool of now."""

    users: Array  # [B, N] int64: ids in the catalogue, one per agent
    pool: Array  # [B, M] int64: item ids in the catalogue, ascending at first
    nearest: Array  # [B, N, L] int32: pool slots most similar to the user, L = min(2K, M)
    alike: Array  # [B, N, J] int32: seats of the users most similar to the user
    turn: Array  # z_u of drift.py [B, N, D] float32; D = 0 where tastes do not drift


class Slate(NamedTuple):
    """What each agent may pick from now, most similar first; in pool order where K = M."""

    slots: Array  # [B, N, K] int32: pool slots
    items: Array  # [B, N, K] int32: their ids in the catalogue
    similarity: Array  # [B, N, K] float64: s(e_u, e_i)
