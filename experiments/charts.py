"""Pictures of a comparison: bars, curves, performance profiles, who improves on whom.

Every interval is a 95 % stratified bootstrap over runs (statistics.py). An algorithm has one colour
in all pictures of a group.
"""

from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("agg")  # files only, no window

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import statistics
from .comparison import Group
from .curves import COLOURS

NUM_TAUS = 200  # levels at which a profile is drawn
PROFILE_RUNS = 4  # fewer runs than this make no profile worth drawing
INK, PAPER = "0.35", "0.75"  # greys of what is beside the algorithms: words and lines


def draw(group: Group, folder: Path) -> list[Path]:
    """Writes the pictures of a group into a folder; returns their paths."""
    pictures = {
        "bars": _bars,
        "curves": _curves,
        "profiles": _profiles,
        "improvement": _improvement,
    }
    paths = []
    for name, picture in pictures.items():
        figure = picture(group)
        if figure is not None:
            path = folder / f"{group.name.replace(' ', '-').replace('/', '-')}-{name}.png"
            figure.savefig(path, dpi=120)
            plt.close(figure)
            paths.append(path)
    return paths


def _bars(group: Group) -> Figure:
    """The interquartile mean of each algorithm, best on top; lines are reference players."""
    found = {name: statistics.estimate(statistics.iqm, x) for name, x in group.scores.items()}
    names = sorted(found, key=lambda name: float(found[name].value))
    figure, axes = _canvas(group, height=1.4 + 0.45 * len(names))
    colours = _colours(group)
    for place, name in enumerate(names):
        value, low, high = (float(x) for x in found[name])
        axes.barh(place, value, color=colours[name], height=0.62, alpha=0.85)
        axes.plot([low, high], [place, place], color="0.1", linewidth=1.6, solid_capstyle="butt")
    _levels(axes, group, is_vertical=True)
    axes.set_title(group.name, loc="left", fontsize=11, color=INK, pad=48)  # above the players
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"{group.unit}, interquartile mean over runs")
    return figure


def _curves(group: Group) -> Figure | None:
    """Sample efficiency: the interquartile mean at each evaluation on the way."""
    if not group.progress:
        return None
    figure, axes = _canvas(group, height=4.6)
    colours = _colours(group)
    for name, (steps, values) in group.progress.items():
        value, low, high = statistics.estimate(
            statistics.sample_efficiency, values, num_resamples=2_000
        )
        axes.plot(steps / 1000, value, color=colours[name], linewidth=1.8, label=name)
        axes.fill_between(steps / 1000, low, high, color=colours[name], alpha=0.18, linewidth=0)
    axes.set_xlim(0, max(steps[-1] for steps, _ in group.progress.values()) / 1000)
    _levels(axes, group, is_vertical=False)
    axes.set_xlabel("environment steps (thousands)")
    axes.set_ylabel(f"{group.unit}, interquartile mean")
    axes.legend(frameon=False, loc="lower right")
    return figure


def _profiles(group: Group) -> Figure | None:
    """Which share of the runs scores above each level."""
    if min(scores.size for scores in group.scores.values()) < PROFILE_RUNS:
        return None
    everything = np.concatenate([scores.ravel() for scores in group.scores.values()])
    room = 0.05 * np.ptp(everything) + 1e-9
    taus = np.linspace(everything.min() - room, everything.max() + room, NUM_TAUS)
    profile = partial(_profile, taus=taus)
    figure, axes = _canvas(group, height=4.2)
    colours = _colours(group)
    for name, scores in group.scores.items():
        value, low, high = statistics.estimate(profile, scores, num_resamples=2_000)
        axes.plot(taus, value, color=colours[name], linewidth=1.8, label=name)
        axes.fill_between(taus, low, high, color=colours[name], alpha=0.15, linewidth=0)
    axes.set_xlim(taus[0], taus[-1])
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(f"{group.unit}: level")
    axes.set_ylabel("share of runs above the level")
    axes.legend(frameon=False, loc="lower left")
    return figure


def _profile(scores: np.ndarray, weights: np.ndarray | None, taus: np.ndarray) -> np.ndarray:
    return statistics.performance_profile(scores, taus, weights)


def _improvement(group: Group) -> Figure | None:
    """For each pair, how likely a run of the first scores above a run of the second."""
    names = sorted(group.scores, key=lambda name: -float(statistics.iqm(group.scores[name])))
    pairs = [(x, y) for i, x in enumerate(names) for y in names[i + 1 :]]
    if not pairs:
        return None
    figure, axes = _canvas(group, height=1.4 + 0.4 * len(pairs))
    for place, (x, y) in enumerate(reversed(pairs)):
        found = statistics.estimate(
            statistics.probability_of_improvement, group.scores[x], group.scores[y]
        )
        value, low, high = (float(number) for number in found)
        axes.plot([low, high], [place, place], color="0.1", linewidth=1.6)
        axes.plot(value, place, "o", color=_colours(group)[x], markersize=7)
    axes.axvline(0.5, color=PAPER, linewidth=0.9, linestyle="--", zorder=0)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.6, len(pairs) - 0.4)
    axes.set_yticks(range(len(pairs)), [f"{x}  >  {y}" for x, y in reversed(pairs)])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("probability that a run of the first scores above a run of the second")
    return figure


def _canvas(group: Group, height: float) -> tuple[Figure, Axes]:
    figure, axes = plt.subplots(figsize=(8, height), layout="constrained")
    axes.set_title(group.name, loc="left", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _colours(group: Group) -> dict[str, str]:
    names = sorted(group.scores)
    return {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}


def _levels(axes: Axes, group: Group, *, is_vertical: bool) -> None:
    """A line for each reference player, named at its end, unless it is too close to another."""
    low, high = axes.get_xlim() if is_vertical else axes.get_ylim()
    values = [player.value for player in group.players.values()]
    low, high = min([low, *values]), max([high, *values])
    (axes.set_xlim if is_vertical else axes.set_ylim)(low, high)
    last = -np.inf
    for name, player in sorted(group.players.items(), key=lambda item: item[1].value):
        if player.value - last < 0.035 * (high - low):
            continue
        line = axes.axvline if is_vertical else axes.axhline
        line(player.value, color=PAPER, linewidth=0.9, linestyle="--", zorder=0)
        last = player.value
        if is_vertical:
            axes.text(player.value, 1.01, name, transform=axes.get_xaxis_transform(), color=INK,
                      rotation=35, fontsize=8)  # fmt: skip
        else:
            axes.text(1.01, player.value, name, transform=axes.get_yaxis_transform(), color=INK,
                      va="center", fontsize=8)  # fmt: skip
