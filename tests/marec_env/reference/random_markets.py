"""Small random markets with budgets, and the brute force that references are measured against."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from marec_env.reference.climbing import joint_choices
from marec_env.stages import BudgetStage


def market(price, left=None, budget=None) -> BudgetStage:
    """Everybody may pick every ad of `price` [N, M]; budgets are what is left unless given."""
    prices = np.asarray(price, np.float64)
    num_agents, num_ads = prices.shape
    left = np.full(num_ads, np.inf) if left is None else np.asarray(left, np.float64)
    return BudgetStage(
        value=prices,
        similarity=prices,
        slot=np.tile(np.arange(num_ads), (num_agents, 1)),
        legal=np.ones(prices.shape, bool) & (left > 0),
        bid=np.ones(num_ads),
        budget=left if budget is None else np.asarray(budget, np.float64),
        left=left,
    )


def random_market(seed: int, num_agents=None, num_candidates=None, num_ads=None) -> BudgetStage:
    """With some illegal candidates, worthless, drained and unlimited ads, and bids of 1 and 2."""
    rng = np.random.default_rng(seed)
    num_agents = num_agents or int(rng.integers(1, 5))
    num_ads = num_ads or int(rng.integers(2, 5))
    num_candidates = num_candidates or int(rng.integers(1, min(num_ads, 3) + 1))
    shape = (num_agents, num_candidates)
    budget = rng.uniform(0.2, 3, num_ads)
    left = budget * rng.choice([0.0, 0.3, 1.0], num_ads, p=[0.1, 0.6, 0.3])
    is_unlimited = rng.random(num_ads) < 0.1
    budget, left = (np.where(is_unlimited, np.inf, x) for x in (budget, left))
    slot = np.argsort(rng.random((num_agents, num_ads)), axis=1)[:, :num_candidates]
    return BudgetStage(
        value=rng.random(shape) * (rng.random(shape) < 0.9),
        similarity=rng.random(shape),
        slot=slot,
        legal=(rng.random(shape) < 0.9) & (left[slot] > 0),
        bid=rng.choice([1.0, 2.0], num_ads),
        budget=budget,
        left=left,
    )


def random_markets(seed: int, num_steps: int, **sizes) -> list[BudgetStage]:
    """An episode of random slates of one size with the same ads."""
    first = random_market(seed, **sizes)
    (num_agents, num_candidates), num_ads = first.value.shape, len(first.left)
    sizes = {"num_agents": num_agents, "num_candidates": num_candidates, "num_ads": num_ads}
    out = [first]
    for t in range(1, num_steps):
        stage = random_market(1_000 * seed + t, **sizes)
        stage = replace(stage, bid=first.bid, budget=first.budget, left=first.left)
        out.append(replace(stage, legal=stage.legal & (first.left[stage.slot] > 0)))
    return out


def best_episode_welfare(stages: Sequence[BudgetStage], left=None) -> float:
    """By looking at every choice of every step, drained ads masked."""
    if not stages:
        return 0.0
    left = stages[0].left if left is None else left
    stage = replace(stages[0], left=left)
    stage = replace(stage, legal=stage.legal & (left[stage.slot] > 0))
    choices = joint_choices(stage)
    demand, welfare = stage.demand(choices), stage.welfare(choices)
    after = np.where(demand < left, left - demand, 0.0)
    if len(stages) == 1:
        return float(welfare.max())
    return max(
        float(w) + best_episode_welfare(stages[1:], rest)
        for w, rest in zip(welfare, after, strict=True)
    )
