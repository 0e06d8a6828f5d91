"""Vectors in cells, laid out so that a whole cell is compared with a user in a few passes.

    nearest(u) = the `count` vectors of greatest x_u . x_i among those in the cells of u         (1)

Within a cell, coordinate d of all its vectors is one stretch of memory: the processor then computes
the dot products of several vectors at once, without a change in the order of any sum. Users who
look into the same cell take turns there, while it is in the processor's cache.
"""

import numpy as np

from .arrays import Array
from .compiled import compiled

WIDTH = 8  # coordinates that one pass adds; the number of coordinates is filled up with zeros
BLOCK = 64  # dot products that are looked at together


class Cells:
    """Every vector in one cell; then (1) of any users."""

    def __init__(self, vectors: Array, cell_of: Array, num_cells: int):
        """Sorts them in.

        Args:
            vectors: [I, D] float32.
            cell_of: [I] int64, below `num_cells`.
            num_cells: C, some may be empty.
        """
        self._ids = np.argsort(cell_of, kind="stable")
        ends = np.bincount(cell_of, minlength=num_cells).cumsum()
        self._starts = np.concatenate([[0], ends])  # [C + 1]
        rows = _filled_up(vectors[self._ids])
        self._columns = np.empty(rows.size, np.float32)  # cell by cell, each [D, its vectors]
        parts = np.split(rows, ends[:-1])
        np.concatenate([part.T.ravel() for part in parts], out=self._columns)

    def nearest(self, users: Array, cells: Array, count: int) -> Array:
        """Equation (1), [Q, count] int64, the nearest first; -1 where there are too few.

        Args:
            users: [Q, D] float32.
            cells: [Q, P] int64, a user's best first and none twice; -1 is no cell.
            count: how many, >= 1.
        """
        num_users, num_probes = cells.shape
        who = np.repeat(np.arange(num_users), num_probes)
        is_best = np.tile(np.arange(num_probes) == 0, num_users)
        where = cells.ravel()
        order = np.lexsort((where, ~is_best))  # what is best first leaves little to replace
        dots = np.full((num_users, count), -np.inf, np.float32)
        found = np.full((num_users, count), -1)
        room = np.empty(np.diff(self._starts).max(), np.float32)
        _look(
            _filled_up(users), who[order], where[order],
            self._starts, self._columns, self._ids, room, dots, found,
        )  # fmt: skip
        return found


def _filled_up(vectors: Array) -> Array:
    missing = -vectors.shape[1] % WIDTH
    return np.pad(vectors.astype(np.float32, copy=False), ((0, 0), (0, missing)))


@compiled
def _look(users, who, where, starts, columns, ids, room, dots, found):
    for visit in range(len(who)):
        if where[visit] < 0:
            continue
        begin, end = starts[where[visit]], starts[where[visit] + 1]
        num = end - begin
        if not num:
            continue
        out = room[:num]
        _multiply(users[who[visit]], columns[begin * users.shape[1] :], out)
        _keep(out, ids[begin:end], dots[who[visit]], found[who[visit]])


@compiled
def _multiply(user, columns, out):
    num = len(out)
    for d in range(0, len(user), WIDTH):
        u0, u1, u2, u3 = user[d], user[d + 1], user[d + 2], user[d + 3]
        u4, u5, u6, u7 = user[d + 4], user[d + 5], user[d + 6], user[d + 7]
        x = columns[d * num : (d + WIDTH) * num]
        x0, x1, x2, x3 = x[:num], x[num : 2 * num], x[2 * num : 3 * num], x[3 * num : 4 * num]
        x4, x5 = x[4 * num : 5 * num], x[5 * num : 6 * num]
        x6, x7 = x[6 * num : 7 * num], x[7 * num :]
        if d == 0:
            for j in range(num):
                out[j] = (
                    u0 * x0[j] + u1 * x1[j] + u2 * x2[j] + u3 * x3[j]
                    + u4 * x4[j] + u5 * x5[j] + u6 * x6[j] + u7 * x7[j]
                )  # fmt: skip
        else:
            for j in range(num):
                out[j] += (
                    u0 * x0[j] + u1 * x1[j] + u2 * x2[j] + u3 * x3[j]
                    + u4 * x4[j] + u5 * x5[j] + u6 * x6[j] + u7 * x7[j]
                )  # fmt: skip


@compiled
def _keep(out, ids, dots, found):
    """Puts what is greater than the least of `dots` into its place; the first of equals stays."""
    last = len(dots) - 1
    for begin in range(0, len(out), BLOCK):
        block = out[begin : begin + BLOCK]
        num_greater = 0
        for j in range(len(block)):
            num_greater += block[j] > dots[last]
        if not num_greater:
            continue
        for j in range(len(block)):
            if block[j] > dots[last]:
                place = last
                while place > 0 and dots[place - 1] < block[j]:
                    dots[place], found[place] = dots[place - 1], found[place - 1]
                    place -= 1
                dots[place], found[place] = block[j], ids[begin + j]
