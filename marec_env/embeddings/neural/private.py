"""A factorization of ratings by stochastic gradients with differential privacy.

    f_ui = p_u . q_i + b_u + b_i,   loss = (f_ui - r_ui)^2 / 2,   e = f_ui - r_ui                (1)
    gradient of one rating: e (q_i, 1) for (p_u, b_u) and e (p_u, 1) for (q_i, b_i)              (2)
    step:  v <- momentum v + sum over a batch of clip(gradient) + N(0, (noise clip)^2),
           (p, q, b) <- (p, q, b) - rate v,   the rate falling in a line to 0                    (3)

Every rating is an example, drawn into a batch on its own with one probability (Poisson sampling);
its gradient (2), of both its rows together, is shortened to `clip`, and every number of every row
gets noise. Noise at a given epsilon, and the epsilon that was spent, are from the accountant of
Opacus. The gradient of a rating touches two rows only, so it is written out here: Opacus would hold
a whole table for each rating. And (3) is plain: Adam would make each step as long where there is
nothing but noise as where there is a gradient.

Source: Abadi et al. (2016), "Deep learning with differential privacy".
"""

import warnings
from typing import NamedTuple

import numpy as np
import torch
from opacus.accountants import RDPAccountant
from opacus.accountants.utils import get_noise_multiplier
from torch import Tensor

from ...arrays import Array

MOMENTUM = 0.9
SPREAD = 0.5  # of the first p and q


class Settings(NamedTuple):
    """Of the training."""

    rank: int
    epsilon: float
    delta: float
    max_epochs: int
    batch_size: int
    clip: float  # longest gradient of an example
    learning_rate: float
    seed: int


class Learnt(NamedTuple):
    """What may be published, and what it cost."""

    items: Array  # q [I, F] float32
    item_bias: Array  # b [I] float64
    epsilon: float  # spent
    noise: float  # standard deviation of the noise, in units of `clip`


def learn(
    users: Array, items: Array, targets: Array, shape: tuple[int, int], settings: Settings
) -> Learnt:
    """Trains; equal arguments give equal bits.

    Args:
        users: [R] int64.
        items: [R] int64.
        targets: [R] float64, ratings less the middle of the scale.
        shape: U and I.
        settings: of the training.
    """
    share = min(1.0, settings.batch_size / len(targets))
    num_steps = round(settings.max_epochs / share)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a bound that could be tighter, at a large epsilon
        noise = get_noise_multiplier(
            target_epsilon=settings.epsilon,
            target_delta=settings.delta,
            sample_rate=share,
            steps=num_steps,
            accountant="rdp",
        )
        accountant = RDPAccountant()
        accountant.history = [(noise, share, num_steps)]
        spent = float(accountant.get_epsilon(settings.delta))
    random = torch.Generator().manual_seed(settings.seed)
    rows = torch.from_numpy(users), torch.from_numpy(items)
    ratings = torch.from_numpy(targets).float()
    tables = [torch.randn(n, settings.rank + 1, generator=random) * SPREAD for n in shape]
    for table in tables:
        table[:, -1] = 0  # the biases
    speeds = [torch.zeros_like(table) for table in tables]
    for step in range(num_steps):
        chosen = torch.rand(len(ratings), generator=random) < share
        at = [of_side[chosen] for of_side in rows]
        left, right = (table[number] for table, number in zip(tables, at, strict=True))
        steps = clipped(left, right, ratings[chosen], settings)
        rate = settings.learning_rate * (1 - step / num_steps)
        for table, speed, number, gradient in zip(tables, speeds, at, steps, strict=True):
            shake = torch.randn(table.shape, generator=random) * (noise * settings.clip)
            speed.mul_(MOMENTUM).add_(shake).index_add_(0, number, gradient)
            table.sub_(speed, alpha=rate)
    weight = tables[1].numpy()
    return Learnt(
        items=weight[:, :-1].copy(),
        item_bias=weight[:, -1].astype(np.float64),
        epsilon=spent,
        noise=float(noise),
    )


def clipped(
    users: Tensor, items: Tensor, ratings: Tensor, settings: Settings
) -> tuple[Tensor, Tensor]:
    """Equation (2) for the rows (p, b_u) and (q, b_i) of a batch, both [n, F + 1], shortened."""
    error = (users[:, :-1] * items[:, :-1]).sum(1) + users[:, -1] + items[:, -1] - ratings
    one = torch.ones(len(error), 1)
    of_users = torch.cat([items[:, :-1], one], 1) * error[:, None]
    of_items = torch.cat([users[:, :-1], one], 1) * error[:, None]
    length = (of_users.square().sum(1) + of_items.square().sum(1)).sqrt()
    shortened = (settings.clip / length.clamp(min=settings.clip))[:, None]
    return of_users * shortened, of_items * shortened
