"""What a game is set in: the constants that all games share, and the world that follows from them.

The world (world.py) is who and what of a catalogue takes part; the games themselves are in
scenario.py.
"""

import dataclasses
import functools
from dataclasses import dataclass, field
from typing import Any, Literal

from . import similarity as similarities
from .catalogue import Catalogue
from .constants import AtLeastOne, NonNegative, Share, check
from .world import World

Sees = Literal["own", "neighbours", "global"]


@functools.cache
def default_catalogue() -> Catalogue:
    """The synthetic catalogue that is played when none is given."""
    return Catalogue.synthetic(seed=0)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Constants that all games share."""

    catalogue: Catalogue = field(default_factory=default_catalogue)
    num_agents: int = 16  # N, users that take part, 1 <= N <= U
    pool_size: int = 24  # M, items that take part, K <= M <= I
    slate_size: int = 8  # K, candidates shown to an agent at a step, >= 1
    near_share: Share = 0.5  # share of a slate drawn from the user's 2K nearest items, in [0, 1]
    horizon: AtLeastOne = 20  # T, steps of an episode, >= 1
    users: Literal["fixed", "resampled", "held_out"] = "fixed"  # the same N always, or others
    items: Literal["fixed", "resampled"] = "fixed"  # the same pool in every episode, or others
    held_out: float = 0.0  # share of U that only users="held_out" draws from, in [0, 1)
    world_seed: int = 0  # draws what is fixed, for all copies alike, >= 0
    similarity: similarities.Kind = "exponential"  # s, by name
    tau: float = 1.0  # temperature of the exponential similarity, > 0, dimensionless
    offset: float = 1.0  # offset of the exponential similarity, dimensionless
    centred: bool = True  # s is of centred unit vectors, not of raw ones
    scaled: bool = False  # sigmoid_dot is of e_u . e_i / sqrt(D)
    shows_items: bool = True  # a candidate shows its item's embedding
    sees: Sees = "own"  # whose wishes an agent sees: nobody's, its neighbours', or everybody's
    num_neighbours: AtLeastOne = 4  # J, most similar users that are an agent's neighbours, >= 1
    drift: NonNegative = 0.0  # w, radians a step by which tastes turn by themselves, >= 0
    payoff_noise: NonNegative = 0.0  # deviation added to rewards of served picks, >= 0, as payoffs

    def __post_init__(self):
        check(self)
        if not 0 <= self.held_out < 1:
            raise ValueError(f"held_out must be in [0, 1), got {self.held_out}")
        if self.users == "held_out" and self.held_out == 0:
            raise ValueError("held_out must be > 0 where users is held_out, got 0")
        if self.users == "fixed" and self.held_out > 0:
            raise ValueError(
                f"held_out must be 0 where users is fixed, got {self.held_out}: "
                "all but the fixed ones never take part anyway"
            )
        _ = self.world  # checks what it is made of

    def __getstate__(self) -> dict[str, Any]:
        """The constants; what follows from them is made anew by who gets them."""
        return {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}

    @functools.cached_property
    def world(self) -> World:
        """Who and what of the catalogue takes part."""
        return World(
            catalogue=self.catalogue,
            similarity=similarities.Similarity(
                kind=self.similarity,
                tau=self.tau,
                offset=self.offset,
                shifted=self.centred,
                scaled=self.scaled,
            ),
            is_centred=self.centred,
            num_agents=self.num_agents,
            pool_size=self.pool_size,
            slate_size=self.slate_size,
            num_neighbours=self.num_neighbours if self.sees == "neighbours" else 0,
            near_share=self.near_share,
            has_fixed_users=self.users == "fixed",
            has_fixed_items=self.items == "fixed",
            items_arrive=self.items_arrive,
            held_out=self.held_out,
            has_held_out_users=self.users == "held_out",
            drift=self.drift,
            seed=self.world_seed,
        )

    @property
    def items_arrive(self) -> bool:
        """Whether pool slots come to hold other items in the course of an episode."""
        return False

    @property
    def num_actions(self) -> int:
        """A = K + 1."""
        return self.slate_size + 1

    @functools.cached_property
    def agent_names(self) -> tuple[str, ...]:
        """N names of seats."""
        return tuple(f"user_{n}" for n in range(self.num_agents))
