"""A gradient that was put together from parts, against finite differences of the whole."""

from collections.abc import Callable, Iterable

import numpy as np
from torch import Tensor, nn

STEP = 1e-6


def check_total_derivative(
    module: nn.Module, parts: Callable[[], tuple[Iterable[Tensor], Iterable[Tensor]]]
) -> None:
    """Compares the largest entry of the gradient by each parameter, which must be in float64.

    Args:
        module: whose parameters.
        parts: losses that add up to the function, and what else is differentiated after them.
    """

    def total() -> float:
        return sum(loss.item() for loss in parts()[0])

    module.zero_grad()
    losses, rest = parts()
    for loss in losses:
        loss.backward()
    for loss in rest:
        loss.backward()
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        index, entry = parameter.grad.abs().argmax(), parameter.data.view(-1)
        expected = parameter.grad.view(-1)[index].item()
        entry[index] += STEP
        above = total()
        entry[index] -= 2 * STEP
        below = total()
        entry[index] += STEP
        assert abs(expected) > 1e-4, name
        np.testing.assert_allclose((above - below) / (2 * STEP), expected, rtol=1e-4, err_msg=name)
