"""From the payoffs of all agents to the reward of each: what does an agent want?

    independent   p_u
    cooperative   mean_v p_v                             the team mean: the sum's scale grows with N
    competitive   p_u - mean_{v != u} p_v                sums to zero
    angle:phi     cos(phi) p_u + sin(phi) mean_{v != u} p_v       phi in degrees

The last is social value orientation: 0 is independent, -45 competitive / sqrt 2, and arctan(N - 1)
N / sqrt(1 + (N - 1)^2) times cooperative. Every mean is over all N seats, a departed one pays 0: a
mean over those still there would reward driving others away. For N = 1 the others' mean is 0.
Who has departed is paid nothing: where agents leave, the sum of cooperative rewards of an agent is
not the return of the team. Learners of teams (vdn, mappo ...) count what is paid later as well.

Sources: Liebrand (1984), "The effect of social motives, communication and group size on behaviour
in an n-person multi-stage mixed-motive game"; McKee et al. (2020), "Social diversity and social
preferences in mixed-motive reinforcement learning".
"""

import math

import numpy as np

from .arrays import Array

OBJECTIVES = ("independent", "cooperative", "competitive", "angle:DEGREES")


def rewards(payoff: Array, objective: str) -> Array:
    """Rewards [..., N] float64 of `payoff` [..., N] float64.

    Raises:
        ValueError: if `objective` is not one of the above.
    """
    if objective == "independent":
        return payoff
    if objective == "cooperative":
        return np.broadcast_to(payoff.mean(axis=-1, keepdims=True), payoff.shape)
    if objective == "competitive":
        return payoff - _mean_of_others(payoff)
    angle = math.radians(_degrees(objective))
    return math.cos(angle) * payoff + math.sin(angle) * _mean_of_others(payoff)


def check(objective: str) -> str:
    """`objective` itself, if there is such a one.

    Raises:
        ValueError: otherwise.
    """
    if objective not in OBJECTIVES[:3]:
        _degrees(objective)
    return objective


def _degrees(objective: str) -> float:
    kind, _, degrees = str(objective).partition(":")
    try:
        if kind == "angle" and math.isfinite(float(degrees)):
            return float(degrees)
    except ValueError:
        pass
    raise ValueError(f"objective must be one of {', '.join(OBJECTIVES)}, got {objective!r}")


def _mean_of_others(payoff: Array) -> Array:
    num_agents = payoff.shape[-1]
    if num_agents == 1:
        return np.zeros_like(payoff)
    return (payoff.sum(axis=-1, keepdims=True) - payoff) / (num_agents - 1)
