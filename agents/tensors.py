"""The border between NumPy and torch: devices, masks, copies only where they are needed."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

ILLEGAL = -1e9  # in place of -inf: exp is exactly 0, and neither 0 * x nor a gradient becomes NaN


def find_device(name: str) -> torch.device:
    """The device called `name`.

    Raises:
        ValueError: if torch does not know it or this machine does not have it.
    """
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ValueError(f"device must be 'cpu', 'cuda' or 'cuda:0', got {name!r}") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device {name!r} needs a CUDA build of torch and a GPU, found none")
    return device


@torch.no_grad()
def move_towards(follower: nn.Module, leader: nn.Module, share: float) -> None:
    """Moves the weights of one network by a share of their distance to those of another."""
    for own, other in zip(follower.parameters(), leader.parameters(), strict=True):
        own.lerp_(other, share)


def to_tensor(array: np.ndarray, device: torch.device) -> Tensor:
    """Shares memory with `array` if it lies on the CPU and may be written to."""
    if not array.flags.writeable:  # torch has no read-only tensors and would warn
        array = array.copy()
    return torch.from_numpy(array).to(device)


def only_legal(scores: Tensor, action_mask: Tensor) -> Tensor:
    """`scores` [..., A] with `ILLEGAL` wherever the mask is False."""
    return scores.masked_fill(~action_mask, ILLEGAL)


def log_probabilities(scores: Tensor, action_mask: Tensor) -> Tensor:
    """Of legal actions, actions first, [A, R, N]: several times faster than along a short axis."""
    return only_legal(scores.movedim(-1, 0), action_mask.movedim(-1, 0)).log_softmax(0)


def copied(state: dict[str, Any]) -> dict[str, Any]:
    """A copy of the tensors and arrays in `state`, which later steps do not write to."""
    return {
        name: x.detach().cpu().clone() if isinstance(x, Tensor) else x.copy()
        for name, x in state.items()
    }


def load_module(module: nn.Module, state: dict[str, Any]) -> None:
    """Sets all parameters and buffers of `module` from tensors or arrays.

    Raises:
        ValueError: if a name is missing or unknown, or a shape differs.
    """
    own = module.state_dict()
    if own.keys() != state.keys():
        raise ValueError(f"weights must be named {sorted(own)}, got {sorted(state)}")
    for name, x in state.items():
        if tuple(x.shape) != tuple(own[name].shape):
            raise ValueError(
                f"weight {name!r} must have shape {tuple(own[name].shape)}, got {tuple(x.shape)}"
            )
    module.load_state_dict({name: torch.as_tensor(x) for name, x in state.items()})
