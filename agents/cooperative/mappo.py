"""Multi-agent PPO: a team of PPO policies with a central critic.

    objective_n = min(ratio_n A_n, clip(ratio_n, 1 - clip, 1 + clip) A_n)                       (1)

A_n is the generalised advantage of the mean payoff against V(o_n, s) (central.py), whose targets
are in units of a running norm. Each agent acts on its own observation, as in ippo.py.

Source: Yu et al. (2022), "The surprising effectiveness of PPO in cooperative multi-agent games".
"""

from dataclasses import dataclass

from ..independent.ippo import IPPO
from .central import CentralCritic


@dataclass(eq=False)
class MAPPO(CentralCritic, IPPO):
    """Proximal policy optimisation of a team."""
