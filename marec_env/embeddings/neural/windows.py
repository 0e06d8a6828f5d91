"""Histories as rectangles of tokens.

Tokens 0 ... I-1 are the items. Behind them come SPECIAL, which an encoder uses as it likes (the
start of a history, a hidden item), and PADDING, which fills the rows up on the right.
"""

import numpy as np

from ...arrays import Array
from ..histories import Histories

NO_ITEM = -1
NUM_SPECIAL = 2  # tokens that are no items


def special(num_items: int) -> int:
    """The token SPECIAL."""
    return num_items


def padding(num_items: int) -> int:
    """The token PADDING."""
    return num_items + 1


def padded(rows: Array, num_items: int) -> Array:
    """Tokens of windows, PADDING where there is no item."""
    return np.where(rows >= 0, rows, padding(num_items))


def cut(histories: Histories, length: int, rng: np.random.Generator) -> Array:
    """All histories in windows of at most `length`, [W, length] int64, NO_ITEM on the right.

    Each history is cut at places drawn anew, so that every item is foretold from long and short
    pasts alike.
    """
    lengths = histories.lengths()
    shifts = np.repeat(rng.integers(length, size=len(histories)), lengths)  # [R]
    at = np.arange(len(histories.items)) - np.repeat(histories.offsets[:-1], lengths)
    in_history = (at + shifts) // length  # which window of its history
    slots = at - np.maximum(0, in_history * length - shifts)
    owners = np.repeat(np.arange(len(histories)), lengths)
    is_first = np.ones(len(at), bool)
    is_first[1:] = (np.diff(owners) > 0) | (np.diff(in_history) > 0)
    rows = is_first.cumsum() - 1
    windows = np.full((int(is_first.sum()), length), NO_ITEM, np.int64)
    windows[rows, slots] = histories.items
    return windows


def last(histories: Histories, length: int) -> tuple[Array, Array]:
    """The last items of each history, [U, length] int64, NO_ITEM on the right; how many, [U]."""
    counts = np.minimum(histories.lengths(), length)
    slots = np.arange(length)
    is_item = slots < counts[:, None]
    windows = np.full((len(histories), length), NO_ITEM, np.int64)
    begins = histories.offsets[1:] - counts
    windows[is_item] = histories.items[(begins[:, None] + slots)[is_item]]
    return windows, counts
