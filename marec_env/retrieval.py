"""The items nearest to users among very many, in cells that the library faiss finds.

    nearest(u) = the `count` items of greatest x_u . x_i                                         (1)

On unit vectors (Catalogue.centred_item_vectors) that is the greatest cosine. Up to some thousand
items NumPy looks at all of them, and (1) is exact. Beyond, items are put into cells around centres,
and centres into groups around centres of their own. Of a user's nearest groups the nearest cells
are searched, each of them exactly: what lies elsewhere is missed, so the more groups and cells are
probed, the more of (1) is found, and the longer it takes.

Source: Jegou, Douze and Schmid (2011), "Product quantization for nearest neighbor search", for the
inverted file.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from .arrays import Array
from .cells import Cells
from .ratings import row_blocks

LARGEST_EXACT = 10_000  # items
NUM_PER_CENTRE = 64  # items that each centre is learnt from
NUM_ROUNDS = 8  # of the search for centres
SEED = 0  # of that search


class Index:
    """Built once for the vectors of all items; then (1) of any users."""

    def __init__(
        self,
        vectors: Array,
        *,
        num_cells: int | None = None,
        num_probes: int = 8,
        largest_exact: int = LARGEST_EXACT,
    ):
        """Learns the cells, if there are more items than can be looked at one by one.

        Args:
            vectors: [I, D] float32, finite.
            num_cells: four times the root of I by default.
            num_probes: groups, and cells in them, that are searched for a user.
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
        root = len(vectors) ** 0.5
        cells = min(round(4 * root), len(vectors)) if num_cells is None else num_cells
        if not 1 <= cells <= len(vectors):
            raise ValueError(f"num_cells must be in 1..{len(vectors)}, got {cells}")
        self.num_probes = num_probes  # may be changed at any time
        if not self.is_exact:
            centres, cell_of = _clustered(self.vectors, cells)
            groups, group_of = _clustered(centres, round(cells**0.5))
            self._items = Cells(self.vectors, cell_of, cells)
            self._centres = Cells(centres, group_of, len(groups))
            self._groups = Cells(groups, np.zeros(len(groups), np.int64), 1)

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
        if self.is_exact:
            return exact(users, self.vectors, count)
        everywhere = np.zeros((len(users), 1), np.int64)
        groups = self._groups.nearest(users, everywhere, self.num_probes)
        cells = self._centres.nearest(users, groups, self.num_probes)
        found = self._items.nearest(users, cells, count)
        short = np.flatnonzero(found[:, -1] < 0)  # too few items in the cells that were searched
        if len(short):
            found[short] = exact(users[short], self.vectors, count)
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


def _clustered(vectors: Array, num: int) -> tuple[Array, Array]:
    """Centres [num, D] of the vectors, and which of them is nearest to each, [I] int64."""
    try:
        import faiss
    except ImportError as error:
        raise ImportError(
            f"faiss must be installed to search {len(vectors):,} items: "
            "pip install marec-env[index]"
        ) from error
    with _one_thread():
        found = faiss.Kmeans(
            vectors.shape[1], num, niter=NUM_ROUNDS, seed=SEED, spherical=True,
            max_points_per_centroid=NUM_PER_CENTRE, min_points_per_centroid=1,
        )  # fmt: skip
        found.train(vectors)
        assert found.centroids is not None
        return found.centroids, found.assign(vectors)[1].astype(np.int64)


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
