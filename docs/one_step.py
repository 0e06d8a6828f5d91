"""Draws one step of ecommerce-v0 as an SVG: `python docs/one_step.py > docs/one-step.svg`."""

from typing import NamedTuple

WIDTH, HEIGHT = 1110, 500
INK, FAINT, LINE, PAPER, TILE = "#1f2933", "#66727f", "#c9d1d9", "#ffffff", "#f1f4f7"
ROW = {"user_0": 152, "user_1": 262, "user_2": 372}  # centre of each agent's row, pixels
COLOUR = {"user_0": "#0072b2", "user_1": "#c65300", "user_2": "#00795c"}
POOL_LEFT, POOL_TOP, POOL_STEP = 452, 112, 52


class Pick(NamedTuple):
    """What an agent sees and what comes of it."""

    slate: dict[str, float]  # item -> similarity, most similar first
    choice: str
    rating: float
    is_served: bool

    @property
    def payoff(self) -> float:
        """Similarity times rating, if served."""
        return self.slate[self.choice] * self.rating * self.is_served


PICKS = {
    "user_0": Pick({"B": 0.92, "A": 0.81, "D": 0.55, "F": 0.40}, "B", 0.8, True),
    "user_1": Pick({"B": 0.85, "C": 0.78, "E": 0.52, "A": 0.31}, "B", 0.9, False),
    "user_2": Pick({"C": 0.88, "E": 0.70, "D": 0.64, "B": 0.45}, "E", 0.7, True),
}
STOCK = {"A": 2, "B": 1, "C": 0, "D": 3, "E": 2, "F": 1}


def text(x: float, y: float, words: str, size: int = 14, fill: str = INK, **style: str) -> str:
    """A line of text; `style` as in SVG, with `_` for `-`."""
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}"{attributes}>{words}</text>'


def box(x: float, y: float, width: float, height: float, fill: str, stroke: str, pen: float) -> str:
    """A rectangle with round corners."""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="7" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{pen}"/>'
    )


def slate(name: str) -> list[str]:
    """An agent and its candidates; the pick is outlined, what is sold out is struck out."""
    y, colour, pick = ROW[name], COLOUR[name], PICKS[name]
    found = [
        f'<circle cx="52" cy="{y - 12}" r="13" fill="{colour}"/>',
        f'<path d="M 28 {y + 26} a 24 24 0 0 1 48 0 z" fill="{colour}"/>',
        text(52, y + 45, name, 13, colour, text_anchor="middle", font_weight="600"),
    ]
    for k, (item, similarity) in enumerate(pick.slate.items()):
        x, is_pick, is_out = 104 + 58 * k, item == pick.choice, STOCK[item] == 0
        found += [
            box(x, y - 26, 48, 48, PAPER if is_pick else TILE, colour if is_pick else LINE,
                3 if is_pick else 1),
            text(x + 24, y + 5, item, 19, FAINT if is_out else INK, text_anchor="middle",
                 font_weight="600"),
            text(x + 24, y + 41, f"{similarity:.2f}", 12, FAINT, text_anchor="middle"),
        ]  # fmt: skip
        if is_out:
            found.append(f'<path d="M {x + 8} {y + 14} L {x + 40} {y - 18}" stroke="{FAINT}"/>')
    return found


def pool() -> list[str]:
    """The items that all agents share, with the units left of each."""
    found = []
    for place, (item, units) in enumerate(STOCK.items()):
        y = POOL_TOP + POOL_STEP * place
        found.append(box(POOL_LEFT, y, 118, 42, TILE, LINE, 1))
        found.append(text(POOL_LEFT + 22, y + 27, item, 18, INK if units else FAINT,
                          text_anchor="middle", font_weight="600"))  # fmt: skip
        found += [
            f'<circle cx="{POOL_LEFT + 54 + 18 * unit}" cy="{y + 21}" r="6" fill="{INK}"/>'
            for unit in range(units)
        ]
        if units == 0:
            found.append(text(POOL_LEFT + 46, y + 26, "sold out", 12, FAINT))
    return found


def arrows(name: str) -> list[str]:
    """From the slate to the picked item, and on to the payoff."""
    y, colour, pick = ROW[name], COLOUR[name], PICKS[name]
    lane = {"user_0": -8, "user_1": 8, "user_2": 0}[name]  # two arrows on one item stay apart
    target = POOL_TOP + POOL_STEP * list(STOCK).index(pick.choice) + 21 + lane
    style = f'fill="none" stroke="{colour}" stroke-width="2.2"'
    tip, out = POOL_LEFT - 8, POOL_LEFT + 118
    found = [
        f'<path d="M 338 {y - 2} C 390 {y - 2}, 390 {target}, {tip} {target}" {style}/>',
        f'<path d="M {tip + 6} {target} l -9 -5 v 10 z" fill="{colour}"/>',
    ]
    dash = "" if pick.is_served else ' stroke-dasharray="5 5"'
    found.append(
        f'<path d="M {out} {target} C 606 {target}, 590 {y - 2}, 634 {y - 2}" {style}{dash}/>'
    )
    return found


def outcome(name: str, mean: float) -> list[str]:
    """Payoff and the rewards that objectives make of it."""
    y, pick = ROW[name], PICKS[name]
    product = f"{pick.slate[pick.choice]:.2f} × {pick.rating:.2f}"
    others = (3 * mean - pick.payoff) / 2
    rewards = (pick.payoff, mean, pick.payoff - others)
    row = [text(644, y - 6, "served" if pick.is_served else "not served", 13, FAINT)]
    row.append(
        text(644, y + 14, f"{product} = {pick.payoff:.2f}" if pick.is_served else "0.00", 16)
    )
    for place, reward in enumerate(rewards):
        words = f"{reward:.2f}".replace("-", "−")
        row.append(text(868 + 88 * place, y + 3, words, 16, text_anchor="middle"))
    return row


def figure() -> str:
    """The whole picture."""
    mean = sum(pick.payoff for pick in PICKS.values()) / len(PICKS)
    titles = [(28, "1  see a slate"), (POOL_LEFT, "2  pick at once"), (644, "3  are paid"),
              (832, "4  are rewarded")]  # fmt: skip
    notes = [(28, "similarity shows, the rating is hidden"), (POOL_LEFT, "one pool, limited stock"),
             (644, "similarity × rating")]  # fmt: skip
    parts = [text(x, 42, words, 18, font_weight="600") for x, words in titles]
    parts += [text(x, 64, words, 13, FAINT) for x, words in notes]
    for place, words in enumerate(("independent", "cooperative", "competitive")):
        parts.append(text(868 + 88 * place, 64, words, 13, FAINT, text_anchor="middle"))
    parts += [f'<path d="M 28 82 H {WIDTH - 28}" stroke="{LINE}"/>', *pool()]
    for name in ROW:
        parts += slate(name) + arrows(name) + outcome(name, mean)
    parts += [
        f'<path d="M 956 446 v 16 q 0 10 -10 10 H 62 q -10 0 -10 -10 v -18" fill="none" '
        f'stroke="{FAINT}" stroke-width="1.6"/>',
        f'<path d="M 52 440 l -5 9 h 10 z" fill="{FAINT}"/>',
        f'<rect x="304" y="460" width="400" height="24" fill="{PAPER}"/>',
        text(504, 477, "stock falls, time moves on, new slates are drawn", 14, FAINT,
             text_anchor="middle"),
    ]  # fmt: skip
    font = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
    label = "One step: agents see slates, pick from one pool, are served or not, and are rewarded"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{label}" font-family="{font}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="12" fill="{PAPER}"/>',
        *parts,
        "</svg>",
    ])  # fmt: skip


if __name__ == "__main__":
    print(figure())
