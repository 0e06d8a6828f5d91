"""Mean-field Q-learning: the others enter the value of an action as what they did on average.

    pi(a | o, m) = exp(Q(o, m, a) / temperature) / sum over legal a'                            (1)
    y_u  = r_u + gamma c_u  sum over a of pi(a | o'_u, m'_u) Q'(o'_u, m'_u, a)                  (2)
    loss = mean huber(Q(o_u, m_u, a_u) - y_u)

m_u is the mean field of the step before, m'_u that of the actions just taken (mean_field.py), so
that nobody waits for anybody; the rest is IQL (independent/iql.py). One network serves everybody
and knows nobody by name: what an agent costs does not grow with their number.

Exploration is the Boltzmann policy (1) of the paper, with epsilon on top while Q knows nothing. All
see the same field: greedy agents would leave a crowd together, and meet again at the next item,
step after step. Those who draw spread over what is nearly as good. Sampled evaluation plays (1) as
well, argmax evaluation is greedy.

Source: Yang et al. (2018), "Mean field multi-agent reinforcement learning".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from ..actors import BoltzmannActor
from ..checks import check_positive
from ..independent.iql import IQL
from ..networks import Network
from ..q_learning import action_values
from ..tensors import only_legal
from .mean_field import WithMeanField


@dataclass(eq=False)
class MeanFieldQ(WithMeanField, IQL):
    """Independent Q-learning that sees the mean field."""

    agent_id: bool | None = False  # shared weights are told whom they play; None: if few and fixed
    temperature: float = 0.05  # of the Boltzmann policy, > 0, in units of the reward

    def __post_init__(self):
        check_positive(temperature=self.temperature)
        super().__post_init__()

    def _player_of(self, network: Network, rng: np.random.Generator) -> BoltzmannActor:
        player = BoltzmannActor(network, self._device, rng)
        player.temperature = self.temperature
        return player

    def _following(self, rows: Any) -> Tensor:
        """What (2) counts of the next step, [R, n]."""
        mask = rows.next_action_mask
        scores = only_legal(self.q(rows.next_observation, mask).scores, mask)
        probability = (scores / self.temperature).softmax(-1)
        return (probability * action_values(self.target_q, self._target_sees(rows), mask)).sum(-1)
