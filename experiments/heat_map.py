"""Numbers of all pairs of players as coloured squares."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("agg")  # files only, no window

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from marec_env.arrays import Array

CELL = 1.1  # inches
DARK = 0.4  # of the colours, from which on numbers are white


def draw(values: dict[str, Array], names: Sequence[str], path: Path) -> None:
    """One square of squares for each title, side by side and in the same colours.

    Args:
        values: title -> numbers [P, P]; a row is a player, a column whom it plays beside.
        names: of the P players.
        path: of the PNG.
    """
    side = 1.6 + CELL * len(names)
    figure, panels = plt.subplots(
        1, len(values), figsize=(len(values) * (side + 1.2), side), layout="constrained"
    )
    low = min(matrix.min() for matrix in values.values())
    high = max(matrix.max() for matrix in values.values())
    for axes, (title, matrix) in zip(np.atleast_1d(panels), values.items(), strict=True):
        _panel(axes, title, matrix, names, low, max(high, low + 1e-9))
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _panel(
    axes: Axes, title: str, matrix: Array, names: Sequence[str], low: float, high: float
) -> None:
    axes.imshow(matrix, cmap="Blues", vmin=low - 0.1 * (high - low), vmax=high)
    for (row, column), value in np.ndenumerate(matrix):
        is_dark = (value - low) / (high - low) > DARK
        axes.text(column, row, f"{value:.3f}", ha="center", va="center",
                  color="white" if is_dark else "0.15")  # fmt: skip
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("beside")
    axes.set_title(title, loc="left", fontsize=11)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
