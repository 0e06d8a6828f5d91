"""SASRec: a causal transformer, the one kind GPT is, foretells every next item of a history.

    tokens   start  i_1  i_2 ... i_{n-1}                                                         (1)
    targets  i_1    i_2  i_3 ... i_n             a softmax over all items                        (2)

The user's vector is the state behind her last item; without a history, behind `start`.

Deviations from the paper: all items stand in the softmax, not one sampled negative (Klenitskiy and
Vasilev 2023 show that this is what makes it strong); a history's start is a token; long histories
are cut into windows rather than cut off.

Source: Kang and McAuley (2018), "Self-attentive sequential recommendation".
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..arrays import Array
from .histories import Histories
from .sequences import after_start, prompts_after_start
from .transformer_encoder import TransformerEncoder


@dataclass(frozen=True, kw_only=True)
class SASRec(TransformerEncoder):
    """The causal transformer."""

    name: ClassVar[str] = "sasrec"
    source: ClassVar[str] = "Kang and McAuley (2018)"
    is_causal: ClassVar[bool] = True
    widening: ClassVar[int] = 1

    def questions(self, rows: Array, num_items: int, rng: np.random.Generator) -> tuple[Array, ...]:
        """Equations (1) and (2)."""
        return after_start(rows, num_items)[:, :-1], rows

    def prompts(self, histories: Histories, num_items: int) -> tuple[Array, Array]:
        """Equation (1) of the last items."""
        return prompts_after_start(histories, self.max_length, num_items)
