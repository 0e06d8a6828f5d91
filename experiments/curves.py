"""Learning curves with bands over worlds, and the levels of those who do not learn."""

from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np

mpl.use("agg")  # files only, no window

from matplotlib import pyplot as plt

from . import statistics

LEVELS = ("greedy", "myopic", "nash", "step_optimum")  # reference players worth a line
LEAST_GAP = 0.03  # between two labels, in units of the score
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito


class Curve(NamedTuple):
    """Scores of one contestant."""

    steps: np.ndarray  # [E] environment steps
    score: np.ndarray  # [W, E] one row a world


def interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % bootstrap interval of the mean over the first axis, [W, ...] -> [...] twice."""
    found = statistics.estimate(_means, values.reshape(len(values), 1, -1))
    return found.low.reshape(values.shape[1:]), found.high.reshape(values.shape[1:])


def _means(curves: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Of each evaluation, [..., E]."""
    columns = np.moveaxis(curves, -1, 0)
    return np.stack([statistics.mean(column, weights) for column in columns], axis=-1)


def draw(curves: dict[str, Curve], levels: dict[str, float], path: Path) -> None:
    """A picture of means with bands, and a labelled line for each level.

    Args:
        curves: name -> scores.
        levels: name of a reference player -> its mean score.
        path: of the PNG.
    """
    figure, axes = plt.subplots(figsize=(9, 5), layout="constrained")
    end = max(curve.steps[-1] for curve in curves.values()) / 1000
    height = -1.0
    for name in sorted(LEVELS, key=levels.__getitem__):
        axes.axhline(levels[name], color="0.6", linewidth=0.8, linestyle="--", zorder=0)
        height = max(levels[name], height + LEAST_GAP)  # labels of close levels stay readable
        beside = axes.get_yaxis_transform()
        axes.text(1.01, height, name, transform=beside, color="0.35", va="center", fontsize=9)
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=False):
        mean, (low, high) = curve.score.mean(axis=0), interval(curve.score)
        axes.plot(curve.steps / 1000, mean, color=colour, linewidth=1.8, label=name)
        axes.fill_between(curve.steps / 1000, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.set_xlim(0, end)
    axes.set_ylim(0, None)
    axes.set_xlabel("environment steps (thousands)")
    axes.set_ylabel("normalised score: 0 random, 1 clairvoyant")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=120)
    plt.close(figure)
