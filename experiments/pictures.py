"""Pictures of an evaluation for TensorBoard: what is picked, and who gets what.

Each is an array [H, W, 3] uint8 and the same for the same evaluation. They show sampled actions.
"""

import matplotlib as mpl
import numpy as np

mpl.use("agg")  # files only, no window

from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from marec_env import Catalogue
from marec_env.arrays import Array

from .curves import COLOURS
from .loop import Evaluation
from .scores import Examiner

SHOWN = 40  # items, the most picked ones
INK = "0.35"


def of(examiner: Examiner) -> dict[str, Array]:
    """Tag -> picture of the examiner's last evaluation."""
    played, scenario = examiner.last["sampled"], examiner.built.scenario
    names = examiner.built.sizes.agent_names
    if scenario is None:
        return {"evaluate/returns": returns(played, names, "return of an episode")}
    pictures = {"evaluate/returns": returns(played, names, "payoff of an episode")}
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
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    axes.bar(range(len(order)), mean[order], color=COLOURS[0], alpha=0.85, width=0.75)
    axes.vlines(range(len(order)), low, high, color="0.1", linewidth=1.2)
    axes.axhline(mean.mean(), color=INK, linewidth=0.9, linestyle="--")
    axes.set_title(f"{what}, by agent: mean, middle half of the episodes", loc="left", fontsize=10)
    if len(order) <= SHOWN:
        axes.set_xticks(range(len(order)), [names[n] for n in order], rotation=60, fontsize=7)
    else:
        axes.set_xlabel(f"{len(order)} agents, in order")
    return _drawn(figure)


def picks(items: dict[int, int], catalogue: Catalogue) -> Array:
    """The share of picks of the most picked items, coloured by topic.

    Args:
        items: item -> how often it was picked; not empty.
        catalogue: knows topics and titles.
    """
    order = sorted(items, key=lambda item: (-items[item], item))[:SHOWN]
    share = np.array([items[item] for item in order]) / sum(items.values())
    topics = catalogue.topics[order]
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    known = np.unique(topics)
    many = [mpl.colormaps["tab20"](number) for number in range(20)]
    colours = COLOURS if len(known) <= len(COLOURS) else many
    for number, topic in enumerate(known):
        at = np.flatnonzero(topics == topic)
        colour = colours[number % len(colours)]
        label = catalogue.topic_names[topic]
        axes.bar(at, share[at], color=colour, width=0.8, label=label)
    which = "all" if len(order) == len(items) else f"the {len(order)} most picked of"
    title = f"share of picks: {which} {len(items)} items, by topic"
    axes.set_title(title, loc="left", fontsize=10)
    names = [_short(catalogue.titles[i]) if catalogue.titles else str(i) for i in order]
    axes.set_xticks(range(len(order)), names, rotation=90, fontsize=6)
    axes.legend(frameon=False, fontsize=8, ncols=3)
    return _drawn(figure)


def _short(title: str) -> str:
    return title if len(title) <= 22 else f"{title[:20]}..."


def _drawn(figure: Figure) -> Array:
    figure.axes[0].spines[["top", "right"]].set_visible(False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = np.asarray(canvas.buffer_rgba())[..., :3].copy()
    plt.close(figure)
    return image
