"""Independent A2C: every agent runs advantage actor-critic on its own observations.

    objective_n = log pi(a_n | o_n) A_n,
    A_n(t)      = r(t) + gamma r(t+1) + ... + gamma^m V(o_n(t+m)) - V(o_n(t))                   (1)

up to the end of a short rollout, or of the agent's life: n-step returns, which are the generalised
advantage with lambda = 1 (actor_critic.py). One gradient step is made of every rollout, at the
policy that played it. The objective differs from the source's in one thing: A is standardised.

Sources: Mnih et al. (2016), "Asynchronous methods for deep reinforcement learning"; the settings
began with those of Papoudakis et al. (2021), "Benchmarking multi-agent deep reinforcement learning
algorithms in cooperative tasks".
"""

from dataclasses import dataclass

from torch import Tensor

from ..actor_critic import ActorCritic


@dataclass(eq=False)
class IA2C(ActorCritic):
    """Independent advantage actor-critic."""

    rollout_steps: int = 5  # steps of every environment between two updates, and of a return
    learning_rate: float = 1e-2  # of Adam, at first
    trace_decay: float = 1.0  # lambda of the generalised advantage; 1: n-step returns

    def _objective(
        self, log_prob: Tensor, old_log_prob: Tensor, advantage: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        del old_log_prob
        return log_prob * advantage, {}
