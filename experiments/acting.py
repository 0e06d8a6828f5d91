"""What passes between an environment and a policy: what it may see, and what it then plays."""

from collections.abc import Mapping
from typing import Protocol

import marec_env.policy
from agents.contract import Policy, View
from marec_env.arrays import Array
from marec_env.policy import IllegalAction as IllegalAction
from marec_env.policy import act as act
from marec_env.policy import wants_state as wants_state
from marec_env.timestep import Timestep


class Env(Protocol):
    """What the loop needs of `VectorEnv` and of `PettingZooVec`."""

    num_envs: int

    def reset(self, seed: int) -> Timestep:
        """Starts B episodes."""
        ...

    def step(self, actions: Array) -> Timestep:
        """Plays actions [B, N]."""
        ...

    def snapshot(self) -> dict[str, Array]:
        """Everything that decides the future, as arrays by dotted names."""
        ...

    def restore(self, snapshot: Mapping[str, Array]) -> Timestep:
        """Goes on where `snapshot` was taken; returns what was seen there."""
        ...


def look(timestep: Timestep, policy: Policy) -> View[Array]:
    """What `policy` may see: no truth and no state unless its class says that it needs them."""
    return View(*marec_env.policy.look(timestep, policy))
