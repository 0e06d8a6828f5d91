"""What every user thinks of every item: known ratings as given, a model's prediction for the rest.

    r_ui = the known value                          where u rated i
           the entry of a dense table               else, where U * I <= 1e8
           clip(mean + b_u + b_i + p_u . q_i)       else                                       (1)

Ratings live on [r_min, 1], r_min = 0.05, so that the worst item still pays something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array

R_MIN = 0.05  # the worst rating, dimensionless; the best is 1
MAX_TABLE = 10**8  # users times items; beyond it no dense table is made
_ROWS = 1 << 22  # entries of a table computed at a time, to bound the memory of temporaries


class Known(NamedTuple):
    """Ratings as given, in compressed rows: user u rated `indices[indptr[u] : indptr[u + 1]]`."""

    indptr: Array  # [U + 1] int64
    indices: Array  # [R] int32 item ids, ascending within a user
    values: Array  # [R] float32 in [r_min, 1]

    @property
    def users(self) -> Array:
        """User ids [R] int64, one a rating."""
        return np.repeat(np.arange(len(self.indptr) - 1), np.diff(self.indptr))

    @classmethod
    def none(cls, num_users: int) -> "Known":
        """No rating is known."""
        return cls(
            np.zeros(num_users + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
        )

    @classmethod
    def of(cls, users: ArrayLike, items: ArrayLike, values: ArrayLike, num_users: int) -> "Known":
        """From triples [R] in any order, each (user, item) at most once."""
        order = np.lexsort((np.asarray(items), np.asarray(users)))
        counts = np.bincount(np.asarray(users), minlength=num_users)
        return cls(
            indptr=np.concatenate([[0], counts.cumsum()]).astype(np.int64),
            indices=np.asarray(items)[order].astype(np.int32),
            values=np.asarray(values)[order].astype(np.float32),
        )


NOTHING = Known.none(0)  # known of nobody, whatever the number of users


class LowRank(NamedTuple):
    """Equation (1): biases plus the product of two thin matrices."""

    mean: float
    user_bias: Array  # b [U] float32
    item_bias: Array  # b [I] float32
    user_factors: Array  # p [U, F] float32
    item_factors: Array  # q [I, F] float32

    def predict(self, rows: slice) -> Array:
        """The rows of the model's table, clipped, [len(rows), I] float32."""
        product = self.user_factors[rows] @ self.item_factors.T
        product += self.user_bias[rows, None]
        product += self.item_bias
        product += np.float32(self.mean)
        return np.clip(product, R_MIN, 1, out=product)


@dataclass(frozen=True)
class Ratings:
    """Ratings of U users for I items; immutable.

    A dense `model` is kept with the known values written into it, copied only if they were not.
    """

    model: Array | LowRank  # [U, I] float32, or factors
    known: Known = NOTHING

    def __post_init__(self):
        num_users, num_items = self.shape
        known = Known.none(num_users) if self.known is NOTHING else self.known
        known = Known(*map(_frozen, known))
        _check_known(known, num_users, num_items)
        object.__setattr__(self, "known", known)
        if isinstance(self.model, LowRank):
            model = LowRank(float(self.model.mean), *map(_frozen, self.model[1:]))
            _check_low_rank(model)
        else:
            table = np.ascontiguousarray(self.model, np.float32)
            _check_scale("ratings", table)
            cells = known.users, known.indices
            if (table[cells] != known.values).any():
                table = table.copy()
                table[cells] = known.values
            model = _frozen(table)
        object.__setattr__(self, "model", model)

    @property
    def shape(self) -> tuple[int, int]:
        """(U, I)."""
        if isinstance(self.model, LowRank):
            return len(self.model.user_bias), len(self.model.item_bias)
        if np.ndim(self.model) != 2:
            raise ValueError(f"a rating table must be [U, I], got shape {np.shape(self.model)}")
        return np.shape(self.model)

    @cached_property
    def table(self) -> Array | None:
        """Every rating, [U, I] float32 and read-only; None where U * I > 1e8."""
        if not isinstance(self.model, LowRank):
            return self.model
        num_users, num_items = self.shape
        if num_users * num_items > MAX_TABLE:
            return None
        table = np.empty((num_users, num_items), np.float32)
        for rows in row_blocks(num_users, num_items):
            table[rows] = self.model.predict(rows)
        table[self.known.users, self.known.indices] = self.known.values
        return _frozen(table)

    def arrays(self) -> dict[str, Array]:
        """All content, by name, for the digest and for files; `from_arrays` is the inverse."""
        found = {f"known_{name}": array for name, array in self.known._asdict().items()}
        if isinstance(self.model, LowRank):
            model = {name: np.asarray(value) for name, value in self.model._asdict().items()}
        else:
            model = {"table": self.model}
        return found | {f"model_{name}": array for name, array in model.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "Ratings":
        """From what `arrays` gave; other names are ignored, a missing one is a KeyError."""
        known = Known(*(arrays[f"known_{name}"] for name in Known._fields))
        if "model_table" in arrays:
            return cls(arrays["model_table"], known)
        mean, *thin = (arrays[f"model_{name}"] for name in LowRank._fields)
        return cls(LowRank(float(mean), *thin), known)

    def at(self, users: ArrayLike, items: ArrayLike) -> Array:
        """Ratings of broadcast `users` and `items`, float64 in [r_min, 1].

        Raises:
            IndexError: if an id is negative or too large.
        """
        users, items = np.asarray(users), np.asarray(items)
        for name, ids, size in (("user", users, self.shape[0]), ("item", items, self.shape[1])):
            if ids.size and (ids.min() < 0 or ids.max() >= size):
                raise IndexError(
                    f"{name} ids must lie in 0..{size - 1}, got {ids.min()}..{ids.max()}"
                )
        table = self.table
        if table is not None:
            return table.ravel().take(users * np.int64(table.shape[1]) + items).astype(np.float64)

        from .rating_lookup import (
            look_up,
        )  # imported late: compiled code is needed only without a table

        assert isinstance(self.model, LowRank)
        users, items = np.broadcast_arrays(users, items)
        found = np.empty(users.size)
        look_up(found, users.ravel(), items.ravel(), *self.known, *self.model, R_MIN)
        return found.reshape(users.shape)


def to_unit_scale(ratings: Array, lowest: float, highest: float) -> Array:
    """Maps [lowest, highest] onto [r_min, 1], linearly; float64."""
    return R_MIN + (1 - R_MIN) * (np.asarray(ratings, float) - lowest) / (highest - lowest)


def row_blocks(num_rows: int, num_columns: int) -> list[slice]:
    """Consecutive slices that cover the rows, each of about 4 million entries."""
    step = max(1, _ROWS // max(1, num_columns))
    return [slice(start, min(start + step, num_rows)) for start in range(0, num_rows, step)]


def _frozen(array: Array) -> Array:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _check_scale(name: str, values: Array) -> None:
    if values.size and not (values.min() >= R_MIN and values.max() <= 1):  # NaN fails as well
        raise ValueError(
            f"{name} must lie in [{R_MIN}, 1], got {values.min():.4g}..{values.max():.4g}"
        )


def _check_known(known: Known, num_users: int, num_items: int) -> None:
    indptr, indices, values = known
    kinds = "".join(array.dtype.kind for array in known)
    if kinds != "iif" or any(array.ndim != 1 for array in known):
        raise ValueError(
            "known ratings must be one-dimensional arrays of integers, integers and floats, got "
            f"{[f'{array.dtype} {array.shape}' for array in known]}"
        )
    if indptr.shape != (num_users + 1,) or indptr[0] != 0 or (np.diff(indptr) < 0).any():
        raise ValueError(f"known.indptr must ascend from 0 with shape ({num_users + 1},)")
    if not indptr[-1] == len(indices) == len(values):
        raise ValueError(
            f"known.indptr ends at {indptr[-1]}, but there are {len(indices)} item ids and "
            f"{len(values)} values"
        )
    if len(indices) and not 0 <= indices.min() <= indices.max() < num_items:
        raise ValueError(
            f"known item ids must lie in 0..{num_items - 1}, got {indices.min()}..{indices.max()}"
        )
    same_user = np.diff(known.users) == 0
    if (same_user & (np.diff(indices) <= 0)).any():
        raise ValueError("known item ids must ascend within each user, without repetition")
    _check_scale("known ratings", values)


def _check_low_rank(model: LowRank) -> None:
    if any(np.ndim(part) != size for part, size in zip(model, (0, 1, 1, 2, 2), strict=True)):
        raise ValueError(
            "the rating model must have parts of 0, 1, 1, 2 and 2 dimensions, got "
            f"{[np.ndim(part) for part in model]}"
        )
    rank = model.user_factors.shape[-1]
    expected = ((len(model.user_bias), rank), (len(model.item_bias), rank))
    if (model.user_factors.shape, model.item_factors.shape) != expected:
        raise ValueError(
            f"factors must have shapes {expected}, got "
            f"{(model.user_factors.shape, model.item_factors.shape)}"
        )
    for name, values in model._asdict().items():
        if not np.isfinite(values).all():
            raise ValueError(f"{name} of the rating model must be finite")
