"""QMIX: the value of a joint action is a monotone mixture of the agents' values, by the state.

    Q_tot = |w_2(s)| . elu( |W_1(s)| (Q_1, ..., Q_N) + b_1(s) ) + v(s)                           (1)

W_1, b_1, w_2 and v are made from the global state s by networks of their own. As no weight is
negative, d Q_tot / d Q_n >= 0: what is best for the team is still what each agent finds best alone.
The rest is VDN, of which (1) is the sum that may weigh agents and depend on the state.

Source: Rashid et al. (2018), "QMIX: monotonic value function factorisation for deep multi-agent
reinforcement learning".
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..checks import check_positive
from ..sharing import SetModule, WeightSets
from ..tensors import copied, load_module
from .team import check_state
from .vdn import VDN


@dataclass(eq=False)
class QMIX(VDN):
    """Monotone value decomposition with double, dueling networks."""

    is_central: ClassVar[bool] = True  # learns with the global state, acts without

    mixing_size: int = 32  # neurons of the mixture
    hyper_size: int = 64  # hidden neurons of the networks that make its weights

    def _mixers(self, rng: torch.Generator) -> dict[str, tuple[SetModule, SetModule]]:
        check_positive(mixing_size=self.mixing_size, hyper_size=self.hyper_size)
        check_state(self)
        num_agents, state_size = self.sizes.num_agents, self.sizes.state_size
        sizes = num_agents, state_size, self.mixing_size, self.hyper_size
        self._mixer, self._target_mixer = (Mixer(*sizes, rng).to(self._device) for _ in range(2))
        return {"mixer": (self._mixer, self._target_mixer)}

    def _total(self, q: Tensor, state: Tensor, *, is_target: bool) -> Tensor:
        return (self._target_mixer if is_target else self._mixer)(q, state)

    def weights(self) -> dict[str, Any]:
        """What decides how it plays, and the mixture, which decides whose merit a value is."""
        return {**super().weights(), "mixer": copied(self._mixer.state_dict())}

    def load_weights(self, state: dict[str, Any]) -> None:
        """The exact inverse of `weights`."""
        super().load_weights(state)
        load_module(self._mixer, state["mixer"])


class Mixer(SetModule):
    """Equation (1)."""

    def __init__(
        self,
        num_agents: int,
        state_size: int,
        mixing_size: int,
        hyper_size: int,
        rng: torch.Generator,
    ):
        super().__init__()
        self.sets = WeightSets("all", 1)  # one set of weights, whoever plays
        self.num_agents = num_agents

        def made(out_size: int) -> nn.Sequential:
            return nn.Sequential(
                nn.Linear(state_size, hyper_size), nn.ReLU(), nn.Linear(hyper_size, out_size)
            )

        self.first_weight = made(num_agents * mixing_size)
        self.first_bias = nn.Linear(state_size, mixing_size)
        self.second_weight = made(mixing_size)
        self.value = made(1)
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.orthogonal_(layer.weight, generator=rng)
                nn.init.zeros_(layer.bias)

    def forward(self, q: Tensor, state: Tensor) -> Tensor:
        """Values [R, N] and states [R, G] -> [R]."""
        weight = self.first_weight(state).abs().view(len(q), self.num_agents, -1)
        hidden = F.elu((q.unsqueeze(1) @ weight).squeeze(1) + self.first_bias(state))
        return (hidden * self.second_weight(state).abs()).sum(-1) + self.value(state).squeeze(-1)
