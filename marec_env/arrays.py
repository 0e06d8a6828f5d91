"""Array aliases and the letters of the axes, used in every comment and docstring of the project.

B environments, N agents, K slate, M pool, I items, U users, D embedding, A actions, S observation,
G state, T time. Shapes are written `[B, N, K]`; the last comment on a line gives shape and dtype.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]
BoolArray = NDArray[np.bool_]
