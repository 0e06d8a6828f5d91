"""The items nearest to users among very many, by an index of the library faiss.

    nearest(u) = the `count` items of greatest x_u . x_i                                         (1)

On unit vectors (Catalogue.centred_item_vectors) that is the greatest cosine. Up to some thousand
items NumPy looks at all of them, and (1) is exact. Beyond, items are put into cells around centres,
and only the cells whose centres are nearest to a user are searched: what lies elsewhere is missed,
so the more cells are probed, the more of (1) is found, and the longer it takes.

Source: Jegou, Douze and Schmid (2011), "Product quantization for nearest neighbor search", for the
inverted file and for codes of four bits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from .arrays import Array
from .ratings import row_blocks

LARGEST_EXACT = 10_000  # items
NUM_PER_CENTRE = 64  # items that each centre is learnt from
NUM_ROUNDS = 8  # of the search for centres

# What a cell keeps of a vector: all of it in halved precision, or four bits a coordinate.
Codes = Literal["half", "four_bits"]
_CODES: dict[Codes, str] = {"half": "SQfp16", "four_bits": "PQ{size}x4fs"}


class Index:
    """Built once for the vectors of all items; then (1) of any users."""

    def __init__(
        self,
        vectors: Array,
        *,
        num_cells: int | None = None,
        num_probes: int = 8,
        codes: Codes = "half",
        largest_exact: int = LARGEST_EXACT,
    ):
        """Learns the cells, if there are more items than can be looked at one by one.

        Args:
            vectors: [I, D] float32, finite.
            num_cells: the root of I by default.
            num_probes: cells that are searched for a user.
            codes: what is kept of a vector in its cell.
            largest_exact: up to so many items (1) is exact.

        Raises:
            ImportError: if faiss is needed and missing.
            ValueError: if an argument is out of range.
        """
        if vectors.ndim != 2 or not vectors.size or not np.isfinite(vectors).all():
            raise ValueError(f"vectors must be finite [I, D], got {vectors.shape}")
        if num_probes < 1:
            raise ValueError(f"num_probes must be >= 1, got {num_probes}")
        self.vectors = np.ascontiguousarray(vectors, np.float32)
        self.is_exact = len(vectors) <= largest_exact
        cells = round(len(vectors) ** 0.5) if num_cells is None else num_cells
        if not 1 <= cells <= len(vectors):
            raise ValueError(f"num_cells must be in 1..{len(vectors)}, got {cells}")
        self._library = None if self.is_exact else self._learnt(cells, num_probes, codes)

    def nearest(self, users: Array, count: int) -> Array:
        """Equation (1), [Q, count] int64, the nearest first; ties go to the smaller item if exact.

        Args:
            users: [Q, D] float32, finite.
            count: at most I.

        Raises:
            ValueError: if an argument is out of range.
        """
        num_items, size = self.vectors.shape
        if users.ndim != 2 or users.shape[1] != size or not np.isfinite(users).all():
            raise ValueError(f"users must be finite [Q, D] with D = {size}, got {users.shape}")
        if not 1 <= count <= num_items:
            raise ValueError(f"count must be in 1..{num_items}, got {count}")
        users = np.ascontiguousarray(users, np.float32)
        if self._library is None:
            return exact(users, self.vectors, count)
        with _one_thread():
            found = self._library.search(users, count)[1]
        short = np.flatnonzero(found[:, -1] < 0)  # too few items in the cells that were searched
        if len(short):
            found[short] = exact(users[short], self.vectors, count)
        return found

    def _learnt(self, num_cells: int, num_probes: int, codes: Codes) -> Any:
        try:
            import faiss
        except ImportError as error:
            raise ImportError(
                f"faiss must be installed to search {len(self.vectors):,} items: "
                "pip install marec-env[index]"
            ) from error
        size = self.vectors.shape[1]
        how = f"IVF{num_cells},{_CODES[codes].format(size=size)}"
        with _one_thread():
            found: Any = faiss.index_factory(size, how, faiss.METRIC_INNER_PRODUCT)
            found.cp.niter, found.cp.max_points_per_centroid = NUM_ROUNDS, NUM_PER_CENTRE
            found.cp.min_points_per_centroid = 1
            found.train(self.vectors)
            found.add(self.vectors)
        found.nprobe = min(num_probes, num_cells)
        return found


def exact(users: Array, vectors: Array, count: int) -> Array:
    """Equation (1) by looking at all items, some users at a time; ties go to the smaller item."""
    found = np.empty((len(users), count), np.int64)
    for rows in row_blocks(len(users), len(vectors)):
        closeness = users[rows] @ vectors.T
        least = np.partition(closeness, -count, axis=1)[:, -count, None]
        above, equal = closeness > least, closeness == least
        equal &= equal.cumsum(1) <= count - above.sum(1, keepdims=True)
        chosen = np.nonzero(above | equal)[1].reshape(-1, count)
        order = np.argsort(-np.take_along_axis(closeness, chosen, 1), 1, kind="stable")
        found[rows] = np.take_along_axis(chosen, order, 1)
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    """So that the figures are those of one thread, and centres do not depend on the machine."""
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
