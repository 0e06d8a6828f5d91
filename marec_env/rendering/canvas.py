"""What pictures are made of: matplotlib, if it is there, colours, and marks with names.

Lengths are inches from the lower left corner, sizes of letters are points. The colours are those of
Okabe and Ito (2008), "Color universal design"; whatever they tell apart, a form or a word does too.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import Array

INK, GREY, PALE = "0.1", "0.45", "0.85"
BLUE, SKY = "#0072b2", "#56b4e9"
TOPICS = (BLUE, "#e69f00", "#009e73", "#cc79a7", SKY, "#f0e442")
FAINT = 0.25  # opacity of who has left


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
    axes: Any, place: Sequence[float] | Array, text: str, *, size: float, align: str = "left",
    colour: str = INK, **look: Any,
) -> None:  # fmt: skip
    """One line, from its middle on the left; a dollar in a title starts no formula."""
    axes.text(*place, text, fontsize=size, color=colour, horizontalalignment=align,
              verticalalignment="center_baseline", parse_math=False, **look)  # fmt: skip


def circles(axes: Any, places: Array, size: float, is_strong: Array) -> None:
    """Filled, with the numbers 0, 1, 2 ... in them.

    Args:
        axes: in inches.
        places: of their middles [n, 2].
        size: their diameter.
        is_strong: [n] bool; the others are faint.
    """
    x, y = places.T
    opacity = np.where(is_strong, 1, FAINT)
    axes.scatter(x, y, s=(72 * size) ** 2, c=INK, alpha=opacity, linewidths=0, zorder=4)
    for n, place in enumerate(places):
        write(axes, place, str(n), size=31 * size, align="center", colour="white", zorder=4.1)


def boxes(axes: Any, corners: Array, sizes: Array, **look: Any) -> None:
    """Boxes with their lower left `corners` [n, 2] and their `sizes` [n, 2]."""
    from matplotlib.collections import PolyCollection

    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    axes.add_collection(PolyCollection(list(corners[:, None] + sizes[:, None] * unit), **look))


def short(text: str, width: float, size: float) -> str:
    """`text`, cut to what surely fits into `width` in letters of `size`."""
    room = int(width * 72 / (0.6 * size))
    return text if len(text) <= room else f"{text[: room - 1]}…"


def topic_colours(topic_names: Sequence[str]) -> dict[int, str]:
    """Topic -> colour; none if there is one topic only, or too many to be told apart."""
    num_topics = len(topic_names)
    return dict(enumerate(TOPICS[:num_topics])) if 1 < num_topics <= len(TOPICS) else {}
