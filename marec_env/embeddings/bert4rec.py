"""BERT4Rec: a bidirectional transformer, the kind BERT is, foretells items hidden in a history.

    tokens   i_1  hidden  i_3 ... hidden         a share of each window, at least its last item  (1)
    targets        i_2        ...  i_n           a softmax over all items                        (2)

The user's vector is the state of a hidden item behind her last one.

Deviation from the paper: v_i of a token and v_i of a target are the same, without a layer between.

Source: Sun et al. (2019), "BERT4Rec: sequential recommendation with bidirectional encoder
representations from transformer".
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..arrays import Array
from .histories import Histories
from .transformer_encoder import TransformerEncoder


@dataclass(frozen=True, kw_only=True)
class BERT4Rec(TransformerEncoder):
    """The bidirectional transformer."""

    name: ClassVar[str] = "bert4rec"
    source: ClassVar[str] = "Sun et al. (2019)"
    is_causal: ClassVar[bool] = False
    widening: ClassVar[int] = 4

    hidden_share: float = 0.3  # of the items of a window

    def __post_init__(self):
        super().__post_init__()
        if not 0 <= self.hidden_share < 1:
            raise ValueError(f"hidden_share must be in [0, 1), got {self.hidden_share}")

    def questions(self, rows: Array, num_items: int, rng: np.random.Generator) -> tuple[Array, ...]:
        """Equations (1) and (2)."""
        from .neural.windows import NO_ITEM, padded, special

        is_hidden = rng.random(rows.shape) < self.hidden_share
        is_hidden[np.arange(len(rows)), (rows >= 0).sum(1) - 1] = True
        tokens = np.where(is_hidden & (rows >= 0), special(num_items), padded(rows, num_items))
        return tokens, np.where(is_hidden, rows, NO_ITEM)

    def prompts(self, histories: Histories, num_items: int) -> tuple[Array, Array]:
        """The last items and a hidden one."""
        from .neural.windows import NO_ITEM, last, padded, special

        rows, counts = last(histories, self.max_length - 1)
        tokens = padded(np.insert(rows, rows.shape[1], NO_ITEM, axis=1), num_items)
        tokens[np.arange(len(tokens)), counts] = special(num_items)
        return tokens, counts + 1
