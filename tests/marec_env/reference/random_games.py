"""Small random games, and the brute force that reference solutions are measured against."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from marec_env.stages.stock import Rationing, StockStage


def random_stage(
    seed: int,
    *,
    num_agents: int | None = None,
    num_candidates: int | None = None,
    num_slots: int | None = None,
    beta: float = 0.0,
    rationing: Rationing = "random",
    num_steps_left: int = 1,
) -> StockStage:
    """A stage with some illegal candidates, scarce stock and some worthless items."""
    rng = np.random.default_rng(seed)
    num_agents = num_agents or int(rng.integers(1, 5))
    num_slots = num_slots or int(rng.integers(2, 5))
    num_candidates = num_candidates or int(rng.integers(1, min(num_slots, 3) + 1))
    shape = (num_agents, num_candidates)
    stock = rng.integers(0, 2 + num_agents * num_steps_left // 2, num_slots)
    slot = np.argsort(rng.random((num_agents, num_slots)), axis=1)[:, :num_candidates]
    return StockStage(
        value=rng.random(shape) * (rng.random(shape) < 0.9),
        similarity=rng.random(shape),
        slot=slot,
        legal=(rng.random(shape) < 0.9) & (stock[slot] > 0),
        stock=stock,
        load=rng.integers(0, num_agents + 1, num_slots),
        beta=beta,
        rationing=rationing,
    )


def game(value, stock=None, beta: float = 0.0, similarity=None) -> StockStage:
    """Everybody may pick every item of `value` [N, M]; by affinity if `similarity` is given."""
    values = np.asarray(value, np.float64)
    num_agents, num_slots = values.shape
    return StockStage(
        value=values,
        similarity=values if similarity is None else np.asarray(similarity, np.float64),
        slot=np.tile(np.arange(num_slots), (num_agents, 1)),
        legal=np.ones(values.shape, bool),
        stock=np.full(num_slots, num_agents) if stock is None else np.asarray(stock),
        load=np.zeros(num_slots, np.int64),
        beta=beta,
        rationing="random" if similarity is None else "affinity",
    )


def joint_choices(stage: StockStage) -> np.ndarray:
    """Every legal joint choice, [J, N] int64."""
    skip = stage.num_candidates
    options = [[*np.flatnonzero(legal).tolist(), skip] for legal in stage.legal]
    return np.array(list(itertools.product(*options)))


def best_welfare(stage: StockStage) -> float:
    """By looking at every joint choice."""
    return float(stage.welfare(joint_choices(stage)).max())


def random_stages(seed: int, *, num_steps: int, restock_every: int, **kwargs) -> list[StockStage]:
    """An episode of random stages of one size; a window has the stock of its first stage."""
    first = random_stage(seed, num_steps_left=restock_every, **kwargs)
    (num_agents, num_candidates), num_slots = first.value.shape, len(first.stock)
    sizes = {
        "num_agents": num_agents,
        "num_candidates": num_candidates,
        "num_slots": num_slots,
    }
    out: list[StockStage] = []
    for t in range(num_steps):
        stage = random_stage(1_000 * seed + t, num_steps_left=restock_every, **(kwargs | sizes))
        stock = stage.stock if t % restock_every == 0 else out[-1].stock
        legal = stage.legal & (stock[stage.slot] > 0)
        out.append(replace(stage, stock=stock, legal=legal, window=t // restock_every))
    return out


def best_episode_welfare(stages: Sequence[StockStage]) -> float:
    """By dynamic programming over what is left in stock, over-demanding choices included."""

    def best_from(t: int, left: tuple[int, ...]) -> float:
        if t == len(stages):
            return 0.0
        if (t, left) not in known:
            stock = np.array(left)
            stage = replace(stages[t], stock=stock)
            stage = replace(stage, legal=stage.legal & (stock[stage.slot] > 0))
            choices = joint_choices(stage)
            demand = (stage.picks(choices)[..., None] == np.arange(len(stock))).sum(1)
            after = stock - np.minimum(demand, stock)
            is_last = t + 1 == len(stages)
            if not is_last and stages[t + 1].window != stage.window:
                after[:] = stages[t + 1].stock
            now = stage.welfare(choices)
            known[t, left] = max(
                float(w) + best_from(t + 1, tuple(rest))
                for w, rest in zip(now, after.tolist(), strict=True)
            )
        return known[t, left]

    known: dict[tuple[int, tuple[int, ...]], float] = {}
    return best_from(0, tuple(stages[0].stock.tolist()))
