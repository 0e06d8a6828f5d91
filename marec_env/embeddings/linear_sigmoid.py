"""The linear encoder with a sigmoid, trained to foretell every next item of a history.

    e_i = sigmoid(W_i x_i)      x_i: the item's number as an indicator, and its genres           (1)
    e_u = sigmoid(W_u x_u)      x_u: for each item 0.5^(age / half_life) if she turned to it     (2)
    p(i | u) = softmax_i(e_u . e_i)                                                              (3)

It is the plainest encoder there is: no layer, no attention, and vectors in (0, 1).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..arrays import Array
from ..datasets.interactions import Interactions
from .histories import Histories
from .sequences import SequenceEncoder, after_start, prompts_after_start

if TYPE_CHECKING:
    from torch.nn import Module


@dataclass(frozen=True, kw_only=True)
class LinearSigmoid(SequenceEncoder):
    """Equations (1) to (3)."""

    name: ClassVar[str] = "linear_sigmoid"
    source: ClassVar[str] = "a linear layer and a sigmoid"
    is_sigmoid: ClassVar[bool] = True

    learning_rate: float = 1e-2  # of AdamW in the first epoch; falls in a line to 0 at max_epochs
    half_life: float = 2.0  # items after which one counts half; inf: all alike

    def __post_init__(self):
        super().__post_init__()
        if not self.half_life > 0:
            raise ValueError(f"half_life must be > 0, got {self.half_life}")

    def features(self, interactions: Interactions) -> Array | None:
        """Genres as indicators [I, G], where there are any."""
        names = sorted({genre for genres in interactions.genres for genre in genres})
        if not names:
            return None
        return np.array([[name in genres for name in names] for genres in interactions.genres])

    def body(self, num_items: int) -> "Module":
        """Equation (2)."""
        from .neural.linear import DecayedSum

        return DecayedSum(num_items, self.size, self.max_length + 1, self.half_life, self.dropout)

    def questions(self, rows: Array, num_items: int, rng: np.random.Generator) -> tuple[Array, ...]:
        """Each item is foretold from those before it."""
        return after_start(rows, num_items)[:, :-1], rows

    def prompts(self, histories: Histories, num_items: int) -> tuple[Array, Array]:
        """The last items; older ones would count next to nothing."""
        return prompts_after_start(histories, self.max_length, num_items)
