"""Generalised advantage estimation, for agents that leave one by one.

    delta_t = r_t + gamma c_t v(s_{t+1}) - v(s_t)                                                (1)
    A_t     = delta_t + gamma lambda l_t A_{t+1}                                                 (2)

c_t says whether anything is worth counting after step t (`continues`), l_t whether step t + 1 of
the batch belongs to the same life: a cut episode may bootstrap (c = 1) but ends the trace (l = 0).

Source: Schulman et al. (2016), "High-dimensional continuous control using generalized advantage
estimation".
"""

import numpy as np

from .contract import Sizes, Transition


def bootstraps_at_horizon(sizes: Sizes, wanted: bool | None) -> bool:
    """Whether a truncated episode has a value after its end.

    It has none where agents see the time left: the horizon is then part of the game. `wanted` is
    the user's own choice, None if there is none.
    """
    if wanted is not None:
        return wanted
    return sizes.layout is None or "time_left" not in sizes.layout.agent


def continues(transition: Transition[np.ndarray], at_horizon: bool) -> np.ndarray:
    """[B, N] bool: the target counts the value of `next_view`."""
    return ~transition.terminated & (at_horizon | ~transition.truncated)


def advantages(
    reward: np.ndarray,
    value: np.ndarray,
    next_value: np.ndarray,
    is_linked: np.ndarray,
    discount: float,
    trace_decay: float,
) -> np.ndarray:
    """A of equation (2).

    Args:
        reward: r, [T, B, N] float32.
        value: v(s_t), [T, B, N] float32.
        next_value: c_t v(s_{t+1}), [T, B, N] float32; 0 where nothing follows.
        is_linked: l, [T, B, N] bool.
        discount: gamma in [0, 1].
        trace_decay: lambda in [0, 1]; 0 is one-step, 1 is Monte Carlo minus the value.

    Returns:
        [T, B, N] float32; A + v is the target of the value.
    """
    delta = reward + discount * next_value - value
    decay = (discount * trace_decay * is_linked).astype(np.float32)
    advantage = np.empty_like(delta)
    following = np.zeros_like(delta[0])
    for t in reversed(range(len(delta))):
        following = advantage[t] = delta[t] + decay[t] * following
    return advantage


def explained_variance(target: np.ndarray, value: np.ndarray) -> float:
    """1 - Var(target - value) / Var(target): 1 is perfect, 0 no better than a constant.

    0 where the targets hardly vary.
    """
    variance = float(target.var()) if len(target) else 0.0
    return 1 - float((target - value).var()) / variance if variance > 1e-12 else 0.0
