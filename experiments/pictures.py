"""Pictures of an evaluation for TensorBoard: what is picked, and who gets what.

Each is an array [H, W, 3] uint8, the same for the same evaluation, and small, since TensorBoard
shows pictures as small as stamps. They show sampled actions.
"""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from marec_env import Catalogue
from marec_env.arrays import Array

from .curves import COLOURS
from .loop import Evaluation
from .scores import Examiner

SHOWN = 40  # items, the most picked ones
NAMED = 24  # bars, beyond which names would lie upon one another
INK = "0.35"


def of(examiner: Examiner) -> dict[str, Array]:
    """Tag -> picture of the examiner's last evaluation."""
    played, scenario = examiner.last["sampled"], examiner.built.scenario
    names = examiner.built.sizes.agent_names
    if scenario is None:
        return {"evaluate/returns": returns(played, names, "return")}
    pictures = {"evaluate/returns": returns(played, names, "payoff")}
    if played.items:
        pictures["evaluate/picks"] = picks(played.items, scenario.catalogue)
    return pictures


def returns(played: Evaluation, names: tuple[str, ...], what: str) -> Array:
    """A bar for each agent with the spread of its episodes, in order of size; their mean a line.

    Args:
        played: payoff [E, N].
        names: of the agents.
        what: is summed over an episode.
    """
    mean = played.payoff.mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    low, high = np.percentile(played.payoff[:, order], [25, 75], axis=0)
    canvas, axes = blank(f"{what} of an episode: mean and middle half")
    axes.bar(range(len(order)), mean[order], color=COLOURS[0], alpha=0.85, width=0.75)
    axes.vlines(range(len(order)), low, high, color="0.1", linewidth=1.2)
    axes.axhline(mean.mean(), color=INK, linewidth=0.9, linestyle="--")
    beside = axes.get_yaxis_transform()
    axes.text(1.01, mean.mean(), "mean", transform=beside, color=INK, va="center")
    name_bars(axes, [names[n] for n in order], "agents")
    return drawn(canvas)


def picks(items: dict[int, int], catalogue: Catalogue) -> Array:
    """The share of picks of the most picked items, coloured by topic.

    Args:
        items: item -> how often it was picked; not empty.
        catalogue: knows topics and titles.
    """
    order = sorted(items, key=lambda item: (-items[item], item))[:SHOWN]
    share = np.array([items[item] for item in order]) / sum(items.values())
    topics = catalogue.topics[order]
    which = "all" if len(order) == len(items) else f"the {len(order)} most picked of"
    canvas, axes = blank(f"share of picks: {which} {len(items)} items")
    for topic in np.unique(topics):
        at = np.flatnonzero(topics == topic)
        colour = _colour(topic, len(catalogue.topic_names))
        axes.bar(at, share[at], color=colour, width=0.8, label=catalogue.topic_names[topic])
    titles = [short(catalogue.titles[i]) if catalogue.titles else str(i) for i in order]
    name_bars(axes, titles, "items")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8, handlelength=1)
    return drawn(canvas)


def _colour(topic: int, num_topics: int) -> str | tuple[float, ...]:
    """A topic's own, in all evaluations of all runs on the catalogue."""
    if num_topics <= len(COLOURS):
        return COLOURS[topic]
    return mpl.colormaps["tab20"](topic % 20)


def short(title: str) -> str:
    """A title for an axis."""
    return title if len(title) <= 18 else f"{title[:16]}..."


def blank(title: str) -> tuple[FigureCanvasAgg, Axes]:
    """An empty picture of the size that TensorBoard shows well."""
    figure = Figure(figsize=(4.8, 3.4), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    return FigureCanvasAgg(figure), axes


def name_bars(axes: Axes, names: Sequence[str], what: str) -> None:
    """Names below bars, or how many there are where they would lie upon one another."""
    if len(names) <= NAMED:
        axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    else:
        axes.set_xticks([])
        axes.set_xlabel(f"{len(names)} {what}, in order")


def drawn(canvas: FigureCanvasAgg) -> Array:
    """What is on the canvas, [H, W, 3] uint8."""
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
