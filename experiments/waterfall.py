"""A payoff taken apart, as a picture: its factors, what is added, and what else was on the slate.

Factors are steps down or up from 1, on a logarithmic axis, where a factor has one height wherever
it stands; on a linear one if a factor is 0. What is added comes after them, on a linear axis.
Colours are told apart by everybody, and up and down by their labels as well.
"""

import itertools
import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from marec_env.arrays import Array
from marec_env.explain import Candidate, Explanation

from .curves import COLOURS
from .pictures import INK, drawn, short

MORE, LESS = COLOURS[0], COLOURS[1]
PALE = "0.78"
NAMED = 5  # agents who picked the same, beyond which they are counted
OFFERED = 16  # candidates, the best ones


def draw(explanation: Explanation) -> Array:
    """A picture [H, W, 3] uint8, the same for the same explanation."""
    has_picked = explanation.item >= 0
    panels = []
    if has_picked:
        panels.append((_factors, 1.5 + 0.75 * len(explanation.multiplied)))
        if explanation.added:
            panels.append((_sum, 2.0 + 0.75 * len(explanation.added)))
    if explanation.slate:
        panels.append((_slate, 3.6))
    widths = [width for _, width in panels] or [4.0]
    figure = Figure(figsize=(sum(widths), 3.5), layout="constrained")
    figure.suptitle(_heading(explanation), x=0.01, ha="left", fontsize=10)
    row = figure.subplots(1, len(widths), squeeze=False, width_ratios=widths)[0]
    if not panels:
        row[0].set_axis_off()
    for axes, (panel, _) in zip(row, panels, strict=False):
        axes.spines[["top", "right"]].set_visible(False)
        panel(axes, explanation)
    return drawn(FigureCanvasAgg(figure))


def _heading(explanation: Explanation) -> str:
    does = explanation.title if explanation.item >= 0 else "a skip"
    lines = [
        f"{explanation.agent} at step {explanation.step}: {does} paid {explanation.payoff:.3f}"
    ]
    company = explanation.company
    more = len(company) - NAMED
    names = ", ".join(company[:NAMED]) + (f" and {more} more" if more > 0 else "")
    told = [f"picked as well by {names or 'nobody'}"] if explanation.item >= 0 else []
    if explanation.best is not None:
        told.append(f"regret {explanation.regret:.3f}")
    told.append(f"difference reward {explanation.difference_reward:.3f}")
    return "\n".join([*lines, ", ".join(told)])


def _factors(axes: Axes, explanation: Explanation) -> None:
    """From 1 by one factor after another to their product."""
    factors = np.array(list(explanation.multiplied.values()))
    reached = np.concatenate([[1.0], np.cumprod(factors)])
    is_log = bool((factors > 0).all())
    low = reached.min() / 2 if is_log else 0.0
    if is_log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_minor_locator(NullLocator())
    labels = [f"x {factor:.3g}" for factor in factors]
    total = "payoff" if not explanation.added else "product"
    _steps(axes, reached, [*explanation.multiplied, total], labels, low)
    axes.tick_params(axis="y", labelsize=8)
    axes.set_ylim(low, reached.max() * (1.5 if is_log else 1.12))
    axes.set_title(
        "factors" + (", logarithmic" if is_log else ""), loc="left", fontsize=9, color=INK
    )


def _sum(axes: Axes, explanation: Explanation) -> None:
    """From the product of the factors by what is added to the payoff."""
    added = np.array(list(explanation.added.values()))
    product = explanation.payoff - added.sum()
    reached = product + np.concatenate([[0.0], np.cumsum(added)])
    _steps(axes, reached, [*explanation.added, "payoff"], [f"{a:+.3f}" for a in added], 0.0)
    axes.bar(-1, product, color=PALE, width=0.7)
    axes.text(-1, product, f"{product:.3f}", ha="center", va="bottom", fontsize=8)
    axes.set_xticks([-1, *range(len(reached))], ["product", *explanation.added, "payoff"])
    axes.tick_params(axis="x", rotation=30)
    axes.tick_params(labelsize=8)
    top = max(product, reached.max())
    axes.set_ylim(min(0.0, reached.min()), 1.12 * top if top > 0 else None)
    axes.set_title("what is added", loc="left", fontsize=9, color=INK)


def _steps(axes: Axes, reached: Array, names: list[str], labels: list[str], low: float) -> None:
    """A bar for each step of `reached` [S + 1], named and labelled, and one for where it ends."""
    for place, (start, end) in enumerate(itertools.pairwise(reached)):
        bottom, top = min(start, end), max(start, end)
        colour = MORE if end >= start else LESS
        axes.bar(place, top - bottom, bottom=bottom, color=colour, width=0.7)
        axes.plot([place - 0.35, place + 0.35], [end, end], color="0.1", linewidth=1.2)
        axes.plot([place + 0.35, place + 0.65], [end, end], color=PALE, linewidth=0.8)
        axes.text(place, top, labels[place], ha="center", va="bottom", fontsize=8)
    last = len(reached) - 1
    axes.bar(last, reached[-1] - low, bottom=low, color=PALE, width=0.7)
    axes.text(last, reached[-1], f"{reached[-1]:.3f}", ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=30, fontsize=8)


def _slate(axes: Axes, explanation: Explanation) -> None:
    """What each candidate was to pay, best on top; the picked one in colour."""
    skip = Candidate(-1, "skip", 0.0)
    legal = [c for c in (*explanation.slate, skip) if not math.isinf(c.payoff)]
    shown = sorted(legal, key=lambda candidate: -candidate.payoff)[:OFFERED]
    for place, candidate in enumerate(shown):
        colour = MORE if candidate.item == explanation.item else PALE
        axes.barh(place, candidate.payoff, color=colour, height=0.7)
    names = axes.set_yticks(range(len(shown)), [short(c.title) for c in shown], fontsize=8)
    for tick, candidate in zip(names, shown, strict=True):
        if candidate.item == explanation.item:
            tick.label1.set_color(MORE)  # its bar may have no length
    axes.invert_yaxis()
    axes.tick_params(axis="x", labelsize=8)
    axes.set_title("expected, others as they were", loc="left", fontsize=9, color=INK)
