"""What pictures are made of: matplotlib, if it is there, colours, words, shapes and lines.

Lengths are inches from the lower left corner of a picture of `SIZE`, sizes of letters are points.
All is put on the figure itself: axes and a legend of matplotlib's would take as long as the rest.
The colours are those of Okabe and Ito (2008), "Color universal design"; whatever they tell apart, a
form or a word does too.
"""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import Array

SIZE = (12.0, 6.75)
INK, GREY, PALE = "0.1", "0.45", "0.75"
TOPICS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
FAINT = 0.35  # opacity of who has left
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) - 0.5
TURNS = np.linspace(0, 2 * np.pi, 24, endpoint=False)
CIRCLE = np.column_stack([np.cos(TURNS), np.sin(TURNS)]) / 2
CROSS = np.array([[[-1, -1], [1, 1]], [[-1, 1], [1, -1]]]) / 2
DOTTED = (0, (1, 2))


def library() -> Any:
    """matplotlib, which is behind an extra.

    Raises:
        ImportError: if it is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise ImportError(
            "matplotlib must be installed to draw: pip install marec-env[render]"
        ) from error
    return matplotlib


def write(
    figure: Any, place: Sequence[float] | Array, text: str, *, size: float, colour: str = INK,
    **look: Any,
) -> None:  # fmt: skip
    """One line, its middle at the height of `place`; a dollar in a title starts no formula."""
    figure.text(*place, text, fontsize=size, color=colour, verticalalignment="center_baseline",
                parse_math=False, transform=_inches(figure), **look)  # fmt: skip


def names(figure: Any, places: Array, texts: Sequence[str], size: float, **look: Any) -> None:
    """Short names in the middles of marks of `size` at `places` [n, 2]: outlines, drawn at once."""
    from matplotlib.collections import PathCollection

    outlines = [
        _outline(text).transformed(_scaled(0.43 * size, *place))
        for text, place in zip(texts, places, strict=True)
    ]
    transform = _inches(figure)
    figure.add_artist(
        PathCollection(outlines, transform=transform, linewidths=0, snap=False, **look)
    )


@functools.cache
def _outline(text: str) -> Any:
    """Around its middle, in letters of size 1; names are few."""
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, size=1)
    low, high = path.get_extents().get_points()
    x, y = (low + high) / 2
    return path.transformed(_scaled(1, -x, -y))


def _scaled(factor: float, x: float, y: float) -> Any:
    """Scales, then moves by (x, y)."""
    from matplotlib.transforms import Affine2D

    return Affine2D().scale(factor).translate(x, y)


def shapes(figure: Any, outline: Array, places: Array, sizes: Any, **look: Any) -> None:
    """The same shape at several places.

    Args:
        figure: to be drawn on.
        outline: [k, 2] around its middle, of width and height 1.
        places: of the middles [n, 2].
        sizes: broadcast to [n, 2].
        **look: of a collection in matplotlib.
    """
    from matplotlib.collections import PolyCollection

    sizes = np.broadcast_to(sizes, places.shape)
    corners = places[:, None] + sizes[:, None] * outline
    figure.add_artist(PolyCollection(list(corners), transform=_inches(figure), **look))


def lines(figure: Any, ends: Array, **look: Any) -> None:
    """Lines between `ends` [n, 2, 2]."""
    from matplotlib.collections import LineCollection

    figure.add_artist(LineCollection(list(ends), transform=_inches(figure), **look))


def picks(figure: Any, ends: Array, *, are_served: bool) -> None:
    """Lines of picks with `ends` [n, 2, 2]; those that are not served are dotted, with a cross."""
    style = "solid" if are_served else DOTTED
    lines(figure, ends, colors=GREY, linewidths=1.3, linestyles=[style], zorder=2)
    if not are_served:
        crosses = ends.mean(axis=1)[:, None, None] + 0.07 * CROSS  # [n, 2, 2, 2]
        lines(figure, crosses.reshape(-1, 2, 2), colors=INK, linewidths=1.2, zorder=2.5)


def users(figure: Any, places: Array, size: float, alive: Array) -> None:
    """Circles with the numbers 0, 1, 2 ... in them, faint where `alive` [n] is not True."""
    opacity = np.where(alive, 1, FAINT)
    look = {"facecolors": INK, "alpha": opacity, "linewidths": 0, "zorder": 4}
    shapes(figure, CIRCLE, places, size, **look)
    names(figure, places, list(map(str, range(len(places)))), size, facecolors="white", zorder=4.1)


def short(text: str, width: float, size: float) -> str:
    """`text`, cut to what fits into `width` in letters of `size`, half as wide as high."""
    room = int(width * 72 / (0.5 * size))
    return text if len(text) <= room else f"{text[: room - 1]}…"


def topic_colours(topic_names: Sequence[str]) -> dict[int, str]:
    """Topic -> colour; none if there is one topic only, or too many to be told apart."""
    num_topics = len(topic_names)
    return dict(enumerate(TOPICS[:num_topics])) if 1 < num_topics <= len(TOPICS) else {}


def _inches(figure: Any) -> Any:
    """A window may have another size, then all of it is larger or smaller."""
    from matplotlib.transforms import Affine2D

    return Affine2D().scale(1 / SIZE[0], 1 / SIZE[1]) + figure.transFigure
