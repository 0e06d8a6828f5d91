"""The right side of a picture: what each user has received so far, and what it picked now."""

import math
from typing import Any

import numpy as np

from .canvas import FAINT, GREY, INK, PALE, SQUARE, shapes, short, users, write
from .map import SHOWN, letters
from .scene import Scene

LEFT, BOTTOM, WIDTH, HEIGHT = 6.45, 0.3, 5.4, 5.8  # inches
PER_COLUMN = 32  # users
PITCH = 0.36  # from a row to the next, at most
BAR, VALUE, PICK = 0.3, 0.42, 0.5  # the left of a bar; right and left of words, from its end


def draw_standings(figure: Any, scene: Scene) -> None:
    """Number, bar, payoff so far and pick of every user, in one column or two."""
    num_shown = min(SHOWN, len(scene.users))
    num_columns = math.ceil(num_shown / PER_COLUMN)
    rows = math.ceil(num_shown / num_columns)
    pitch, wide = min(PITCH, HEIGHT / rows), WIDTH / num_columns
    n = np.arange(num_shown)
    x, y = LEFT + n // rows * wide, BOTTOM + HEIGHT - (n % rows + 0.5) * pitch
    alive = scene.alive[:num_shown]

    about = "bar: payoff so far, dark: of this step; then the pick"
    write(figure, (LEFT, BOTTOM + HEIGHT + 0.14), about, size=9, colour=GREY)
    users(figure, np.column_stack([x + 0.12, y]), min(0.24, 0.98 * pitch), alive)

    longest, opacity = 0.28 * wide, np.where(alive, 1, FAINT)
    returns, now = scene.returns[:num_shown], scene.payoff[:num_shown]
    scale = longest / round_up(float(np.abs(returns).max(initial=0)))
    for start, length, colour in ((0 * now, returns - now, PALE), (returns - now, now, INK)):
        middles = np.column_stack([x + BAR + scale * (start + length / 2), y])
        sizes = np.column_stack([scale * length, np.full(num_shown, 0.5 * pitch)])
        shapes(figure, SQUARE, middles, sizes, facecolors=colour, alpha=opacity, linewidths=0)

    size, end = 8.5 if pitch > 0.2 else 7.5, BAR + longest
    room = wide - end - PICK - 0.13
    for i in n.tolist():
        look: dict[str, Any] = {"size": size, "alpha": opacity[i]}
        value = f"{returns[i]:.2f}"
        write(figure, (x[i] + end + VALUE, y[i]), value, horizontalalignment="right", **look)
        write(figure, (x[i] + end + PICK, y[i]), short(_pick(scene, i), room, size), **look)


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20 ..., so that bars have one scale for some steps."""
    if not value > 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * digit for digit in (1, 2, 5, 10) if value <= power * digit)


def _pick(scene: Scene, n: int) -> str:
    """What user n picked, in words."""
    slot = int(scene.picks[n])
    if slot >= 0:
        refused = "" if scene.served[n] else "× "
        return f"{refused}{letters(slot)}  {scene.titles[slot]}"
    if not scene.alive[n]:
        return "has left"
    return "skips" if scene.is_played else ""
