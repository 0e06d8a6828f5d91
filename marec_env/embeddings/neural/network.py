"""What the sequence encoders train: a vector for each token, and a body that reads tokens.

    v_i = e_i + F x_i              e_i learnt for each item, x_i given features, F learnt;       (1)
                                   through a sigmoid where the encoder says so
    p(i | state) = softmax_i(state . v_i)         over all items                                 (2)

The vectors that are read are those that are foretold, so one space holds items and users.
"""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ...arrays import Array
from .windows import NUM_SPECIAL

BODY = "body."  # how the names of what `read` needs begin


class Network(nn.Module):
    """Equations (1) and (2)."""

    def __init__(
        self,
        num_items: int,
        size: int,
        features: Array | None,
        body: nn.Module,
        *,
        is_sigmoid: bool = False,
    ):
        super().__init__()
        self.is_sigmoid = is_sigmoid
        self.ids = nn.Parameter(torch.randn(num_items, size) * size**-0.5)  # e [I, D]
        self.special = nn.Parameter(torch.randn(NUM_SPECIAL, size) * size**-0.5)
        self.body = body
        self.features: Tensor | None = None
        if features is not None:
            self.features = torch.from_numpy(np.ascontiguousarray(features, np.float32))
            self.of_features = nn.Linear(features.shape[1], size, bias=False)  # F

    def items(self) -> Tensor:
        """Equation (1), [I, D]."""
        linear = self.ids if self.features is None else self.ids + self.of_features(self.features)
        return torch.sigmoid(linear) if self.is_sigmoid else linear

    def loss(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """The mean of -log (2) over the targets [B, L] that are >= 0."""
        items = self.items()
        is_asked = targets >= 0
        states = self.body(tokens, torch.cat([items, self.special]))[is_asked]
        return functional.cross_entropy(states @ items.T, targets[is_asked])


def read(body: nn.Module, table: Tensor, tokens: Array, counts: Array, batch_size: int) -> Array:
    """The state behind the first `counts` [U] tokens [U, L] of each row, [U, D] float32."""
    body.eval()
    found = []
    with torch.no_grad():
        for begin in range(0, len(tokens), batch_size):
            part = slice(begin, begin + batch_size)
            states = body(torch.from_numpy(tokens[part]), table)
            found.append(states[torch.arange(len(states)), torch.from_numpy(counts[part]) - 1])
    body.train()
    return torch.cat(found).numpy()


def weights(network: Network) -> dict[str, Array]:
    """What `restored` needs besides the vectors of the items, by name."""
    body = {BODY + name: value for name, value in network.body.state_dict().items()}
    every = body | {"special": network.special}
    return {name: value.detach().numpy().copy() for name, value in every.items()}


def restored(
    make_body: Callable[[int], nn.Module], items: Array, weights: Mapping[str, Array]
) -> tuple[nn.Module, Tensor]:
    """A body with its weights back, and the table [T, D] of the vectors of all tokens."""
    with torch.random.fork_rng(devices=[]):  # its first weights are drawn, and replaced
        body = make_body(len(items))
    of_body = {name: value for name, value in weights.items() if name.startswith(BODY)}
    body.load_state_dict(
        {name.removeprefix(BODY): torch.from_numpy(np.array(v)) for name, v in of_body.items()}
    )
    table = np.concatenate([items, weights["special"]])
    return body, torch.from_numpy(table)
