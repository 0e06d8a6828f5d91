"""The left side of a picture: users and items in the plane, and lines from users to their picks.

circle, number     a user; faint if its agent has left
square, letters    an item in the colour of its topic, as full as there is left of it
line               a pick of this step; dotted with a cross if it was refused
"""

import string
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from .canvas import FAINT, GREY, INK, PALE, boxes, circles, topic_colours, write
from .plane import pushed_apart
from .scene import Scene

LEFT, BOTTOM, WIDTH, HEIGHT = 0.3, 0.85, 5.7, 5.3  # inches
SHOWN = 64  # users; and items if there are no more, of more items those that are picked


class Marks(NamedTuple):
    """Who and what of a scene has a mark, and where."""

    users: Array  # [n, 2] inches, the first n
    slots: Array  # [m] slots of the pool
    items: Array  # [m, 2] inches
    size: float  # of a mark, inches


def draw_map(axes: Any, scene: Scene) -> None:
    """Draws plane and legend on axes in inches."""
    marks = _marks(scene)
    _lines(axes, scene, marks)
    _items(axes, scene, marks)
    circles(axes, marks.users, marks.size, scene.alive[: len(marks.users)])
    _legend(axes, scene)


def letters(slot: int) -> str:
    """A ... Z, AA, AB ...: the name of a slot in the picture."""
    name = ""
    while slot >= 0:
        name = string.ascii_uppercase[slot % 26] + name
        slot = slot // 26 - 1
    return name


def _marks(scene: Scene) -> Marks:
    num_items, users = len(scene.items), scene.users[:SHOWN]
    picks = scene.picks[:SHOWN]
    slots = np.arange(num_items) if num_items <= SHOWN else np.unique(picks[picks >= 0])
    size = 0.25 if len(users) + len(slots) <= SHOWN else 0.21
    room = np.array([WIDTH, HEIGHT])
    places = np.concatenate([users, scene.items[slots]]) * room
    places = pushed_apart(places, 1.42 * size, room)  # squares touch at their corners at most
    places += np.array([LEFT, BOTTOM])
    return Marks(places[: len(users)], slots, places[len(users) :], size)


def _lines(axes: Any, scene: Scene, marks: Marks) -> None:
    from matplotlib.collections import LineCollection

    picks, served = (found[: len(marks.users)] for found in (scene.picks, scene.served))
    for is_served, style in ((True, "solid"), (False, (0, (1, 2)))):
        who = np.flatnonzero((picks >= 0) & (served == is_served))
        items = marks.items[np.searchsorted(marks.slots, picks[who])]
        ends = np.stack([marks.users[who], items], axis=1)  # [k, 2, 2]
        axes.add_collection(LineCollection(list(ends), colors=GREY, linewidths=1.3,
                                           linestyles=[style]))  # fmt: skip
        if not is_served:
            x, y = ends.mean(axis=1).T
            axes.scatter(x, y, s=22, c=INK, marker="x", linewidths=1.2, zorder=2.5)


def _items(axes: Any, scene: Scene, marks: Marks) -> None:
    if len(marks.slots) < len(scene.items):
        x, y = (scene.items * (WIDTH, HEIGHT) + (LEFT, BOTTOM)).T
        axes.scatter(x, y, s=4, c=PALE, marker="s", zorder=0.5)
    known = topic_colours(scene.topic_names)
    colours = [known.get(topic, GREY) for topic in scene.topics[marks.slots].tolist()]
    level = np.ones(len(scene.items)) if scene.level is None else scene.level
    corners, whole = marks.items - marks.size / 2, np.full(marks.items.shape, marks.size)
    filled = whole * np.column_stack([np.ones(len(marks.slots)), level[marks.slots]])
    boxes(axes, corners, whole, facecolors="white", zorder=3)
    boxes(axes, corners, filled, facecolors=colours, alpha=0.5, linewidths=0, zorder=3.1)
    boxes(axes, corners, whole, facecolors="none", edgecolors=colours, linewidths=1.3, zorder=3.2)
    for slot, place in zip(marks.slots.tolist(), marks.items, strict=True):
        write(axes, place, letters(slot), size=31 * marks.size, align="center", zorder=3.3)


def _legend(axes: Any, scene: Scene) -> None:
    from matplotlib.lines import Line2D

    def mark(label: str, **look: Any) -> Any:
        usual = {"color": GREY, "linestyle": "none", "markersize": 8}
        return Line2D([], [], label=label, **usual | look)

    item = "item" if scene.level is None else f"item, its fill: {scene.level_name} left"
    shown = [
        mark("user", marker="o", color=INK),
        mark(item, marker="s", markerfacecolor="white"),
        mark("pick", linestyle="solid"),
    ]
    if not scene.served[scene.picks >= 0].all():
        cross = {"marker": "x", "markersize": 5, "markeredgecolor": INK}
        shown.append(mark("refused pick", linestyle=":", **cross))
    if not scene.alive.all():
        shown.append(mark("user who has left", marker="o", color=INK, alpha=FAINT))
    for topic, colour in topic_colours(scene.topic_names).items():
        shown.append(mark(scene.topic_names[topic], marker="s", color=colour))
    axes.legend(handles=shown, loc="lower left", bbox_to_anchor=(0.012, 0.0), ncol=4,
                frameon=False, fontsize=9, handlelength=1.6, columnspacing=1.4)  # fmt: skip
