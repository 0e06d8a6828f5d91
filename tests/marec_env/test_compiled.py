"""Compiled functions work with a cache and without."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.errors import NumbaError

import marec_env
from marec_env.compiled import compiled

PACKAGE = Path(marec_env.__file__).parent
FIRST_STEP = """
import numpy as np
import marec_env
from marec_env.philox import _fill

vec = marec_env.make_vec("ecommerce-v0")
vec.reset(0)
payoff = vec.step(np.zeros((1, 16), int)).payoff
print(marec_env.__file__, type(_fill._cache).__name__, payoff.tobytes().hex())
"""


def test_where_no_cache_folder_is_writable_a_function_is_compiled_all_the_same(monkeypatch):
    njit = numba.njit

    def nowhere(function, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available for file")
        return njit(function, **options)

    monkeypatch.setattr(numba, "njit", nowhere)
    double = compiled(lambda x: 2 * x)
    assert double(21) == 42


def test_arithmetic_is_strict():
    x = np.array([1e16, 1.0, -1e16])

    @compiled
    def total(values):
        out = 0.0
        for value in values:
            out += value
        return out

    assert total(x) == (1e16 + 1.0) - 1e16 == 0


def test_a_compiled_function_that_allocates_is_refused():
    @compiled
    def first_of_a_copy(values):
        return values.copy()[0]

    with pytest.raises(NumbaError, match="NRT required but not enabled"):
        first_of_a_copy(np.ones(3))


def test_a_compiled_function_is_a_part_of_its_callers():
    double: Any = compiled(lambda x: 2 * x)

    @compiled
    def quadruple(x):
        return double(double(x))

    assert quadruple(3) == 12
    assert not double.signatures


@pytest.mark.slow
def test_a_game_starts_where_nothing_can_be_written(tmp_path):
    """Root may write everywhere, but nobody can make a folder below a regular file."""
    shutil.copytree(PACKAGE, tmp_path / "marec_env", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in [tmp_path / "marec_env", *(tmp_path / "marec_env").rglob("*")]:
        if folder.is_dir():
            (folder / "__pycache__").touch()
    no_folder = tmp_path / "file"
    no_folder.touch()
    places = ("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR")
    environment = os.environ | dict.fromkeys(places, str(no_folder / "x"))
    environment |= {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-B", "-c", FIRST_STEP]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    file, cache, payoff = done.stdout.split()
    assert Path(file).is_relative_to(tmp_path)
    assert cache == "NullCache"
    vec = marec_env.make_vec("ecommerce-v0")
    vec.reset(0)
    assert payoff == vec.step(np.zeros((1, 16), int)).payoff.tobytes().hex()
