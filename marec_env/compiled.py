"""One decorator for all compiled functions.

Compiled code is kept on disk where that is possible. numba raises at decoration, hence at import,
where no cache folder is writable; there the function is compiled anew in every process instead.

A compiled function may call only compiled functions of its own file: numba's disk cache does not
see a change in another file and would go on serving the old code (tests/test_architecture.py).

It writes into arrays that it is given, and allocates none. So numba need not count who refers to
an array, which more than halves the time of a call; an array is still looked at as it was passed.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.cpu import CPUTargetOptions

Function = TypeVar("Function", bound=Callable[..., Any])

_WANTED: dict[str, Any] = {
    "_nrt": False,  # no counting of references
    "no_cfunc_wrapper": True,  # nobody calls from C
    "inline": "always",  # compiled as a part of its callers, not by itself first
}
# They make calls faster, and nothing else; two have no place in numba's manual and may go.
_OPTIONS = {name: value for name, value in _WANTED.items() if hasattr(CPUTargetOptions, name)}


def compiled(function: Function) -> Function:
    """Compiles `function` at its first call: one thread, no fast-math, no bounds checks.

    Strict arithmetic is what makes a copy independent of the number of copies, bit for bit.
    """
    try:
        return cast(Function, numba.njit(function, cache=True, **_OPTIONS))
    except RuntimeError:  # "cannot cache function: no locator available"
        return cast(Function, numba.njit(function, **_OPTIONS))
