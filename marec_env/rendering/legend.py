"""What the marks of a picture stand for, below its plane; what is there has always one place."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..arrays import Array
from .canvas import CIRCLE, FAINT, GREY, INK, SQUARE, picks, shapes, short, topic_colours, write
from .scene import Scene

LEFT, TOP, PITCH, MARK = 0.4, 0.58, 0.2, 0.13  # inches
WIDTHS = (1.95, 1.35, 1.35, 1.4)  # of the columns
ROWS = 3
SIZE = 9  # of letters, points

Draw = Callable[[Any, Array], None]  # draws a mark at a place


def draw_legend(figure: Any, scene: Scene) -> None:
    """Column by column, with room for six topics."""
    left = LEFT
    entries = _entries(scene)
    for column, width in enumerate(WIDTHS):
        for row, (name, draw) in enumerate(entries[ROWS * column : ROWS * (column + 1)]):
            place = np.array([left, TOP - row * PITCH])
            draw(figure, place)
            write(figure, (left + 0.22, place[1]), short(name, width - 0.3, SIZE), size=SIZE)
        left += width


def _entries(scene: Scene) -> list[tuple[str, Draw]]:
    item = "item" if scene.level is None else f"item, its fill: {scene.level_name}"
    found: list[tuple[str, Draw]] = [
        ("user", partial(_shape, CIRCLE, facecolors=INK)),
        (item, partial(_shape, SQUARE, facecolors="white", edgecolors=GREY, linewidths=1.3)),
        ("pick", partial(_line, are_served=True)),
    ]
    if scene.can_refuse:
        found.append(("refused pick", partial(_line, are_served=False)))
    for topic, colour in topic_colours(scene.topic_names).items():
        name = scene.topic_names[topic]
        label = name if name.startswith("topic") else f"topic {name}"
        found.append((label, partial(_shape, SQUARE, facecolors=colour)))
    if not scene.alive.all():
        found.append(("user who left", partial(_shape, CIRCLE, facecolors=INK, alpha=FAINT)))
    return found


def _shape(outline: Array, figure: Any, place: Array, **look: Any) -> None:
    shapes(figure, outline, place[None], MARK, **{"linewidths": 0} | look)


def _line(figure: Any, place: Array, *, are_served: bool) -> None:
    x, y = place
    picks(figure, np.array([[[x - 0.14, y], [x + 0.14, y]]]), are_served=are_served)
