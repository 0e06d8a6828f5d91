"""A transformer over sequences of items, causal (like GPT) or bidirectional (like BERT).

    h = dropout(E[token] + P[slot])                                                              (1)
    h = h + dropout(attention(norm(h))),   h = h + dropout(W_2 gelu(W_1 norm(h)))  per layer     (2)
    state = norm(h)                                                                              (3)

Attention is written out: torch's own encoder layer returned NaN for padded rows in its fast path.

Sources: Vaswani et al. (2017), "Attention is all you need"; Xiong et al. (2020), "On layer
normalization in the transformer architecture", for norms before the parts.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Transformer(nn.Module):
    """Tokens and the vectors of all tokens in, states out."""

    def __init__(
        self,
        size: int,
        length: int,
        num_layers: int,
        num_heads: int,
        dropout: float,
        *,
        widening: int,
        is_causal: bool,
    ):
        super().__init__()
        self.slots = nn.Parameter(torch.randn(length, size) * size**-0.5)  # P
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(
            Layer(size, num_heads, widening, dropout) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(size)
        self.is_causal = is_causal

    def forward(self, tokens: Tensor, table: Tensor) -> Tensor:
        """Equations (1) to (3).

        Args:
            tokens: [B, L] int64, the last token of the table where there is none.
            table: E [T, D].

        Returns:
            [B, L, D]
        """
        length = tokens.shape[1]
        if self.is_causal:  # what is right of a token, padding as well, does not reach it
            may_see = torch.ones(length, length, dtype=torch.bool).tril()
        else:
            may_see = (tokens != len(table) - 1)[:, None, None, :]
        hidden = self.dropout(functional.embedding(tokens, table) + self.slots[:length])
        for layer in self.layers:
            hidden = layer(hidden, may_see)
        return self.norm(hidden)


class Layer(nn.Module):
    """Equation (2)."""

    def __init__(self, size: int, num_heads: int, widening: int, dropout: float):
        super().__init__()
        self.num_heads = num_heads
        self.norms = nn.ModuleList([nn.LayerNorm(size), nn.LayerNorm(size)])
        self.query_key_value = nn.Linear(size, 3 * size)
        self.join = nn.Linear(size, size)
        self.wide = nn.Linear(size, widening * size)  # W_1
        self.narrow = nn.Linear(widening * size, size)  # W_2
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, may_see: Tensor) -> Tensor:
        """[B, L, D] to the same."""
        before_attention, before_width = self.norms
        hidden = hidden + self.dropout(self._attention(before_attention(hidden), may_see))
        wide = functional.gelu(self.wide(before_width(hidden)))
        return hidden + self.dropout(self.narrow(wide))

    def _attention(self, x: Tensor, may_see: Tensor) -> Tensor:
        batch, length, size = x.shape
        parts = self.query_key_value(x).view(batch, length, 3, self.num_heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # [B, heads, L, D / heads] each
        scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5  # [B, heads, L, L]
        weights = scores.masked_fill(~may_see, -torch.inf).softmax(-1)
        return self.join((weights @ value).transpose(1, 2).reshape(batch, length, size))
