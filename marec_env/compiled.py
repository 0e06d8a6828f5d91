"""One decorator for all compiled functions.

Compiled code is kept on disk where that is possible. numba raises at decoration, hence at import,
where no cache folder is writable; there the function is compiled anew in every process instead.

A compiled function may call only compiled functions of its own file: numba's disk cache does not
see a change in another file and would go on serving the old code (tests/test_architecture.py).
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compiles `function` at its first call: one thread, no fast-math, no bounds checks.

    Strict arithmetic is what makes a copy independent of the number of copies, bit for bit.
    """
    try:
        return cast(Function, numba.njit(function, cache=True))
    except RuntimeError:  # "cannot cache function: no locator available"
        return cast(Function, numba.njit(function))
