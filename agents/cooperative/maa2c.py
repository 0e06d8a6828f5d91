"""Multi-agent A2C: a team of advantage actor-critics with a central critic.

    objective_n = log pi(a_n | o_n) A_n                                                         (1)

A_n is the n-step return of the mean payoff minus V(o_n, s) (central.py). Each agent acts on its own
observation, as in ia2c.py.

Source: Papoudakis et al. (2021), "Benchmarking multi-agent deep reinforcement learning algorithms
in cooperative tasks".
"""

from dataclasses import dataclass

from ..independent.ia2c import IA2C
from .central import CentralCritic


@dataclass(eq=False)
class MAA2C(CentralCritic, IA2C):
    """Advantage actor-critic of a team."""
