"""What encoders have in common that read a history with a transformer, causal or bidirectional."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .sequences import SequenceEncoder

if TYPE_CHECKING:
    from torch.nn import Module


@dataclass(frozen=True, kw_only=True)
class TransformerEncoder(SequenceEncoder):
    """A sequence encoder whose body is the transformer of neural/transformer.py."""

    is_causal: ClassVar[bool]
    widening: ClassVar[int]  # of a layer in between

    num_layers: int = 2  # of the transformer
    num_heads: int = 2  # of its attention; they share the numbers of a vector

    def __post_init__(self):
        super().__post_init__()
        if self.num_layers < 1:
            raise ValueError(f"num_layers must be >= 1, got {self.num_layers}")
        if self.num_heads < 1 or self.size % self.num_heads:
            raise ValueError(f"num_heads must divide size = {self.size}, got {self.num_heads}")

    def body(self, num_items: int) -> "Module":
        """A causal one has room for the start before the items."""
        from .neural.transformer import Transformer

        return Transformer(
            self.size,
            self.max_length + self.is_causal,
            self.num_layers,
            self.num_heads,
            self.dropout,
            widening=self.widening,
            is_causal=self.is_causal,
        )
