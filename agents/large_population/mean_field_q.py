"""Mean-field Q-learning: the others enter the value of an action as what they did on average.

    y_u  = r_u + gamma c_u Q'(o'_u, m'_u, argmax over legal a of Q(o'_u, m'_u, a))              (1)
    loss = mean huber(Q(o_u, m_u, a_u) - y_u)                                                   (2)

m_u is the mean field of the step before, m'_u that of the actions just taken (mean_field.py), so
that nobody waits for anybody; the rest is IQL (independent/iql.py). One network serves everybody
and knows nobody by name: what an agent costs does not grow with their number.

Exploration is epsilon-greedy, not the Boltzmann policy of the paper: its temperature would be in
units of Q, which every game, objective and horizon has its own of. As there, values after a step
are those of a double Q-network, here of the greedy action.

Source: Yang et al. (2018), "Mean field multi-agent reinforcement learning".
"""

from dataclasses import dataclass

from ..independent.iql import IQL
from .mean_field import WithMeanField


@dataclass(eq=False)
class MeanFieldQ(WithMeanField, IQL):
    """Independent Q-learning that sees the mean field."""

    agent_id: bool | None = False  # shared weights are told whom they play; None: if few and fixed
