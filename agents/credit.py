"""Why a learner picks what it picks: what speaks for an action, and for whose merit a team is paid.

    margin(x)  =  score(a; x) - mean over the other legal b of score(b; x)                      (1)
    part_i     =  (x_i - x'_i) integral_0^1 d margin / d x_i (x' + t (x - x')) dt               (2)

x is what the acting network reads of one agent, x' = 0 the baseline. The parts of (2), integrated
gradients, add up to margin(x) - margin(x'), up to the error of the sum that stands for the
integral. To a body of candidates all of these look alike at x' = 0, so that there margin(x') tells
a pick from a skip only. Where there is a layout, columns are added up by name: those of the
candidate that is picked, those of the other candidates, and the agent's own.

    Q_tot(Q_1, ..., Q_N):    credit_n = d Q_tot / d Q_n                                         (3)

is how much the value of a team rises with that of one agent: 1 for everybody in VDN, by the state
in QMIX.

Sources: Sundararajan et al. (2017), "Axiomatic attribution for deep networks", by the library
Captum; Rashid et al. (2018), "QMIX: monotonic value function factorisation", for (3).
"""

from typing import NamedTuple

import numpy as np
import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from .actors import Actor
from .contract import Layout, View
from .cooperative.team import scaled
from .cooperative.vdn import VDN
from .layout import width
from .q_learning import dueling
from .tensors import to_tensor

NUM_STEPS = 64  # at which the integral of (2) is evaluated, by Gauss and Legendre


class Attribution(NamedTuple):
    """What speaks for an action of one agent."""

    action: int
    margin: float  # equation (1), in units of the scores
    baseline: float  # the margin at x'
    parts: dict[str, float]  # equation (2), added up by name


class Credit(NamedTuple):
    """What a team learner thinks of a joint action; B environments, N agents."""

    total: np.ndarray  # [B] float32: Q_tot, in units of the reward
    value: np.ndarray  # [B, N] float32: Q_n, 0 for who is not there
    credit: np.ndarray  # [B, N] float32: equation (3), likewise


def attribution(actor: Actor, view: View[np.ndarray], seat: int, action: int) -> Attribution:
    """Takes the margin of an action apart.

    Args:
        actor: a learner's; it is shown the step, as if it played it.
        view: of one environment.
        seat: whose action it is.
        action: legal there.

    Raises:
        ValueError: if nothing else is legal.
    """
    seen, mask = actor.read(view)  # [1, N, S'], [1, N, A]
    legal = mask[0, seat].clone()
    legal[action] = False
    if not legal.any():
        raise ValueError(f"an action has a margin over others, got only {action} that is legal")

    x, is_anonymous = seen[0, seat][None], actor.network.row_sets.num_agents == 1
    if is_anonymous:  # then any agent may be asked alone
        seen, mask, seat = seen[:, [seat]], mask[:, [seat]], 0

    def margin(x: Tensor) -> Tensor:
        """[R, S'] -> [R]."""
        everybody = seen.repeat(len(x), 1, 1)
        everybody[:, seat] = x
        scores = actor.network(everybody, mask.expand(len(x), -1, -1)).scores[:, seat]
        return scores[:, action] - scores[:, legal].mean(-1)

    parts = IntegratedGradients(margin).attribute(x, torch.zeros_like(x), n_steps=NUM_STEPS)
    with torch.no_grad():
        whole, baseline = margin(torch.cat([x, torch.zeros_like(x)])).tolist()
    of_columns = parts.detach()[0].cpu().numpy()
    return Attribution(action, whole, baseline, _named(of_columns, actor.network.layout, action))


def credit(learner: VDN, reader: Actor, view: View[np.ndarray], action: np.ndarray) -> Credit:
    """Equation (3) of joint actions.

    Args:
        learner: whose Q_tot it is.
        reader: of the learner; the view is the last that it has read.
        view: holds the state if the learner is central.
        action: [B, N].
    """
    device = next(learner.q.parameters()).device
    seen, mask, taken = (to_tensor(x, device) for x in (view.observation, view.action_mask, action))
    seen = reader.memory.again(seen)
    alive = to_tensor(view.alive, device)
    with torch.no_grad():
        value = dueling(learner.q, seen, mask, taken).where(alive, 0)
    value.requires_grad_()
    nothing = np.zeros((len(action), 0), np.float32)
    state = to_tensor(nothing if view.state is None else scaled(view.state), device)
    total = learner.total(value, state)
    (gradient,) = torch.autograd.grad(total.sum(), value)
    found = (total, value, gradient.where(alive, 0))
    return Credit(*(x.detach().cpu().numpy() for x in found))


def _named(parts: np.ndarray, layout: Layout | None, action: int) -> dict[str, float]:
    """Attributions [S'] by the names of their columns."""
    if layout is None:
        return {f"observation {i}": float(part) for i, part in enumerate(parts)}
    num_columns = width(layout.candidate)
    slate, own = np.split(parts, [layout.num_candidates * num_columns])
    by_candidate = slate.reshape(layout.num_candidates, num_columns)
    is_pick = np.arange(layout.num_candidates) == action
    found = {}
    for name, columns in layout.candidate.items():
        of_each = by_candidate[:, columns].sum(1)
        if is_pick.any():
            found[f"{name} of the pick"] = float(of_each[is_pick].sum())
        found[f"{name} of the others"] = float(of_each[~is_pick].sum())
    return found | {name: float(own[columns].sum()) for name, columns in layout.agent.items()}
