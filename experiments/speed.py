"""Measures speed and memory beside the peers, and writes docs/speed.md.

python -m experiments.speed
"""

import argparse
import importlib.metadata
import importlib.util
import platform
from collections.abc import Sequence
from pathlib import Path

from . import speed_games, speed_start, speed_training, stopwatch
from .command import BadInput, program
from .speed_games import Game, Shop

PAGE = Path(__file__).parent.parent / "docs" / "speed.md"
COLUMNS_OFF = [
    Shop(1, 16),
    Shop(64, 16),
    Shop(256, 16),
    Shop(600, 16),
    Shop(1, 1000),
    Shop(10, 1000),
]
COLUMNS_ON = [
    Shop(64, 16, sees="global"),
    Shop(10, 1000, sees="global"),
    Shop(64, 16, shows_items=True),
    Shop(64, 16, sees="global", shows_items=True),
    Shop(10, 1000, sees="global", shows_items=True),
]
OTHER_SLATES = [Shop(64, 16, slate_size=8), Shop(64, 16, slate_size=32)]
OTHER_GAMES = [
    Game(name, num_envs, num_agents)
    for name in ("ads-v0", "social-v0", "news-v0")
    for num_envs, num_agents in ((64, 16), (1, 1000))
]
CROWDS = [Shop(1, 10**power) for power in range(1, 6)] + [Shop(1, 10**6, num_items=10**6)]
VMAS_BATCH = 1024

HEAD = """\
# Speed

`make speed` measures this page and writes it: {machine}, Python {python}, {packages}.
Environments run on one thread. An agent-step is one agent making one step; every figure is the
best of five rounds, and every measurement runs in a process of its own. Ratios, taken in one run,
travel better between machines than the figures do. A load above 0 when it began slows everything
down, and two threads most.

Unless another is named, the game is `ecommerce-v0` with stock, crowding and masks, and a pool of
1,000 items. Picks are random. B is the number of environments, N of agents, K the size of a slate,
I the number of items.
"""


def main(argv: Sequence[str]) -> int:
    """Prints the page and writes it; returns the exit code."""
    parser = argparse.ArgumentParser("python -m experiments.speed", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="of a round (default: 1)")
    parser.add_argument("--updates", type=int, default=10, help="of the training (default: 10)")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page (default: docs/speed.md)")
    arguments = parser.parse_args(argv)
    missing = [name for name in speed_games.PEERS if importlib.util.find_spec(name) is None]
    if missing:
        raise BadInput(
            f"needs the extra peers, without which {missing[0]} is missing; see make speed"
        )
    page = head()
    print(page)
    for section in (
        lambda: faces(arguments.seconds),
        lambda: others(arguments.seconds),
        lambda: crowds(arguments.seconds),
        start,
        lambda: training(arguments.updates),
    ):
        text = section()
        print(text, flush=True)
        page += "\n" + text
    arguments.out.write_text(page, encoding="utf-8")
    print(f"written to {arguments.out}")
    return 0


def head() -> str:
    """What was measured, and on what."""
    names = ("numpy", "numba", "torch", "pettingzoo", "mpe2", "vmas")
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    return HEAD.format(
        machine=stopwatch.machine(), python=platform.python_version(), packages=packages
    )


def faces(seconds: float) -> str:
    """Both faces of the game, and the peers, in one run."""
    copied = stopwatch.alone(stopwatch.copy_rate, seconds)
    shops = [*COLUMNS_OFF, *COLUMNS_ON, *OTHER_SLATES]
    measured = [stopwatch.alone(speed_games.vector, shop, seconds) for shop in shops]
    rows = []
    for shop, found in zip(shops, measured, strict=True):
        calls = found.agent_steps / (shop.num_envs * shop.num_agents)
        written = found.written * calls
        rows.append([
            f"{shop.num_envs:,}", f"{shop.num_agents:,}", f"{shop.slate_size}",
            "yes" if shop.sees == "global" else "no", "yes" if shop.shows_items else "no",
            short(found.agent_steps),
            f"{written / 1e6:,.0f} MB/s", f"{100 * written / copied:.0f} %",
        ])  # fmt: skip
    header = ["B", "N", "K", "demand", "item embeddings", "agent-steps/s", "written",
              "of copying"]  # fmt: skip
    text = f"## The vector face\n\n{markdown(header, rows)}\n\n"
    text += (
        "*Demand* and *item embeddings*: whether candidates show these columns. *Of copying*: the "
        f"bytes of a time step beside a plain copy, {copied / 1e9:.1f} GB/s here.\n"
    )

    best = max(found.agent_steps for found in measured[: len(COLUMNS_OFF)])
    vmas = stopwatch.alone(speed_games.vmas, VMAS_BATCH, seconds)
    peers = [["VMAS simple_spread", f"batched, B = {VMAS_BATCH:,}, N = 3", short(vmas),
              f"vector face {best / vmas:.1f} x"]]  # fmt: skip
    ours = []
    for num_agents in (3, 16):
        mine = stopwatch.alone(speed_games.ours_with_dictionaries, num_agents, seconds)
        theirs = stopwatch.alone(speed_games.mpe2, num_agents, seconds)
        ours.append([f"{num_agents}", short(mine)])
        peers.append(["mpe2 simple_spread", f"PettingZoo, N = {num_agents}", short(theirs),
                      f"PettingZoo face {mine / theirs:.0f} x"])  # fmt: skip
    text += f"\n## The PettingZoo face\n\n{markdown(['N', 'agent-steps/s'], ours)}\n"
    header = ["peer", "how", "agent-steps/s", "ours"]
    return f"{text}\n## Beside the peers\n\n{markdown(header, peers)}\n"


def others(seconds: float) -> str:
    """The vector face of the other games."""
    rows = []
    for game in OTHER_GAMES:
        bare, whole = (
            stopwatch.alone(speed_games.vector, game._replace(has_columns=has), seconds)
            for has in (False, True)
        )
        sizes = f"{game.num_envs:,}", f"{game.num_agents:,}"
        steps = short(bare.agent_steps), short(whole.agent_steps)
        rows.append([f"`{game.name}`", *sizes, *steps])
    text = (
        "The vector face, K = 16, a pool of 64 items, in agent-steps/s: without the columns of "
        "demand\nand item embeddings, as above, and with all that each game shows by default."
    )
    header = ["game", "B", "N", "columns off", "by default"]
    return f"## The other games\n\n{text}\n\n{markdown(header, rows)}\n"


def crowds(seconds: float) -> str:
    """Cost against the number of agents."""
    rows = []
    for shop in CROWDS:
        found = stopwatch.alone(speed_games.vector, shop, seconds)
        rows.append([
            f"{shop.num_agents:,}", f"{shop.num_items:,}", short(found.agent_steps),
            f"{1e9 / found.agent_steps:,.0f} ns", f"{found.memory / 2**30:.2f} GiB",
        ])  # fmt: skip
    header = ["N", "I", "agent-steps/s", "an agent-step", "peak memory of the process"]
    return f"## From ten to a million agents\n\nB = 1, K = 16.\n\n{markdown(header, rows)}\n"


def start() -> str:
    """From import to the first step."""
    found = speed_start.first_step()
    rows = [
        ["compiled code on disk", f"{found.warm:.2f} s"],
        ["nothing compiled yet", f"{found.cold:.2f} s"],
        ["no folder writable", f"{found.unwritable:.2f} s"],
    ]
    header = ["from `import marec_env` to the end of the first step", "time"]
    return f"## The first step\n\n{markdown(header, rows)}\n"


def training(num_updates: int) -> str:
    """IPPO on the default game."""
    rows = []
    for body, hidden_size in (("flat", 64), ("candidates", 32)):
        for threads in (1, 2):
            found = stopwatch.alone(speed_training.ippo, body, hidden_size, threads, num_updates)
            shares = (found.environment, found.acting, found.updating)
            rest = max(0.0, 1 - sum(shares))
            rows.append([
                body, f"{hidden_size}", f"{threads}", short(found.agent_steps),
                *(f"{100 * share:.0f} %" for share in (*shares, rest)),
            ])  # fmt: skip
    header = ["body", "hidden", "threads", "agent-steps/s", "environment", "acting", "updating",
              "loop"]  # fmt: skip
    return (
        "## Training\n\n"
        f"`ippo` on the default `ecommerce-v0` (N = 16, K = 8, B = {speed_training.NUM_ENVS}), two "
        "hidden layers, shared weights, 4 epochs, minibatches of "
        f"{speed_training.MINIBATCH:,} agent-steps, everything included:\n\n"
        f"{markdown(header, rows)}\n"
    )


def markdown(header: list[str], rows: list[list[str]]) -> str:
    """A table; numbers stand on the right."""
    lines = [header, ["---" if place == 0 else "---:" for place in range(len(header))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def short(number: float) -> str:
    """Three digits and a unit: 2.61 M, 417 k."""
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.3g}"


if __name__ == "__main__":
    program(main, "speed")
