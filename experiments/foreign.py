"""What `--env` names: environments that are not ours, and how many of them are played at once.

    mpe2.simple_spread_v3         a module with `parallel_env`, or else with `env`, as PettingZoo's
    my_file.py:my_env             what builds such an environment
    my_pkg.my_module:MyGame       what builds one with `vector_env(num_envs, with_state)`: B copies
                                  that bring the face of `VectorEnv` with them (games/game.py)

Environments in which agents take turns to choose, but are told and paid once all of them have
(PettingZoo's AECEnv, where it calls itself parallelizable), are converted by PettingZoo.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pettingzoo import AECEnv
from pettingzoo.utils.conversions import aec_to_parallel

from . import plugins
from .acting import Env
from .pettingzoo_vec import PettingZooVec

Copies = Callable[[int, bool], Env]  # (num_envs, with_state) -> B new copies


def copies(name: str, constants: Mapping[str, Any]) -> Copies:
    """What builds copies of the environment `name`; raises ValueError as `factory` does."""
    make, first = _maker_and_first(name, constants)
    return first.vector_env if hasattr(first, "vector_env") else partial(PettingZooVec, make)


def factory(name: str, constants: Mapping[str, Any]) -> Callable[[], Any]:
    """What builds one of it, as it is or converted.

    Raises:
        ValueError: if there is no such module or function, it refuses the constants, or its agents
            cannot choose at the same time.
    """
    return _maker_and_first(name, constants)[0]


def _maker_and_first(name: str, constants: Mapping[str, Any]) -> tuple[Callable[[], Any], Any]:
    """What `factory` returns, and what it built to see whether it can."""
    make = plugins.load(name, "--env") if ":" in name else _maker(name)
    try:
        first = make(**constants)
    except (TypeError, ValueError, AssertionError) as error:
        raise ValueError(f"--env {name} refuses {dict(constants)}: {error}") from error
    if not isinstance(first, AECEnv):
        return partial(make, **constants), first
    if not first.metadata.get("is_parallelizable", False):
        raise ValueError(
            f"--env must be an environment in which all agents can choose at the same time; {name} "
            "is an AECEnv that does not call itself parallelizable"
        )
    return lambda: aec_to_parallel(make(**constants)), first


def _maker(name: str) -> Callable[..., Any]:
    module = plugins.import_place(name, "--env")
    for attribute in ("parallel_env", "env"):
        if callable(make := getattr(module, attribute, None)):
            return make
    raise plugins.UnknownName(
        f"--env must be a module with a function parallel_env or env, or place:function; "
        f"{name!r} has neither"
    )
