"""The versions of what computes: with others of them, the last bits of a run may differ."""

import platform
from importlib import metadata

import marec_env


def versions() -> dict[str, str]:
    """Name -> version."""
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "torch")}
    return {"marec": marec_env.__version__, "python": platform.python_version()} | packages
