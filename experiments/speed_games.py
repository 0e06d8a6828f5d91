"""How fast environments step under random picks: ours through both faces, and the peers'.

All figures are agent-steps per second: one agent making one step. Picks are drawn beforehand, and a
pick that has become illegal counts as a skip, so that the environment alone is timed.
"""

import importlib
import itertools
from typing import Any, NamedTuple

import numpy as np

import marec_env

from . import stopwatch

PEERS = ("mpe2", "vmas")
NUM_DRAWS = 8  # joint picks that take turns


class Shop(NamedTuple):
    """A size of ecommerce-v0."""

    num_envs: int  # B
    num_agents: int  # N
    slate_size: int = 16  # K
    pool_size: int = 1000  # M
    num_items: int = 1000  # I
    shows_items: bool = False
    sees: str = "own"  # or global: also how many agents want a candidate now

    def vector_env(self) -> marec_env.VectorEnv:
        """Stock, crowding, masks; observations with or without item embeddings."""
        catalogue = marec_env.Catalogue.synthetic(
            num_users=max(512, self.num_agents), num_items=self.num_items
        )
        return marec_env.make_vec("ecommerce-v0", self.num_envs, **self._constants(catalogue))

    def parallel_env(self) -> Any:
        """The same game with PettingZoo's API."""
        catalogue = marec_env.Catalogue.synthetic(num_items=self.num_items)
        return marec_env.make("ecommerce-v0", **self._constants(catalogue))

    def _constants(self, catalogue: marec_env.Catalogue) -> dict[str, Any]:
        return {
            "catalogue": catalogue,
            "num_agents": self.num_agents,
            "slate_size": self.slate_size,
            "pool_size": self.pool_size,
            "shows_items": self.shows_items,
            "beta": 0.5,
            "sees": self.sees,
        }


class Game(NamedTuple):
    """A size of another game, whose other constants are those of `make` but for what is shown."""

    name: str
    num_envs: int  # B
    num_agents: int  # N
    slate_size: int = 16  # K
    pool_size: int = 64  # M
    has_columns: bool = True  # off: no item embeddings, and nothing of the wishes of others

    def vector_env(self) -> marec_env.VectorEnv:
        """Played on the synthetic catalogue."""
        shown = {} if self.has_columns else {"shows_items": False, "sees": "own"}
        return marec_env.make_vec(
            self.name,
            self.num_envs,
            catalogue=marec_env.Catalogue.synthetic(num_users=max(512, self.num_agents)),
            num_agents=self.num_agents,
            slate_size=self.slate_size,
            pool_size=self.pool_size,
            **shown,
        )


class Measured(NamedTuple):
    """What a batch of environments did."""

    agent_steps: float  # per second
    written: int  # bytes of the arrays that a step hands out
    memory: int  # bytes at the peak


def vector(game: Shop | Game, seconds: float) -> Measured:
    """Our batched face; call it in a process of its own, else the memory is everybody's."""
    env = game.vector_env()
    now = env.reset(seed=0)
    shape = (NUM_DRAWS, game.num_envs, game.num_agents)
    draws = np.random.default_rng(0).integers(0, game.slate_size, shape)
    turn = itertools.cycle(draws)
    calls = stopwatch.rate(lambda: env.step(next(turn)), seconds)
    arrays = {id(x): x for x in now if isinstance(x, np.ndarray)}
    return Measured(
        agent_steps=calls * game.num_envs * game.num_agents,
        written=sum(x.nbytes for x in arrays.values()),
        memory=stopwatch.peak_memory(),
    )


def parallel(env: Any, seconds: float) -> float:
    """Any PettingZoo parallel environment, reset wherever an episode ends."""
    env.reset(seed=0)
    agents = list(env.possible_agents)
    rng = np.random.default_rng(0)
    most = [int(env.action_space(agent).n) - 1 for agent in agents]  # our last one skips
    draws = [
        dict(zip(agents, rng.integers(0, most).tolist(), strict=True)) for _ in range(NUM_DRAWS)
    ]
    turn = itertools.cycle(draws)

    def step() -> None:
        if not env.agents:
            env.reset()
        env.step(next(turn))

    return stopwatch.rate(step, seconds) * len(agents)


def ours_with_dictionaries(num_agents: int, seconds: float) -> float:
    """Our PettingZoo face."""
    return parallel(Shop(1, num_agents).parallel_env(), seconds)


def mpe2(num_agents: int, seconds: float) -> float:
    """simple_spread of mpe2, the usual PettingZoo environment."""
    from mpe2 import simple_spread_v3

    return parallel(simple_spread_v3.parallel_env(N=num_agents, max_cycles=25), seconds)


def vmas(num_envs: int, seconds: float) -> float:
    """simple_spread of VMAS, batched in torch, three agents, one thread."""
    import torch

    torch.set_num_threads(1)
    peer = importlib.import_module("vmas")  # of the extra `peers`, which type checks do without
    env = peer.make_env(
        "simple_spread", num_envs, device="cpu", continuous_actions=False, max_steps=25, n_agents=3
    )
    env.reset()
    draws = [[torch.randint(0, 5, (num_envs, 1)) for _ in env.agents] for _ in range(NUM_DRAWS)]
    turn = itertools.cycle(draws)

    def step() -> None:
        *_, done, _ = env.step(next(turn))
        if done.all():
            env.reset()

    return stopwatch.rate(step, seconds) * num_envs * len(env.agents)
