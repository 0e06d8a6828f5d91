"""What an update of a learner costs beside the least that its networks can cost.

The least is what `Bare` does: the forward passes that the learner made in an update, on the same
minibatches, which lie ready in memory; the way back through those that learn; a step of Adam.
Nothing else: no replay, no advantage, no loss, no clipping, no target that moves.
"""

import copy
import time
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim.optimizer import register_optimizer_step_post_hook

from agents.networks import Network
from agents.sharing import SetModule

from .build import build
from .loop import Training
from .run import Run
from .stopwatch import ROUNDS, Timed

LEARNERS = (
    "iql", "ippo", "ia2c", "reinforce", "vdn", "qmix", "maa2c", "mappo", "coma", "maddpg",
    "mean_field_q", "mean_field_ac", "supervised",
)  # fmt: skip


class Call(NamedTuple):
    """A forward pass."""

    network: nn.Module
    inputs: tuple[Tensor, ...]
    learns: bool  # there is a way back
    is_climbed: bool  # which goes to the inputs alone


class Update(NamedTuple):
    """What a gradient step of a learner costs."""

    ours: float  # seconds, all that `learn` does included
    bare: float  # seconds
    learnt: float  # agent-steps that pass a network forwards and back
    asked: float  # agent-steps that pass one forwards only


def update(run: Run, seconds: float) -> Update:
    """Both costs of the learner of `run`, the best of rounds that take turns, in processor time.

    Args:
        run: of a learner of networks; a step of it is never evaluated.
        seconds: of a round.
    """
    built = build(run)
    learner: Any = built.policy
    heard: Any = Heard(learner)
    training = Training(built.make_env(num_envs=run.num_envs), heard, seed=0)
    while heard.updates < 1:  # the first one warms up
        training.advance()
    heard.steps.clear()
    while heard.updates < 2:
        training.advance()
    bare = Bare(heard.steps)
    timed: Any = Timed(learner, "learn", clock=time.process_time)
    training = Training(built.make_env(num_envs=run.num_envs), timed, seed=1)
    ours = least = float("inf")
    for _ in range(ROUNDS):
        ours = min(ours, _of_learner(training, timed, seconds))
        least = min(least, _of_bare(bare, seconds))
    learnt, asked = (agent_steps(heard.steps, learns) for learns in (True, False))
    return Update(ours, least, learnt, asked)


def agent_steps(steps: list[list[Call]], learns: bool) -> float:
    """Per gradient step; the networks that mix what agents say are not counted."""
    calls = [call for step in steps for call in step if isinstance(call.network, Network)]
    sizes = [call.inputs[0][..., 0].numel() for call in calls if call.learns == learns]
    return sum(sizes) / len(steps)


def _of_learner(training: Training, timed: Any, seconds: float) -> float:
    """Seconds of `learn` for each gradient step, in whole updates."""
    count = 0

    def counted(*_: Any) -> None:
        nonlocal count
        count += 1

    handle = register_optimizer_step_post_hook(counted)
    timed.seconds.clear()
    while True:
        before = count
        training.advance()
        if count > before and timed.seconds["learn"] >= seconds:
            handle.remove()
            return timed.seconds["learn"] / count


def _of_bare(bare: "Bare", seconds: float) -> float:
    count, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        count += bare.update()
    return elapsed / count


class Heard:
    """Stands for a learner and writes down the forward passes of each of its gradient steps."""

    def __init__(self, inner: Any):
        self._inner = inner
        self.steps: list[list[Call]] = []
        self.updates = 0  # calls of `learn` with a gradient step
        self._calls: list[Call] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def learn(self, transition: Any) -> dict[str, float]:
        """As the learner does."""
        before = len(self.steps)
        handles = [
            register_module_forward_pre_hook(self._hear),
            register_optimizer_step_post_hook(self._close),
        ]
        metrics = self._inner.learn(transition)
        for handle in handles:
            handle.remove()
        self.updates += len(self.steps) > before
        return metrics

    def _hear(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if isinstance(module, SetModule):
            learns = torch.is_grad_enabled() and next(module.parameters()).requires_grad
            # a network's input has a gradient only where a policy climbs it
            is_climbed = learns and isinstance(module, Network) and inputs[0].requires_grad
            kept = tuple(x.detach().clone().requires_grad_(x.requires_grad) for x in inputs)
            self._calls.append(Call(module, kept, learns, is_climbed))

    def _close(self, *_: Any) -> None:
        self.steps.append(self._calls)
        self._calls = []


class Bare:
    """The same forward passes, the way back, and Adam."""

    def __init__(self, steps: list[list[Call]]):
        calls = [call for step in steps for call in step]
        networks = {id(call.network): call.network for call in calls}
        copies = {key: copy.deepcopy(network) for key, network in networks.items()}
        learnt = {id(call.network) for call in calls if call.learns}
        parameters = [p for key in learnt for p in copies[key].parameters()]
        # of length 0: steps cost the same, and the weights stay what they are
        self._adam = torch.optim.Adam(parameters, lr=0.0, fused=True)
        self.steps = [[c._replace(network=copies[id(c.network)]) for c in step] for step in steps]

    def update(self) -> int:
        """All that was recorded; how many gradient steps."""
        for calls in self.steps:
            self._adam.zero_grad()
            for call in calls:
                with torch.set_grad_enabled(call.learns):
                    said = call.network(*call.inputs)
                if call.learns:
                    self._back(call, said)
            self._adam.step()
        return len(self.steps)

    def _back(self, call: Call, said: Any) -> None:
        outputs = [said] if isinstance(said, Tensor) else [x for x in said if x.requires_grad]
        slopes = [torch.ones_like(x) for x in outputs]
        if call.is_climbed:
            torch.autograd.grad(outputs, call.inputs[0], slopes)
        else:
            torch.autograd.backward(outputs, slopes)
