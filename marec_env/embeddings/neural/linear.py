"""A history as a sum of its items, the older the less: equation (2) of linear_sigmoid.py."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .windows import NUM_SPECIAL


class DecayedSum(nn.Module):
    """Tokens in, states out; it has vectors of the tokens of its own, the columns of W_u."""

    def __init__(self, num_items: int, size: int, length: int, half_life: float, dropout: float):
        super().__init__()
        self.columns = nn.Parameter(torch.randn(num_items + NUM_SPECIAL, size) * size**-0.5)
        self.constant = nn.Parameter(torch.zeros(size))
        self.dropout = nn.Dropout(dropout)
        at = torch.arange(length)
        ages = (at[:, None] - at).clamp(min=0)
        self.decay = (0.5 ** (ages / half_life)).tril()  # [L, L], of what is at or before a slot

    def forward(self, tokens: Tensor, table: Tensor) -> Tensor:
        """States [B, L, D] of tokens [B, L]."""
        length = tokens.shape[1]
        read = self.dropout(functional.embedding(tokens, self.columns))
        return torch.sigmoid(self.decay[:length, :length] @ read + self.constant)
