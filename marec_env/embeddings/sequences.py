"""What encoders have in common that learn to foretell a history's next item.

A subclass says what reads the history (`body`), what it is asked in training (`questions`) and how
a whole history is put to it (`prompts`); neural/ does the rest.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..arrays import Array
from ..datasets.interactions import DataError, Interactions
from .encoder import Vectors, check_items
from .histories import Histories, in_order

if TYPE_CHECKING:
    from torch.nn import Module

    from .neural.training import Training


READ_AT_ONCE = 256  # histories


@dataclass(frozen=True, kw_only=True)
class SequenceEncoder:
    """An encoder (encoder.py) that is trained by gradients."""

    name: ClassVar[str]
    source: ClassVar[str]
    is_sigmoid: ClassVar[bool] = False  # whether the vectors of items go through a sigmoid

    size: int = 64  # D
    max_length: int = 50  # items of a history that are read
    dropout: float = 0.3  # share of numbers that training blanks out
    learning_rate: float = 2e-3  # of AdamW in the first epoch; falls in a line to 0 at max_epochs
    weight_decay: float = 0.01  # of AdamW
    batch_size: int = 16  # windows of a history
    max_epochs: int = 20  # passes over the data
    patience: int = 10  # epochs without a better NDCG@10 on held-out items; 0: no search
    seed: int = 0  # of the first weights, the order, and what is blanked out

    def __post_init__(self):
        for name in ("size", "max_length", "batch_size", "max_epochs"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
        for name in ("patience", "seed", "weight_decay"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be >= 0, got {getattr(self, name)}")
        if not 0 < self.learning_rate < np.inf:
            raise ValueError(f"learning_rate must be > 0, got {self.learning_rate}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be in [0, 1), got {self.dropout}")

    def fit(self, interactions: Interactions) -> Vectors:
        """Trains to the end."""
        training = self.training(interactions)
        while not training.is_finished:
            training.epoch()
        return training.vectors()

    def training(self, interactions: Interactions) -> "Training":
        """The same, an epoch at a time.

        Raises:
            DataError: if torch is missing.
        """
        try:
            from .neural.training import Training
        except ImportError as error:
            raise DataError(
                f"torch must be installed for {self.name}: pip install marec-env[embed]"
            ) from error
        return Training(self, interactions)

    def encode_users(self, vectors: Vectors, histories: Interactions) -> Array:
        """Reads each history, [H, D] float32."""
        from .neural import network

        check_items(vectors, histories)
        num_items = len(vectors.items)
        body, table = network.restored(self.body, vectors.items, vectors.weights)
        tokens, counts = self.prompts(in_order(histories), num_items)
        return network.read(body, table, tokens, counts, READ_AT_ONCE)

    def settings(self) -> dict[str, Any]:
        """What `type(self)(**settings)` needs."""
        return asdict(self)

    def features(self, interactions: Interactions) -> Array | None:
        """What is known of each item besides its number, [I, F]; None here."""
        return None

    def licence(self) -> str:
        """Of the weights of others that are in the vectors."""
        return "none needed"

    def body(self, num_items: int) -> "Module":
        """What reads tokens [B, L] and the vectors of all tokens [T, D], and states [B, L, D]."""
        raise NotImplementedError

    def questions(self, rows: Array, num_items: int, rng: np.random.Generator) -> tuple[Array, ...]:
        """Tokens and targets, both [W, L] int64, of windows; a target < 0 is not asked."""
        raise NotImplementedError

    def prompts(self, histories: Histories, num_items: int) -> tuple[Array, Array]:
        """Tokens [U, L] int64, and how many [U]: the state of the last one is the user's vector."""
        raise NotImplementedError


def after_start(rows: Array, num_items: int) -> Array:
    """Tokens [W, L + 1] of windows [W, L]: the token of a start before them, padding behind."""
    from .neural.windows import padded, special

    return np.insert(padded(rows, num_items), 0, special(num_items), axis=1)


def prompts_after_start(
    histories: Histories, max_length: int, num_items: int
) -> tuple[Array, Array]:
    """Tokens [U, L + 1] of the last items of each history after a start, and how many [U]."""
    from .neural.windows import last

    rows, counts = last(histories, max_length)
    return after_start(rows, num_items), counts + 1
