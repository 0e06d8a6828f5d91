"""Measures how fast the nearest of a million items are found, and how many of them; a table.

python -m experiments.speed_index

All rows are of one run on one thread, in CPU time: the best of several rounds for 1,000 users and
16 neighbours. The first row of a table looks at every item. Recall is the share of the nearest that
is found. The items are invented, with 16 coordinates. "Even": those of the synthetic catalogue,
which fill the space rather evenly; that is the hard case for any index. "Clustered": items around
2,000 centres, as real catalogues have kinds: the k-th is k^-0.8 times as frequent as the first, and
a coordinate of an item differs from its centre's by noise, 0.35 as wide as the centres are spread;
users likewise.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np

from marec_env import Catalogue
from marec_env.arrays import Array
from marec_env.retrieval import Index, exact

from .command import Parser, program

NUM_USERS, COUNT = 1000, 16
LIMIT = 10.0  # ms for them
ROUNDS = 7
PROBES = (2, 3, 4, 8, 16, 32)
NUM_KINDS, SPREAD, SKEW = 2000, 0.35, 0.8  # of clustered items


def main(argv: Sequence[str]) -> int:
    """Prints the tables."""
    parser = Parser("speed_index", (__doc__ or "").strip())
    parser.add_argument("--items", type=int, default=1_000_000, help="how many (%(default)s)")
    options = parser.parse(argv)
    print("| items | probes | built in s | ms | times faster | recall | within 10 ms |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for name, make in (("even", even), ("clustered", clustered)):
        users, items = make(options.items)
        real = exact(users, items, COUNT)
        slow = _milliseconds(lambda u=users, i=items: exact(u, i, COUNT), rounds=1)
        print(f"| {name} | all | 0 | {slow:,.0f} | 1 | 1 | no |", flush=True)
        begin = time.process_time()
        index = Index(items, largest_exact=0)
        built = time.process_time() - begin
        for num_probes in PROBES:
            index.num_probes = num_probes
            taken = _milliseconds(lambda u=users, i=index: i.nearest(u, COUNT))
            found = _recall(index.nearest(users, COUNT), real)
            print(
                f"| {name} | {num_probes} | {built:.1f} | {taken:.1f} | {slow / taken:,.0f} "
                f"| {found:.3f} | {'yes' if taken <= LIMIT else 'no'} |",
                flush=True,
            )
    return 0


def even(num_items: int) -> tuple[Array, Array]:
    """Users and items of the synthetic catalogue, unit vectors [1000, 16] and [I, 16]."""
    made = Catalogue.synthetic(seed=0, num_users=NUM_USERS, num_items=num_items)
    return made.centred_user_vectors, made.centred_item_vectors


def clustered(num_items: int) -> tuple[Array, Array]:
    """Users and items of kinds, unit vectors [1000, 16] and [I, 16]."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((NUM_KINDS, 16))
    share = np.arange(1, NUM_KINDS + 1) ** -SKEW
    kinds = rng.choice(NUM_KINDS, NUM_USERS + num_items, p=share / share.sum())
    found = centres[kinds] + SPREAD * rng.standard_normal((len(kinds), 16))
    found = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return found[:NUM_USERS], found[NUM_USERS:]


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
