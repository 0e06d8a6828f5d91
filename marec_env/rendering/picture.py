"""A scene as a picture: users, items and picks on the left, what each user got on the right.

Nothing depends on a clock, on a random number or on a style that somebody has set, so the same
scene is the same picture.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..arrays import Array
from .canvas import SIZE, library, write
from .legend import draw_legend
from .map import LEFT, SHOWN, draw_map
from .scene import Scene
from .standings import draw_standings

DPI = 100


def draw(figure: Any, scene: Scene) -> None:
    """Draws `scene` on a figure of matplotlib, in place of what is there."""
    figure.clear()
    write(figure, (LEFT, SIZE[1] - 0.22), _heading(scene), size=12, weight="bold")
    draw_map(figure, scene)
    draw_legend(figure, scene)
    draw_standings(figure, scene)


def rgb_array(scene: Scene) -> Array:
    """The picture, uint8 [H, W, 3].

    Raises:
        ImportError: if matplotlib is not installed.
    """
    with plain():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        canvas = FigureCanvasAgg(Figure(figsize=SIZE, dpi=DPI))
        draw(canvas.figure, scene)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()


@contextmanager
def plain() -> Iterator[None]:
    """The library's own style, and no warning of a title whose script its font does not have."""
    matplotlib = library()
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        yield


def _heading(scene: Scene) -> str:
    num_users = len(scene.users)
    which = f"the first {SHOWN} of {num_users} users, " if num_users > SHOWN else ""
    left = int(np.count_nonzero(~scene.alive))
    gone = f", {left} of {num_users} have left" if left else ""
    mean = f"{scene.returns.mean():.2f}"
    return f"{which}{scene.heading}: payoff {mean} a user so far{gone}"
