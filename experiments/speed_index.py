"""Measures how fast the nearest of a million items are found, and how many of them; a table.

python -m experiments.speed_index

All rows are of one run on one thread, in CPU time: the best of several rounds for 1,000 users and
16 neighbours. The first row looks at every item. Recall is the share of the nearest that is found.
The items are invented, those of the synthetic catalogue: 16 coordinates that fill the space rather
evenly, which is the hard case for any index.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from marec_env import Catalogue
from marec_env.arrays import Array
from marec_env.retrieval import Codes, Index, exact

from .command import Parser, program

NUM_USERS, COUNT = 1000, 16
LIMIT = 10.0  # ms for them
ROUNDS = 5


class Setting(NamedTuple):
    """How an index is made."""

    codes: Codes
    num_cells: int
    num_probes: int


SETTINGS = (
    Setting("four_bits", 1024, 1),
    Setting("four_bits", 1024, 2),
    Setting("four_bits", 1024, 8),
    Setting("half", 1024, 1),
    Setting("half", 1024, 4),
    Setting("half", 1024, 16),
    Setting("half", 1024, 64),
)


def main(argv: Sequence[str]) -> int:
    """Prints the table."""
    parser = Parser("speed_index", (__doc__ or "").strip())
    parser.add_argument("--items", type=int, default=1_000_000, help="how many (%(default)s)")
    options = parser.parse(argv)
    made = Catalogue.synthetic(seed=0, num_users=NUM_USERS, num_items=options.items)
    users, items = made.centred_user_vectors, made.centred_item_vectors
    real = exact(users, items, COUNT)
    slow = _milliseconds(lambda: exact(users, items, COUNT), rounds=1)
    print("| codes | cells | probes | built in s | ms | times faster | recall | within 10 ms |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    print(f"| all items | | | 0 | {slow:,.0f} | 1 | 1 | no |", flush=True)
    for setting in SETTINGS:
        begin = time.process_time()
        index = Index(items, **setting._asdict(), largest_exact=0)
        built = time.process_time() - begin
        taken = _milliseconds(lambda index=index: index.nearest(users, COUNT))
        found = _recall(index.nearest(users, COUNT), real)
        print(
            f"| {setting.codes} | {setting.num_cells:,} | {setting.num_probes} | {built:.1f} "
            f"| {taken:.1f} | {slow / taken:,.0f} | {found:.3f} "
            f"| {'yes' if taken <= LIMIT else 'no'} |",
            flush=True,
        )
    return 0


def _milliseconds(do: Callable[[], object], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        do()
        taken.append(time.process_time() - begin)
    return 1000 * min(taken)


def _recall(found: Array, real: Array) -> float:
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(real, found, strict=True)]))


if __name__ == "__main__":
    program(main, "speed_index")
