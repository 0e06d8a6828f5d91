"""news-v0 by PettingZoo's convention: import this module and call `parallel_env` or `env`."""

from typing import Any

from pettingzoo import AECEnv
from pettingzoo.utils.conversions import parallel_to_aec

from .parallel_env import ScenarioParallelEnv
from .registry import make


def parallel_env(**arguments: Any) -> ScenarioParallelEnv:
    """Everybody acts at once; arguments as in `marec_env.make`."""
    return make("news-v0", **arguments)


def env(**arguments: Any) -> AECEnv:
    """One agent acts after the other, and all see what came of it when the last one has."""
    return parallel_to_aec(parallel_env(**arguments))
