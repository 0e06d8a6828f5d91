"""The left side of a picture: users and items in the plane, and lines from users to their picks.

circle, number     a user; faint if its agent has left
square, letters    an item in the colour of its topic, as full as there is left of it
line               a pick of this step; dotted with a cross if it was refused
"""

import string
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array
from .canvas import GREY, INK, PALE, SQUARE, names, picks, shapes, topic_colours, users
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


def draw_map(figure: Any, scene: Scene) -> None:
    """Draws users, items and picks."""
    marks = marks_of(scene)
    picked, served = (found[: len(marks.users)] for found in (scene.picks, scene.served))
    for are_served in (True, False):
        who = np.flatnonzero((picked >= 0) & (served == are_served))
        items = marks.items[np.searchsorted(marks.slots, picked[who])]
        ends = np.stack([marks.users[who], items], axis=1)  # [k, 2, 2]
        picks(figure, ends, are_served=are_served)
    _items(figure, scene, marks)
    users(figure, marks.users, marks.size, scene.alive[: len(marks.users)])


def marks_of(scene: Scene) -> Marks:
    """Marks that do not lie on one another."""
    num_items, shown = len(scene.items), scene.users[:SHOWN]
    picked = scene.picks[:SHOWN]
    slots = np.arange(num_items) if num_items <= SHOWN else np.unique(picked[picked >= 0])
    size = 0.25 if len(shown) + len(slots) <= SHOWN else 0.21
    room = np.array([WIDTH, HEIGHT])
    places = np.concatenate([shown, scene.items[slots]]) * room
    places = pushed_apart(places, 1.42 * size, room)  # squares touch at their corners at most
    places += np.array([LEFT, BOTTOM])
    return Marks(places[: len(shown)], slots, places[len(shown) :], size)


def letters(slot: int) -> str:
    """A ... Z, AA, AB ...: the name of a slot in the picture."""
    name = ""
    while slot >= 0:
        name = string.ascii_uppercase[slot % 26] + name
        slot = slot // 26 - 1
    return name


def _items(figure: Any, scene: Scene, marks: Marks) -> None:
    if len(marks.slots) < len(scene.items):
        places = scene.items * (WIDTH, HEIGHT) + (LEFT, BOTTOM)
        shapes(figure, SQUARE, places, 0.03, facecolors=PALE, linewidths=0, zorder=1)
    known = topic_colours(scene.topic_names)
    colours = [known.get(topic, GREY) for topic in scene.topics[marks.slots].tolist()]
    level = np.ones(len(scene.items)) if scene.level is None else scene.level
    height = level[marks.slots] * marks.size
    filled = np.column_stack([np.full(len(height), marks.size), height])
    at_bottom = marks.items - np.column_stack([0 * height, (marks.size - height) / 2])
    empty = {"linewidths": 0, "facecolors": "white", "zorder": 3}
    shapes(figure, SQUARE, marks.items, marks.size, **empty)
    full = {"linewidths": 0, "facecolors": colours, "alpha": 0.5, "zorder": 3.1}
    shapes(figure, SQUARE, at_bottom, filled, **full)
    rim = {"linewidths": 1.3, "facecolors": "none", "edgecolors": colours, "zorder": 3.2}
    shapes(figure, SQUARE, marks.items, marks.size, **rim)
    called = [letters(slot) for slot in marks.slots.tolist()]
    names(figure, marks.items, called, marks.size, facecolors=INK, zorder=3.3)
