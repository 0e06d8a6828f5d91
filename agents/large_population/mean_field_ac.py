"""Mean-field actor-critic: policy and value see what the others did on average.

    A_u       = generalised advantage of r_u and V(o_u, m_u)                 (actor_critic.py)   (1)
    objective = A_u log pi(a_u | o_u, m_u)                                                      (2)

m_u is the mean field of the step before (mean_field.py). The rest is advantage actor-critic
(independent/ia2c.py). One network serves everybody and knows nobody by name: what an agent costs
does not grow with their number.

The paper's critic is a Q(o, a, m) that stands in for the advantage in (2); here it is a V(o, m),
and what the action adds comes from the rollout, as in IA2C, so that the two differ in m_u alone.

Source: Yang et al. (2018), "Mean field multi-agent reinforcement learning".
"""

from dataclasses import dataclass

from ..independent.ia2c import IA2C
from .mean_field import WithMeanField


@dataclass(eq=False)
class MeanFieldAC(WithMeanField, IA2C):
    """Independent advantage actor-critic that sees the mean field."""

    agent_id: bool | None = False  # shared weights are told whom they play; None: if few and fixed
